/** A job that reads one of the meter's logs now and then. */
import type { Meter } from "@meterport/client";
import type { Millis, Signal } from "@meterport/protocol/ports";
import type { Memo } from "../ports/store.ts";
import { installationOf } from "./installation.ts";
import { type BackfillDeps, type BackfillJob, JobTimer } from "./job.ts";
import { TroubleTeller, troubleOf } from "./trouble.ts";

export interface KeepContext {
  readonly deps: BackfillDeps;
  /** What the last one remembered, as `read` was told. */
  readonly known: string | undefined;
  readonly serial: string | null;
  /** What is older was not recorded at this point. */
  readonly since: Millis;
  /** Remembers a text for the next read. */
  readonly memo: (text: string) => Memo;
}

/** Why what is there is not taken. */
export interface NotTaken {
  /** For the event: "zone". */
  readonly trouble: string;
  readonly detail: object;
}

/** One of the meter's logs. It may be the same for all points, so what it needs of one comes as an argument. */
export interface MemoryLog<T> {
  /** For errors, events and the log: "event-log". */
  readonly name: string;
  /** Reads what is new. `known` is what `keep` remembered. */
  readonly read: (
    meter: Meter,
    known: string | undefined,
    signal: Signal,
    deps: BackfillDeps,
  ) => Promise<readonly T[] | NotTaken>;
  /** Stores it. */
  readonly keep: (read: readonly T[], context: KeepContext) => Promise<void>;
  /** Time until the next read. */
  readonly rest: (deps: BackfillDeps) => Millis;
  /** Time until the first one, for what is not urgent; at once if omitted. */
  readonly first?: Millis | undefined;
}

/** A hundred entries at 2400 baud over a slow bridge, between live readings. */
const readLimit: Millis = 300_000;
const restAfterRefusal: Millis = 86_400_000;
/** While the serial number is not the one that is noted. */
export const restWhileUnknown: Millis = 120_000;

export class MemoryJob<T> implements BackfillJob {
  readonly #deps: BackfillDeps;
  readonly #log: MemoryLog<T>;
  readonly #timer: JobTimer;
  readonly #teller: TroubleTeller;
  readonly #every: Millis | undefined;

  /** `every` is the time until the next read, if it is not that of the log. */
  constructor(deps: BackfillDeps, log: MemoryLog<T>, every?: Millis) {
    this.#deps = deps;
    this.#every = every;
    this.#log = log;
    this.#timer = new JobTimer(deps, log.first);
    this.#teller = new TroubleTeller(deps, log.name);
  }

  get name(): string {
    return this.#log.name.replaceAll("-", " ");
  }

  due(): Millis | undefined {
    return this.#timer.due();
  }

  soon(): void {
    this.#timer.soon();
  }

  async run(): Promise<void> {
    const { point, source, store, clock, before } = this.#deps;
    const { name, read, keep, rest } = this.#log;
    this.#timer.after(this.#every ?? rest(this.#deps));
    const installed = installationOf(source.identity(), await store.devices(point), {
      ...{ now: clock.wall(), instead: null },
    });
    if (installed === undefined) {
      this.#timer.after(restWhileUnknown);
      return;
    }
    const known = await store.memo(point, name);
    await before?.();
    try {
      const found = await source.ask({
        label: `read the ${this.name}`,
        limit: readLimit,
        run: (meter, signal) => read(meter, known, signal, this.#deps),
      });
      if ("trouble" in found) {
        await this.#teller.tell(found.trouble, found.detail);
        return;
      }
      const { serial, since } = installed;
      const memo = (text: string): Memo => ({ point, name, text });
      await keep(found, { deps: this.#deps, known, serial, since: since ?? Number.NEGATIVE_INFINITY, memo });
      await this.#teller.settle();
    } catch (error) {
      const trouble = troubleOf(error);
      if (trouble === undefined) {
        this.#timer.soon();
        throw error;
      }
      this.#timer.after(restAfterRefusal);
      // A meter need not have every log.
      if (trouble !== "none")
        await this.#teller.tell(trouble, { problem: error instanceof Error ? error.message : String(error) });
    }
  }
}
