/**
 * Tasks that wait for their time, soonest first, behind one timer. Thousands of meters have several waiting each: a timer of the host for every
 * one of them takes five times as much memory, and nearly all are cancelled before they are due.
 */
import type { Millis } from "@meterport/protocol/ports";

/** The longest that a Node timer can wait; beyond it the timer would fire at once. */
const longest = 2 ** 31 - 1;

class Alarm {
  readonly task: () => void;
  /** Of two at one time the lower one is first. */
  readonly order: number;
  /** In the heap; -1 when it has left. */
  place = -1;

  constructor(task: () => void, order: number) {
    this.task = task;
    this.order = order;
  }
}

export class Alarms {
  readonly #now: () => Millis;
  /** A binary heap, and the times of its alarms: beside them, because numbers in an array need no memory of their own. */
  readonly #alarms: Alarm[] = [];
  readonly #times: Millis[] = [];
  #orders = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the timer rings; at the beginning of time while alarms are gone through, which sets it anyway. */
  #rings: Millis = Number.POSITIVE_INFINITY;

  constructor(now: () => Millis) {
    this.#now = now;
  }

  /** Runs `task` at `time` or later, never at once; the returned function cancels it. */
  at(time: Millis, task: () => void): () => void {
    const alarm = new Alarm(task, ++this.#orders);
    const place = this.#alarms.length;
    this.#alarms.push(alarm);
    this.#times.push(0);
    // One that is overdue must not get ahead of those that are due already, nor run in the round that set it.
    const from = Math.max(time, this.#now());
    this.#rise(place, from, alarm);
    if (from < this.#rings) this.#wind();
    return () => this.#cancel(alarm);
  }

  #cancel(alarm: Alarm): void {
    if (alarm.place < 0) return;
    this.#take(alarm.place);
    // A timer that rings for nothing costs less than another one; but the last keeps the process alive.
    if (this.#alarms.length === 0 && this.#timer !== undefined) this.#wind();
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
    const last = this.#orders;
    try {
      while (this.#alarms.length > 0 && (this.#times[0] as Millis) <= now && (this.#alarms[0] as Alarm).order <= last)
        this.#take(0).task();
    } finally {
      // Whatever a task throws, the others get their turn.
      this.#wind();
    }
  };

  /** Takes the alarm at this place out of the heap. */
  #take(place: number): Alarm {
    const taken = this.#alarms[place] as Alarm;
    const [alarm, time] = [this.#alarms.pop() as Alarm, this.#times.pop() as Millis];
    taken.place = -1;
    if (alarm !== taken) this.#rise(this.#sink(place, time, alarm), time, alarm);
    return taken;
  }

  #isBefore(time: Millis, { order }: Alarm, other: number): boolean {
    const theirs = this.#times[other] as Millis;
    return time < theirs || (time === theirs && order < (this.#alarms[other] as Alarm).order);
  }

  #put(place: number, time: Millis, alarm: Alarm): void {
    this.#alarms[place] = alarm;
    this.#times[place] = time;
    alarm.place = place;
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#times[from] as Millis, this.#alarms[from] as Alarm);
  }

  /** Puts an alarm at a place that is free, or nearer to the front. */
  #rise(free: number, time: Millis, alarm: Alarm): void {
    let place = free;
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (!this.#isBefore(time, alarm, above)) break;
      this.#move(above, place);
      place = above;
    }
    this.#put(place, time, alarm);
  }

  /** Moves alarms that come before this one to the front of a place that is free. Returns the place that is free then. */
  #sink(free: number, time: Millis, alarm: Alarm): number {
    let place = free;
    for (let below = 2 * place + 1; below < this.#alarms.length; below = 2 * place + 1) {
      const right = below + 1;
      if (
        right < this.#alarms.length &&
        this.#isBefore(this.#times[right] as Millis, this.#alarms[right] as Alarm, below)
      )
        below = right;
      if (this.#isBefore(time, alarm, below)) break;
      this.#move(below, place);
      place = below;
    }
    return place;
  }
}
