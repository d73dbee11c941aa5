/**
 * Intervals from live registers: the difference between the states of a register at both ends of an interval. Pure.
 *
 * **The rule.** The state at a boundary lies on the straight line between the last reading before it and the first one at or after it,
 * rounded down to whole units, as registers show them. It counts only if both readings are within `tolerance` of the boundary.
 * Neighbouring intervals share it, so their sum is the difference of the registers. An interval without both states is not made:
 * the load profile will tell, or nobody.
 */
import type { LiveReading } from "@meterport/protocol/meaning/readings";
import type { Millis } from "@meterport/protocol/ports";
import { type RegisterKey, registerKeys } from "../guard/measured.ts";
import type { Interval, IntervalQuality } from "../model/interval.ts";
import { readingTime } from "../model/reading-time.ts";

export interface IntervalBuilderOptions {
  readonly point: string;
  /** Length of the intervals, which begin at whole multiples of it since 1970; 900 by default. */
  readonly seconds?: number | undefined;
  /** Most time between a boundary and either reading beside it; a minute by default. */
  readonly tolerance?: Millis | undefined;
}

/** Readings further apart than this at a boundary leave the share of each side in doubt. */
const closeTogether: Millis = 30_000;
/** The wall clock and the monotonic clock drift apart less than this between two readings, unless the former is set. */
const clockSlack: Millis = 1_500;

/** Of a register at its last reading; moved on with each, since every point has some of them and a new one would live until the next. */
interface State {
  time: Millis;
  value: number;
}

/** State of a register at a boundary. */
interface Boundary {
  readonly time: Millis;
  readonly value: number;
  readonly quality: Exclude<IntervalQuality, "missing" | "suspect">;
}

/**
 * How such an interval came to be, for `why`: a constant, and so not stored as a proof with each of 35,000 intervals a year.
 */
export const differenceRule =
  "difference of the registers at both ends, each on the straight line between the readings beside it";

/** Makes the intervals of one point. Give it readings that the guard has accepted. */
export class IntervalBuilder {
  readonly #point: string;
  readonly #tolerance: Millis;
  #seconds: number;
  /** Objects take half of the memory of maps with four entries. */
  #last: Partial<Record<RegisterKey, State>> = {};
  #boundaries: Partial<Record<RegisterKey, Boundary | undefined>> = {};
  /** When the newest reading was, by the wall clock and by the monotonic one. */
  #newest: Millis | undefined;
  #newestNow: Millis | undefined;
  /** Whether a reading since the last boundary was in doubt. */
  #doubted = false;

  constructor({ point, seconds = 900, tolerance = 60_000 }: IntervalBuilderOptions) {
    this.#point = point;
    this.#seconds = seconds;
    this.#tolerance = tolerance;
  }

  /** Follows the length of the meter's own intervals. The one in progress is given up if it changes. */
  follow(seconds: number): void {
    if (seconds === this.#seconds || !(seconds > 0)) return;
    this.#seconds = seconds;
    this.forget();
  }

  /** Begins again, as after an exchange of the meter: no interval reaches across. */
  forget(): void {
    this.#last = {};
    this.#boundaries = {};
    this.#newest = undefined;
    this.#doubted = false;
  }

  /**
   * Takes a reading, and gives the intervals that it completes: at most one for each register.
   *
   * @param now its moment on the monotonic clock, so that a step of the wall clock is noticed; omitted, only a step back is
   */
  push(reading: LiveReading, now?: Millis): readonly Interval[] {
    const time = readingTime(reading);
    if (!Number.isFinite(time) || reading.quality === "stale") return [];
    if (this.#isStepped(time, now)) this.forget();
    this.#newest = time;
    this.#newestNow = now;
    if (reading.quality === "suspect") this.#doubted = true;
    const made: Interval[] = [];
    let passed = false;
    for (const key of registerKeys) {
      const value = reading[key];
      if (value === null) continue;
      const last = this.#last[key];
      if (last === undefined) {
        this.#last[key] = { time, value };
        continue;
      }
      const boundary = this.#boundaryBetween(last, time, value);
      // A fall: another meter, or one that was reset.
      const fell = value < last.value;
      last.time = time;
      last.value = value;
      if (fell) this.#boundaries[key] = undefined;
      if (fell || boundary === undefined) continue;
      passed = true;
      const interval = this.#intervalTo(key, boundary);
      this.#boundaries[key] = boundary;
      if (interval !== undefined) made.push(interval);
    }
    if (passed) this.#doubted = reading.quality === "suspect";
    return made;
  }

  #isStepped(time: Millis, now: Millis | undefined): boolean {
    if (this.#newest === undefined) return false;
    if (time < this.#newest) return true;
    if (now === undefined || this.#newestNow === undefined) return false;
    return Math.abs(time - this.#newest - (now - this.#newestNow)) > clockSlack;
  }

  /** The newest boundary between two readings, if both are close enough. */
  #boundaryBetween(before: Readonly<State>, at: Millis, value: number): Boundary | undefined {
    const step = this.#seconds * 1000;
    const time = Math.floor(at / step) * step;
    if (before.time >= time) return undefined;
    const gap = at - before.time;
    if (time - before.time > this.#tolerance || at - time > this.#tolerance) return undefined;
    const share = (value - before.value) * ((time - before.time) / gap);
    return { time, value: before.value + Math.floor(share), quality: gap <= closeTogether ? "good" : "partial" };
  }

  #intervalTo(key: RegisterKey, to: Boundary): Interval | undefined {
    const from = this.#boundaries[key];
    if (from === undefined || to.time - from.time !== this.#seconds * 1000 || to.value < from.value) return undefined;
    const measured = from.quality === "good" && to.quality === "good" ? "good" : "partial";
    return {
      point: this.#point,
      channel: key,
      end: to.time,
      seconds: this.#seconds,
      value: to.value - from.value,
      source: "difference",
      quality: this.#doubted ? "suspect" : measured,
      flags: [],
      register: to.value,
    };
  }
}
