/**
 * Tables that say how large other tables are: read once, shared, and read again when the meter says that they changed.
 * A change of dimensions makes the meter's sequence number jump, which the next request notices as 0x0C
 * (MEP guide 1.1, p. 61).
 */

import { LayoutError, LinkError, UsageError } from "@meterport/protocol/errors";
import type { Profile } from "@meterport/protocol/layout/index";
import type { AnyTable } from "@meterport/protocol/layout/table";
import type { Signal } from "@meterport/protocol/ports";
import type { SessionEvent } from "./session.ts";

/** The profile and the values of other tables by id. */
export type Environment = { readonly profile: Profile } & Readonly<Record<string, unknown>>;

/** How often a read may start again because dimensions moved under it. */
const patience = 4;
const unsteady = Symbol("unsteady");

export interface DimensionsSource {
  readonly read: (table: AnyTable, env: Environment) => Promise<unknown>;
  readonly listen: (listener: (event: SessionEvent) => void) => () => void;
}

export class Dimensions {
  readonly #profile: Profile;
  readonly #tables: ReadonlyMap<string, AnyTable>;
  readonly #source: DimensionsSource;
  readonly #known = new Map<string, Promise<unknown>>();
  #generation = 0;

  constructor(profile: Profile, tables: ReadonlyMap<string, AnyTable>, source: DimensionsSource) {
    this.#profile = profile;
    this.#tables = tables;
    this.#source = source;
    source.listen((event) => {
      if (event.type !== "resync" || event.firstContact || !event.jumped) return;
      this.#generation++;
      this.#known.clear();
    });
  }

  /** Moves whenever dimensions may have changed: what was laid out under an earlier one must not be believed. */
  get generation(): number {
    return this.#generation;
  }

  /** Everything that `table` depends on. @throws LinkError, ResponseError, LayoutError */
  async environment(table: AnyTable, signal: Signal | undefined): Promise<Environment> {
    const env: Record<string, unknown> & { profile: Profile } = { profile: this.#profile };
    for (const id of new Set(table.needs)) env[id] = await this.#dimension(id, signal);
    return env;
  }

  #dimension(id: string, signal: Signal | undefined): Promise<unknown> {
    const label = `read ${id}`;
    if (signal?.aborted === true) return Promise.reject(new LinkError("aborted", label, "aborted before it was sent"));
    const reading = this.#known.get(id) ?? this.#begin(id);
    return signal === undefined ? reading : untilAborted(reading, signal, label);
  }

  /** Under nobody's signal, since others may come to wait for the same dimension. */
  #begin(id: string): Promise<unknown> {
    const table = this.#tables.get(id);
    if (table === undefined)
      return Promise.reject(new UsageError("no-such-table", `no declaration of ${id} is at hand`));
    const reading = this.environment(table, undefined)
      .then((env) => this.#source.read(table, env))
      .catch((error: unknown) => {
        if (this.#known.get(id) === reading) this.#known.delete(id);
        throw error instanceof LayoutError ? inTable(id, error) : error;
      });
    this.#known.set(id, reading);
    // Whoever waited may have given up.
    reading.catch(() => {});
    return reading;
  }

  /**
   * Runs a read that stands on dimensions, and runs it again where they moved meanwhile: the request that brought the
   * news was answered under the new ones.
   *
   * @throws LinkError where they do not come to rest
   */
  async steadily<T>(label: string, read: () => Promise<T>): Promise<T> {
    for (let attempt = 0; attempt < patience; attempt++) {
      const before = this.#generation;
      const value = await read().catch((error: unknown) => {
        // A failing link says best itself what is wrong; only what was laid out under old dimensions is done again.
        if (error instanceof LinkError || this.#generation === before) throw error;
        return unsteady;
      });
      if (value !== unsteady && this.#generation === before) return value as T;
    }
    throw new LinkError("sequence", label, `the meter's dimensions changed ${patience} times while it was read`);
  }
}

/** Who asks for another table must hear which one does not fit. */
const inTable = (id: string, { code, path, offset, detail }: LayoutError): LayoutError =>
  new LayoutError(code, { path: path === "" ? id : `${id}.${path}`, offset }, detail);

const untilAborted = <T>(reading: Promise<T>, signal: Signal, label: string): Promise<T> =>
  new Promise((resolve, reject) => {
    const abort = (): void => reject(new LinkError("aborted", label, "aborted while it was on its way"));
    signal.addEventListener("abort", abort, { once: true });
    void reading.then(resolve, reject).then(() => signal.removeEventListener("abort", abort));
  });
