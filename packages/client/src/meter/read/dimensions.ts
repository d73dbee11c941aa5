/**
 * Tables that determine the size of other tables: read once, shared, and read again when the meter reports a change.
 * A change of dimensions makes the meter's sequence number jump, which the next request notices as 0x0C
 * (MEP guide 1.1, p. 61). Inside TLS there are no sequence numbers: there its IDT version is read.
 */

import { LayoutError, LinkError, ResponseError, UsageError } from "@meterport/protocol/errors";
import type { Profile } from "@meterport/protocol/layout/index";
import { type AnyTable, publisherOf, tableExists } from "@meterport/protocol/layout/table";
import type { Millis, Signal } from "@meterport/protocol/ports";
import { substituteTables } from "@meterport/protocol/tables/substitute-tables";
import type { SessionEvent } from "../../session/session.ts";
import { Shared } from "./shared.ts";

/** The profile and the values of other tables by id. */
export type Environment = { readonly profile: Profile } & Readonly<Record<string, unknown>>;

const values = new Shared<unknown>();

/** How often a read may start again because dimensions changed during it. */
const mostAttempts = 4;
const unsteady = Symbol("unsteady");

/** How old the IDT version may be if it must be read: one small read in thirty for a caller that reads each second. */
const versionInterval: Millis = 30_000;

export interface DimensionsSource {
  readonly now: () => Millis;
  /** The IDT version, if nothing else reports a change; undefined if something does, or the meter refuses. */
  readonly version: () => Promise<number | undefined> | undefined;
  readonly read: (table: AnyTable, env: Environment) => Promise<unknown>;
  readonly listen: (listener: (event: SessionEvent) => void) => () => void;
}

export class Dimensions {
  readonly #profile: Profile;
  readonly #source: DimensionsSource;
  readonly #known = new Map<string, Promise<unknown>>();
  #generation = 0;
  #version: number | undefined;
  #versionDue: Millis = Number.NEGATIVE_INFINITY;
  /** Whether a TLS session was lost since the version was read: a restarted meter may have other dimensions. */
  #doubtful = false;

  constructor(profile: Profile, source: DimensionsSource) {
    this.#profile = profile;
    this.#source = source;
    source.listen((event) => {
      if (event.type === "discarded" && event.reason === "session-lost") this.#doubtful = true;
      if (event.type !== "resync" || event.firstContact || !event.jumped) return;
      this.forget();
    });
  }

  /** Forgets all dimensions, so that they are read again. */
  forget(): void {
    this.#generation++;
    this.#known.clear();
  }

  /** Whether a table determines the size of others. */
  has(id: string): boolean {
    return publisherOf(id) !== undefined;
  }

  /** Changes whenever dimensions may have changed: layouts made under an earlier value are invalid. */
  get generation(): number {
    return this.#generation;
  }

  /** Everything that `table` depends on. @throws LinkError, ResponseError, LayoutError */
  async environment(table: AnyTable, signal: Signal | undefined): Promise<Environment> {
    const env: Record<string, unknown> & { profile: Profile } = { profile: this.#profile };
    for (const id of new Set(table.needs)) env[id] = await this.#value(id, signal).catch(neededBy(table.id));
    return env;
  }

  /** The value of a table that is cached like dimensions. @throws LinkError, ResponseError, LayoutError */
  value(table: AnyTable, signal: Signal | undefined): Promise<unknown> {
    return this.#value(table.id, signal, table);
  }

  /** A table on which no declaration depends must be passed in. */
  #value(id: string, signal: Signal | undefined, given?: AnyTable): Promise<unknown> {
    const label = `read ${id}`;
    if (signal?.aborted === true) return Promise.reject(new LinkError("aborted", label, "aborted before it was sent"));
    const reading = this.#known.get(id) ?? this.#begin(id, publisherOf(id) ?? given);
    return signal === undefined ? reading : untilAborted(reading, signal, label);
  }

  /** Without a caller's signal, since others may wait for the same dimension. */
  #begin(id: string, table: AnyTable | undefined): Promise<unknown> {
    if (table === undefined)
      return Promise.reject(new UsageError("no-such-table", `no declaration of ${id} is at hand`));
    const there = tableExists(table, this.#profile) ? table : (substituteTables[id] ?? table);
    const reading = this.environment(there, undefined)
      .then((env) => this.#source.read(there, env))
      .then((value) => values.of([id, value], () => value))
      .catch((error: unknown) => {
        if (this.#known.get(id) === reading) this.#known.delete(id);
        throw error instanceof LayoutError ? inTable(there.id, error) : error;
      });
    this.#known.set(id, reading);
    // The caller may have given up.
    reading.catch(() => {});
    return reading;
  }

  /** `undefined` if no read is needed, so that the caller need not await. */
  #askVersion(due: boolean): Promise<void> | undefined {
    if (!due) return undefined;
    this.#doubtful = false;
    const asking = this.#source.version();
    if (asking === undefined) return undefined;
    // Callers that read meanwhile need not check it too.
    this.#versionDue = this.#source.now() + versionInterval;
    return asking.then(
      (version) => {
        if (version === undefined) return;
        if (this.#version !== undefined && version !== this.#version) this.forget();
        this.#version = version;
      },
      (error: unknown) => {
        this.#versionDue = Number.NEGATIVE_INFINITY;
        throw error;
      },
    );
  }

  /**
   * Runs a read that depends on dimensions, and runs it again if they changed meanwhile: the request that revealed the
   * change was answered under the new ones. `fresh` checks first, for a write, which must not rely on a check 30 s old.
   *
   * @throws LinkError if they keep changing
   */
  async steadily<T>(label: string, read: () => Promise<T>, fresh = false): Promise<T> {
    const asking = this.#askVersion(fresh || this.#doubtful || this.#source.now() >= this.#versionDue);
    if (asking !== undefined) await asking;
    for (let attempt = 0; attempt < mostAttempts; attempt++) {
      const before = this.#generation;
      const value = await read().catch(async (error: unknown) => {
        // A failing link's own error says best what is wrong; only a request laid out under old dimensions is repeated.
        if (error instanceof LinkError) throw error;
        await this.#askVersion(this.#doubtful);
        if (this.#generation === before) throw error;
        return unsteady;
      });
      const doubt = this.#askVersion(this.#doubtful);
      if (doubt !== undefined) await doubt;
      if (value !== unsteady && this.#generation === before) return value as T;
    }
    throw new LinkError("sequence", label, `the meter's dimensions changed ${mostAttempts} times while it was read`);
  }
}

/** If the caller asked for another table, the error must name the one that does not fit. */
const inTable = (id: string, { code, path, offset, detail }: LayoutError): LayoutError =>
  new LayoutError(code, { path: path === "" ? id : `${id}.${path}`, offset }, detail);

/** If the caller asked for one table, the error must say that another one, which it needs, was refused. */
const neededBy =
  (asked: string) =>
  (error: unknown): never => {
    if (!(error instanceof ResponseError)) throw error;
    const { code, response, request, detail } = error;
    throw new ResponseError(code, response, `${asked} needs what was refused: ${request}`, detail);
  };

const untilAborted = <T>(reading: Promise<T>, signal: Signal, label: string): Promise<T> =>
  new Promise((resolve, reject) => {
    const abort = (): void => reject(new LinkError("aborted", label, "aborted while it was on its way"));
    signal.addEventListener("abort", abort, { once: true });
    void reading.then(resolve, reject).then(() => signal.removeEventListener("abort", abort));
  });
