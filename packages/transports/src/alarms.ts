/**
 * Tasks that wait for their time, soonest first, behind one timer. Thousands of meters have several waiting each: a timer of the host for every
 * one of them takes five times as much memory, and nearly all are cancelled before they are due.
 */
import type { Millis } from "@meterport/protocol/ports";

/** The longest that a Node timer can wait; beyond it the timer would fire at once. */
const longest = 2 ** 31 - 1;

/** Of a slot that no alarm has. */
const nowhere = -1;

/**
 * An alarm is a slot: its number in arrays of numbers. With an object for each, every one that moves in the heap would be fetched from memory,
 * and told to the garbage collector.
 */
export class Alarms {
  readonly #now: () => Millis;
  /** A binary heap of slots, and beside it the times of their alarms. */
  readonly #heap: number[] = [];
  readonly #times: Millis[] = [];
  /** By slot: its place in the heap, what it runs, and how many alarms were set before: of two at one time the lower one is first. */
  readonly #places: number[] = [];
  readonly #tasks: ((() => void) | undefined)[] = [];
  readonly #orders: number[] = [];
  /** Slots without an alarm. */
  readonly #free: number[] = [];
  #set = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the timer rings; at the beginning of time while alarms are gone through, which sets it anyway. */
  #rings: Millis = Number.POSITIVE_INFINITY;

  constructor(now: () => Millis) {
    this.#now = now;
  }

  /** Runs `task` at `time` or later, never at once; the returned function cancels it. */
  at(time: Millis, task: () => void): () => void {
    const slot = this.#free.pop() ?? this.#places.length;
    const order = ++this.#set;
    this.#tasks[slot] = task;
    this.#orders[slot] = order;
    const place = this.#heap.length;
    this.#heap.push(slot);
    this.#times.push(0);
    // One that is overdue must not get ahead of those that are due already, nor run in the round that set it.
    const from = Math.max(time, this.#now());
    this.#rise(place, from, slot);
    if (from < this.#rings) this.#wind();
    return () => this.#cancel(slot, order);
  }

  #cancel(slot: number, order: number): void {
    // Another alarm may have the slot by now.
    if (this.#orders[slot] !== order || this.#places[slot] === nowhere) return;
    this.#take(this.#places[slot] as number);
    // A timer that rings for nothing costs less than another one; but the last keeps the process alive.
    if (this.#heap.length === 0 && this.#timer !== undefined) this.#wind();
  }

  /** Sets the timer for what is first now. */
  #wind(): void {
    clearTimeout(this.#timer);
    const first = this.#times[0];
    this.#rings = first ?? Number.POSITIVE_INFINITY;
    if (first === undefined) this.#timer = undefined;
    else this.#timer = setTimeout(this.#ring, Math.min(Math.max(1, Math.ceil(first - this.#now())), longest));
  }

  /** A timer may ring a fraction of a millisecond early, and the time of an alarm is a promise. */
  readonly #ring = (): void => {
    this.#timer = undefined;
    this.#rings = Number.NEGATIVE_INFINITY;
    const now = this.#now();
    const last = this.#set;
    try {
      while (this.#heap.length > 0 && (this.#times[0] as Millis) <= now && this.#order(0) <= last) this.#take(0)();
    } finally {
      // Whatever a task throws, the others get their turn.
      this.#wind();
    }
  };

  #order(place: number): number {
    return this.#orders[this.#heap[place] as number] as number;
  }

  /** Takes the alarm at this place out of the heap, and gives its task. */
  #take(place: number): () => void {
    const taken = this.#heap[place] as number;
    const [slot, time] = [this.#heap.pop() as number, this.#times.pop() as Millis];
    if (slot !== taken) this.#rise(this.#sink(place, time, slot), time, slot);
    this.#places[taken] = nowhere;
    this.#free.push(taken);
    const task = this.#tasks[taken] as () => void;
    this.#tasks[taken] = undefined;
    return task;
  }

  #isBefore(time: Millis, slot: number, other: number): boolean {
    const theirs = this.#times[other] as Millis;
    return time < theirs || (time === theirs && (this.#orders[slot] as number) < this.#order(other));
  }

  #put(place: number, time: Millis, slot: number): void {
    this.#heap[place] = slot;
    this.#times[place] = time;
    this.#places[slot] = place;
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#times[from] as Millis, this.#heap[from] as number);
  }

  /** Puts an alarm at a place that is free, or nearer to the front. */
  #rise(free: number, time: Millis, slot: number): void {
    let place = free;
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (!this.#isBefore(time, slot, above)) break;
      this.#move(above, place);
      place = above;
    }
    this.#put(place, time, slot);
  }

  /** Moves alarms that come before this one to the front of a place that is free. Returns the place that is free then. */
  #sink(free: number, time: Millis, slot: number): number {
    let place = free;
    for (let below = 2 * place + 1; below < this.#heap.length; below = 2 * place + 1) {
      const right = below + 1;
      if (right < this.#heap.length && this.#isBefore(this.#times[right] as Millis, this.#heap[right] as number, below))
        below = right;
      if (this.#isBefore(time, slot, below)) break;
      this.#move(below, place);
      place = below;
    }
    return place;
  }
}
