/**
 * Hands what points measure to the store, some seconds at once. A store that fails or falls behind never stops the live values:
 * what it did not take is kept and tried again.
 */
import type { LiveReading } from "@meterport/protocol/meaning/readings";
import type { Clock, Millis } from "@meterport/protocol/ports";
import type { Log } from "../ports/log.ts";
import type { PointReading, Store, StoreBatch } from "../ports/store.ts";

export interface KeeperOptions {
  readonly store: Pick<Store, "write">;
  readonly clock: Clock;
  readonly log: Log;
  /** Values are written this often, so this is what a power failure may cost; 5 s if omitted. */
  readonly commit?: Millis | undefined;
  /** Most readings and facts that wait in memory; 50,000 if omitted. */
  readonly limit?: number | undefined;
}

interface Count {
  readonly readings: number;
  readonly facts: number;
}

/** What health shows. */
export interface KeeperState {
  /** What is in memory and not yet in the store. */
  readonly waiting: Count;
  /** What was lost since the start, because the memory was full or the store refused the value. */
  readonly dropped: Count;
  /** Why the store does not take values, one sentence; null while it does. */
  readonly problem: string | null;
  /** Milliseconds since 1970 of the first of the failures that last; null if there is no problem. */
  readonly since: Millis | null;
}

const defaultCommit: Millis = 5_000;
/** Some 20 MB; two hours and a half of one hundred meters at 30 s, or more than a day of one meter at 2 s. */
const defaultLimit = 50_000;
/** One write takes some tenths of a second at most, so that others get their turn. */
const mostAtOnce = 5_000;
const longestPause: Millis = 60_000;

/** Everything but readings, in the order in which it came. */
type Fact = Omit<StoreBatch, "readings">;

const listNames = ["intervals", "registers", "events", "devices", "memos"] as const satisfies readonly (keyof Fact)[];

const joined = (facts: readonly Fact[]): Fact => ({
  intervals: facts.flatMap(({ intervals = [] }) => intervals),
  registers: facts.flatMap(({ registers = [] }) => registers),
  events: facts.flatMap(({ events = [] }) => events),
  devices: facts.flatMap(({ devices = [] }) => devices),
  memos: facts.flatMap(({ memos = [] }) => memos),
});

const noFacts: readonly Fact[] = [];

/** One fact each, so that one that the store refuses can be told from its neighbours. */
const singles = (batch: StoreBatch): readonly Fact[] =>
  listNames.every((name) => batch[name] === undefined)
    ? noFacts
    : listNames.flatMap((name) => (batch[name] ?? []).map((one): Fact => ({ [name]: [one] })));

/** The fault of the value, which would be refused each time. */
const isRefusal = (error: unknown): boolean => error instanceof TypeError || error instanceof RangeError;

const none: Count = { readings: 0, facts: 0 };
const total = ({ readings, facts }: Count): number => readings + facts;
const sum = (a: Count, b: Count): Count => ({ readings: a.readings + b.readings, facts: a.facts + b.facts });
const reaches = (done: Count, until: Count): boolean => done.readings >= until.readings && done.facts >= until.facts;

/** Somebody who waits until as many values are done as were handed over when they asked. */
interface Waiter {
  readonly until: Count;
  readonly lost: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export class Keeper {
  readonly #options: KeeperOptions;
  readonly #commit: Millis;
  readonly #limit: number;
  readonly #readings: PointReading[] = [];
  readonly #facts: Fact[] = [];
  /** How many of the first readings and facts the store is writing. */
  #writing: Count = none;
  #run: Promise<void> | undefined;
  #runSince: Millis | undefined;
  #unschedule: (() => void) | undefined;
  #dropped: Count = none;
  #problem: { readonly text: string; readonly since: Millis; tries: number; dropped: number } | undefined;
  /** Fewer after the store refused a batch, until the value at fault is alone. */
  #most = mostAtOnce;
  /** Values handed over, and values stored or dropped, since the start. */
  #taken: Count = none;
  #done: Count = none;
  #waiters: Waiter[] = [];
  /** When the last write ended. */
  #written: Millis = Number.NEGATIVE_INFINITY;
  #stopped = false;
  #ended = false;

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#commit = options.commit ?? defaultCommit;
    this.#limit = options.limit ?? defaultLimit;
  }

  keepReading(point: string, reading: LiveReading): void {
    this.keep({ readings: [{ point, reading }] });
  }

  /** Takes values, which are written with those of other callers, not necessarily in one transaction. */
  keep(batch: StoreBatch): void {
    const [readings, facts] = [batch.readings ?? [], singles(batch)];
    for (const reading of readings) this.#readings.push(reading);
    for (const fact of facts) this.#facts.push(fact);
    this.#taken = sum(this.#taken, { readings: readings.length, facts: facts.length });
    this.#makeRoom();
    // After a pause a value is written at once: nothing would be gained if it waited.
    if (this.#run === undefined && !this.#stopped)
      this.#schedule(this.#written + this.#commit - this.#options.clock.now());
  }

  /** Writes at once what was handed over so far. Rejects if something was dropped before that was done. */
  kept(): Promise<void> {
    if (this.#waiting() === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiters.push({ until: this.#taken, lost: total(this.#dropped), resolve, reject });
      if (this.#problem === undefined) this.#write();
    });
  }

  /** When the write in progress began, on the monotonic clock; undefined while there is none. */
  get busySince(): Millis | undefined {
    return this.#runSince;
  }

  state(): KeeperState {
    return {
      waiting: { readings: this.#readings.length, facts: this.#facts.length },
      dropped: { ...this.#dropped },
      problem: this.#problem?.text ?? null,
      since: this.#problem?.since ?? null,
    };
  }

  /** Writes what waits, for at most `patience`; what was not stored by then is counted in the log. */
  async stop(patience: Millis = 2_500): Promise<void> {
    const { clock, log } = this.#options;
    this.#stopped = true;
    const began = clock.now();
    let tick = (): void => {};
    const late = new Promise<void>((resolve) => {
      tick = clock.at(began + patience, resolve);
    });
    const all = async (): Promise<void> => {
      while (this.#waiting() > 0 && clock.now() < began + patience) {
        this.#write();
        await this.#run;
        if (this.#problem !== undefined)
          await new Promise<void>((resolve) => void clock.at(clock.now() + 250, resolve));
      }
    };
    await Promise.race([all(), late]);
    tick();
    this.#unschedule?.();
    this.#ended = true;
    const { waiting, problem } = this.state();
    if (total(waiting) > 0)
      log.error(
        `store: ${counted(waiting)} could not be stored before the end: ${problem ?? "the store did not answer"}`,
      );
  }

  #schedule(after: Millis): void {
    const { clock } = this.#options;
    this.#unschedule ??= clock.at(clock.now() + Math.max(after, 0), () => this.#write());
  }

  #write(): void {
    if (this.#run !== undefined) return;
    this.#unschedule?.();
    this.#unschedule = undefined;
    this.#runSince = this.#options.clock.now();
    this.#run = this.#writeAll().finally(() => {
      this.#run = undefined;
      this.#runSince = undefined;
      this.#written = this.#options.clock.now();
      if (this.#waiting() === 0 || this.#stopped) return;
      const tries = this.#problem?.tries ?? 0;
      this.#schedule(tries === 0 ? this.#commit : Math.min(1_000 * 2 ** (tries - 1), longestPause));
    });
  }

  /** Writes batches until none of what was there at the beginning is left, or one fails. */
  async #writeAll(): Promise<void> {
    const until = this.#taken;
    while (!reaches(this.#done, until) && this.#waiting() > 0) {
      const facts = Math.min(this.#facts.length, this.#most);
      const readings = Math.min(this.#readings.length, this.#most - facts);
      this.#writing = { readings, facts };
      try {
        await this.#options.store.write({
          readings: this.#readings.slice(0, readings),
          ...joined(this.#facts.slice(0, facts)),
        });
        this.#remove(readings, facts);
        this.#works();
      } catch (error) {
        if (!this.#refused(error, readings, facts)) return;
      } finally {
        this.#writing = none;
        this.#wake();
      }
    }
  }

  #remove(readings: number, facts: number): void {
    this.#readings.splice(0, readings);
    this.#facts.splice(0, facts);
    this.#done = sum(this.#done, { readings, facts });
  }

  #works(): void {
    const problem = this.#problem;
    this.#problem = undefined;
    this.#most = mostAtOnce;
    if (problem === undefined) return;
    const lost = problem.dropped === 0 ? "nothing was lost" : `${problem.dropped} values were dropped meanwhile`;
    this.#options.log.info(`store: works again; ${lost}`);
  }

  /** Whether to go on at once: with fewer values if one of them is at fault, without it if it is alone. */
  #refused(error: unknown, readings: number, facts: number): boolean {
    const { clock, log } = this.#options;
    const text = error instanceof Error ? error.message : String(error);
    if (!isRefusal(error)) {
      // After the end nothing waits any more, and that has been told.
      if (this.#problem === undefined && !this.#ended)
        log.error(`store: cannot store values: ${text}; they wait in memory, live values go on`);
      const { since = clock.wall(), tries = 0, dropped = 0 } = this.#problem ?? {};
      this.#problem = { text, since, tries: tries + 1, dropped };
      return false;
    }
    if (readings + facts > 1) {
      this.#most = Math.ceil((readings + facts) / 2);
      return true;
    }
    log.error(`store: a value was refused and dropped: ${text}`);
    this.#remove(readings, facts);
    this.#dropped = sum(this.#dropped, { readings, facts });
    // Its neighbours are not at fault.
    this.#most = mostAtOnce;
    return true;
  }

  /** The oldest readings go first: intervals and events cannot be read again in every case. */
  #makeRoom(): void {
    const over = this.#waiting() - this.#limit;
    if (over <= 0) return;
    const readings = Math.min(over, this.#readings.length - this.#writing.readings);
    const facts = Math.min(over - readings, this.#facts.length - this.#writing.facts);
    this.#readings.splice(this.#writing.readings, readings);
    this.#facts.splice(this.#writing.facts, facts);
    this.#done = sum(this.#done, { readings, facts });
    this.#dropped = sum(this.#dropped, { readings, facts });
    if (this.#problem?.dropped === 0 || this.#problem === undefined)
      this.#options.log.error(
        `store: ${this.#limit} values are already waiting: the oldest are dropped, history will have a gap`,
      );
    this.#problem ??= { text: "the store is too slow", since: this.#options.clock.wall(), tries: 0, dropped: 0 };
    this.#problem.dropped += readings + facts;
    this.#wake();
  }

  #waiting(): number {
    return this.#readings.length + this.#facts.length;
  }

  #wake(): void {
    const isReady = ({ until }: Waiter): boolean => reaches(this.#done, until);
    const ready = this.#waiters.filter(isReady);
    this.#waiters = this.#waiters.filter((waiter) => !isReady(waiter));
    for (const { lost, resolve, reject } of ready) {
      const missing = total(this.#dropped) - lost;
      if (missing === 0) resolve();
      else reject(new Error(`store: ${missing} values were dropped before they could be stored`));
    }
  }
}

const counted = ({ readings, facts }: Count): string =>
  `${readings} reading${readings === 1 ? "" : "s"} and ${facts} other value${facts === 1 ? "" : "s"}`;
