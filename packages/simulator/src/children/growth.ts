/** A count that never falls: more in winter and by day, and nothing while a valve is closed. */
import type { Millis } from "@meterport/protocol/ports";

const day = 86_400_000;
const year = 365.25;
const turn = 2 * Math.PI;
/** Days from 1970 to 2000. */
const epoch = 10_957;
/** Valves are not closed more often than is remembered; the oldest times are then added up. */
const mostClosed = 200;

export interface GrowthOptions {
  /** At the beginning of 2000. */
  readonly base: number;
  readonly perDay: number;
  /** How much more than on average in the middle of winter, 0..1. */
  readonly winter: number;
  /** How much more than on average at the best hour; with `winter` at most 1. */
  readonly daily: number;
  /** That hour, as part of a day. */
  readonly hour: number;
}

export class Growth {
  readonly #options: GrowthOptions;
  readonly #closed: { from: Millis; to: Millis | undefined }[] = [];
  #never = 0;

  constructor(options: GrowthOptions) {
    this.#options = options;
  }

  /** The count at a time. */
  at(time: Millis): number {
    let count = this.#free(time) - this.#never;
    for (const { from, to = time } of this.#closed)
      if (time > from) count -= this.#free(Math.min(time, to)) - this.#free(from);
    return count;
  }

  /** What it rises by in an hour at that rate. */
  perHour(time: Millis): number {
    const { perDay, winter, daily, hour } = this.#options;
    if (this.#closed.some(({ from, to = Number.POSITIVE_INFINITY }) => time >= from && time < to)) return 0;
    const days = time / day;
    const factor = 1 + winter * Math.cos((turn * (days - epoch - 15)) / year) + daily * Math.cos(turn * (days - hour));
    return (perDay / 24) * factor;
  }

  /** Stops it, or lets it go on, from a time on that is later than all before. */
  stop(stopped: boolean, time: Millis): void {
    const last = this.#closed.at(-1);
    if (stopped && (last === undefined || last.to !== undefined)) this.#closed.push({ from: time, to: undefined });
    if (!stopped && last !== undefined) last.to ??= time;
    const [oldest] = this.#closed;
    if (this.#closed.length <= mostClosed || oldest?.to === undefined) return;
    this.#never += this.#free(oldest.to) - this.#free(oldest.from);
    this.#closed.shift();
  }

  #free(time: Millis): number {
    const { base, perDay, winter, daily, hour } = this.#options;
    const days = time / day - epoch;
    const seasonal = winter * (year / turn) * Math.sin((turn * (days - 15)) / year);
    const hourly = (daily / turn) * Math.sin(turn * (time / day - hour));
    return base + perDay * (days + seasonal + hourly);
  }
}
