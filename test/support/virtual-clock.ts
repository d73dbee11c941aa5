/** Time for tests: it stands still until a test moves it, so that nothing sleeps and each run is the same. */
import type { Clock, Millis } from "@meterport/protocol/ports";

interface Task {
  readonly time: Millis;
  readonly order: number;
  run: (() => void) | undefined;
}

/** Earlier deadlines first; equal deadlines in the order in which they were set, as real timers do. */
const before = (a: Task, b: Task): boolean => a.time < b.time || (a.time === b.time && a.order < b.order);

/** One turn of the event loop: every promise that can settle without time has settled afterwards. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Turns granted to web streams and similar code, which hop through the event loop, before a standstill is called a deadlock. */
const patience = 64;

export interface VirtualClockOptions {
  /** What `wall()` says at the start, milliseconds since 1970. */
  readonly wall?: Millis | undefined;
  /** What `now()` says at the start. */
  readonly now?: Millis | undefined;
}

/**
 * A `Clock` that a test moves by hand.
 *
 * `await clock.advance(2_000)` lets two seconds pass, task by task, and lets promises settle after each task.
 * `await clock.run(promise)` jumps from deadline to deadline until the promise settles, and gives its value.
 */
export class VirtualClock implements Clock {
  readonly #heap: Task[] = [];
  #now: Millis;
  #wallOffset: Millis;
  #order = 0;
  #pending = 0;

  constructor(options: VirtualClockOptions = {}) {
    this.#now = options.now ?? 0;
    this.#wallOffset = (options.wall ?? Date.UTC(2026, 0, 1)) - this.#now;
  }

  readonly now = (): Millis => this.#now;

  readonly wall = (): Millis => this.#now + this.#wallOffset;

  readonly at = (time: Millis, run: () => void): (() => void) => {
    if (!Number.isFinite(time)) throw new RangeError(`VirtualClock.at: ${time} is not a time`);
    // A deadline in the past is due now, but never inside this call.
    const task: Task = { time: Math.max(time, this.#now), order: this.#order++, run };
    this.#push(task);
    this.#pending++;
    return () => {
      if (task.run === undefined) return;
      task.run = undefined;
      this.#pending--;
    };
  };

  /** Steps `wall()` as an owner who sets the clock does; `now()` and deadlines do not notice. */
  stepWall(milliseconds: Millis): void {
    this.#wallOffset += milliseconds;
  }

  /** How many tasks wait for their time. */
  get pending(): number {
    return this.#pending;
  }

  /** The earliest deadline; `undefined` when nothing waits. */
  get next(): Millis | undefined {
    return this.#first()?.time;
  }

  /** Lets promises settle without letting time pass. */
  async settle(): Promise<void> {
    await turn();
  }

  /** Lets `milliseconds` pass: runs every task that falls due, including those scheduled on the way. */
  async advance(milliseconds: Millis): Promise<void> {
    const until = this.#now + milliseconds;
    await turn();
    for (;;) {
      const task = this.#first();
      if (task === undefined || task.time > until) break;
      this.#fire(task);
      await turn();
    }
    this.#now = Math.max(this.#now, until);
    await turn();
  }

  /**
   * Jumps from deadline to deadline until `promise` settles.
   *
   * @throws what the promise rejects with; an `Error` when nothing waits for time any more and the promise still
   * hangs, or when more than `limit` milliseconds (a day, unless told otherwise) have passed.
   */
  async run<T>(promise: PromiseLike<T>, limit: Millis = 86_400_000): Promise<T> {
    let settled = false;
    const watched = Promise.resolve(promise).finally(() => {
      settled = true;
    });
    // Looked at below; without this a rejection during a turn would count as unhandled.
    watched.catch(() => {});
    const started = this.#now;
    let idle = 0;
    for (;;) {
      await turn();
      if (settled) return watched;
      const task = this.#first();
      if (task === undefined) {
        if (++idle < patience) continue;
        throw new Error(
          `VirtualClock.run: deadlock at ${this.#now} ms: the promise is not settled and no task waits for time`,
        );
      }
      idle = 0;
      if (task.time - started > limit) {
        throw new Error(
          `VirtualClock.run: the promise is not settled after ${limit} ms; ${this.#pending} tasks still wait, the next at ${task.time} ms`,
        );
      }
      this.#fire(task);
    }
  }

  #fire(task: Task): void {
    this.#pop();
    const run = task.run;
    if (run === undefined) return;
    task.run = undefined;
    this.#pending--;
    this.#now = Math.max(this.#now, task.time);
    run();
  }

  /** The earliest task that was not cancelled; cancelled ones are dropped on the way. */
  #first(): Task | undefined {
    while (this.#heap.length > 0 && this.#heap[0]?.run === undefined) this.#pop();
    return this.#heap[0];
  }

  #push(task: Task): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(task);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(task, heap[parent] as Task)) break;
      heap[at] = heap[parent] as Task;
      at = parent;
    }
    heap[at] = task;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1] as Task, heap[child] as Task)) child++;
      if (!before(heap[child] as Task, last)) break;
      heap[at] = heap[child] as Task;
      at = child;
    }
    heap[at] = last;
  }
}
