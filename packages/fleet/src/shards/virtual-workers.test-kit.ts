/** Workers of a fleet in one process and in virtual time: each may die, pause and wake, while PostgreSQL is real. */
import type { Clock, Millis } from "@meterport/protocol/ports";
import { type AttachableClock, type ClockTimer, TestClock } from "pg-boss";
import type { Database } from "../books/database.ts";
import { ShardEngine } from "./engine.ts";
import { Holder } from "./holder.ts";
import type { HolderEvent } from "./holder-event.ts";
import type { Stint } from "./stint.ts";

/** The time of one process: while it is frozen none of its timers runs, as after SIGSTOP. */
class ProcessClock implements AttachableClock {
  isFrozen = false;
  /** How far somebody set this machine's wall clock. */
  stepped: Millis = 0;
  /** How far somebody set the database's, which the shared clock follows. */
  databaseStepped: Millis = 0;
  readonly #shared: TestClock;
  #late: (() => void)[] = [];

  constructor(shared: TestClock) {
    this.#shared = shared;
  }

  readonly #run = (task: () => void): void => {
    if (this.isFrozen) this.#late.push(task);
    else task();
  };

  wake(): void {
    this.isFrozen = false;
    // An interval runs once, however often it was due.
    const late = new Set(this.#late);
    this.#late = [];
    for (const task of late) task();
  }

  now = (): Millis => this.#shared.now();
  /** Nobody can set it. */
  monotonic = (): Millis => this.#shared.now() - this.databaseStepped;
  setTimeout = (task: () => void, wait: Millis): ClockTimer => this.#shared.setTimeout(() => this.#run(task), wait);
  setInterval = (task: () => void, period: Millis): ClockTimer =>
    this.#shared.setInterval(() => this.#run(task), period);
  clearTimeout = (timer: ClockTimer): void => this.#shared.clearTimeout(timer);
  clearInterval = (timer: ClockTimer): void => this.#shared.clearInterval(timer);
  attach = (target: Parameters<TestClock["attach"]>[0]): Promise<AsyncDisposable> => this.#shared.attach(target);
}

export class Worker {
  readonly events: HolderEvent[] = [];
  readonly tending = new Map<number, Stint>();
  readonly name: string;
  readonly clock: ProcessClock;
  /** Replaces what is done with a shard. */
  tend: ((stint: Stint) => Promise<void>) | undefined;
  /** What comes of its questions about shards, instead of the database's answers. */
  answers: Promise<never> | undefined;
  #holder: Holder | undefined;
  #engine: ShardEngine | undefined;

  constructor(name: string, clock: ProcessClock) {
    this.name = name;
    this.clock = clock;
  }

  get holder(): Holder {
    if (this.#holder === undefined) throw new Error(`${this.name} was not started`);
    return this.#holder;
  }

  async start(database: Database, shards: number, version = "1.0.0"): Promise<void> {
    const onEvent = (event: HolderEvent): void => void this.events.push(event);
    const clock: Clock = {
      now: () => this.clock.monotonic(),
      wall: () => this.clock.monotonic() + this.clock.stepped,
      at: (time, task) => {
        const timer = this.clock.setTimeout(task, time - this.clock.monotonic());
        return () => this.clock.clearTimeout(timer);
      },
    };
    this.#engine = await ShardEngine.start({
      ...{ place: database.place, clock, engineClock: this.clock },
      onProblem: (text) => onEvent({ type: "problem", text }),
    });
    const keep = this.#engine.keep.bind(this.#engine);
    const take = this.#engine.take.bind(this.#engine);
    this.#engine.keep = (claims) => this.answers ?? keep(claims);
    this.#engine.take = (most) => this.answers ?? take(most);
    this.#holder = await Holder.start({
      ...{ engine: this.#engine, holder: this.name, address: `http://${this.name}`, version, shards, clock, onEvent },
      tend: (stint) => (this.tend ?? this.#usual)(stint),
    });
  }

  readonly #usual = async (stint: Stint): Promise<void> => {
    if (this.tending.has(stint.shard)) throw new Error(`${this.name} tends shard ${stint.shard} twice`);
    this.tending.set(stint.shard, stint);
    await new Promise((resolve) => stint.signal.addEventListener("abort", resolve, { once: true }));
    this.tending.delete(stint.shard);
  };

  /** Its process ends without a word. */
  die(): void {
    this.clock.isFrozen = true;
    this.tending.clear();
  }

  /** SIGTERM. */
  async stop(): Promise<void> {
    await this.holder.stop();
    await this.#engine?.stop();
    this.#engine = undefined;
  }

  /** After a test. */
  async discard(): Promise<void> {
    this.clock.isFrozen = true;
    await this.#engine?.stop();
  }
}

/** A fleet whose time moves only by `pass`. */
export class VirtualFleet {
  readonly clock = new TestClock(Date.UTC(2026, 10, 30));
  readonly workers: Worker[] = [];
  readonly #database: Database;
  readonly #shards: number;

  constructor(database: Database, shards: number) {
    this.#database = database;
    this.#shards = shards;
  }

  async join(version?: string): Promise<Worker> {
    const worker = new Worker(`worker-${this.workers.length + 1}`, new ProcessClock(this.clock));
    this.workers.push(worker);
    await worker.start(this.#database, this.#shards, version);
    return worker;
  }

  pass(time: Millis): Promise<void> {
    return this.clock.tick(time);
  }

  /** Somebody sets the clock of the database's machine. */
  async stepDatabase(by: Millis): Promise<void> {
    for (const { clock } of this.workers) clock.databaseStepped += by;
    await this.clock.setTime(this.clock.now() + by);
  }

  /** Shards that are tended, once for each worker that does. */
  tended(): readonly number[] {
    return this.workers.flatMap(({ tending }) => [...tending.keys()]).sort((a, b) => a - b);
  }

  /** Ends all of it; for a test's `after`. */
  readonly end = async (): Promise<void> => {
    for (const worker of this.workers) await worker.discard();
  };
}
