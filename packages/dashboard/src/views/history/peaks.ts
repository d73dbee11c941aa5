/** The highest mean powers of single intervals. */
import type { Interval, Peak } from "./history-answers.ts";

/** W; exact to the thousandth, as a meter counts whole Wh. */
function powerOfInterval({ from, end, value }: Pick<Interval, "from" | "end" | "value">): number | null {
  return value === null || end <= from ? null : Math.round((value * 3_600_000_000) / (end - from)) / 1000;
}

/** The highest interval, and the first of several equal ones; null if none has a value. Shorter ones than a quarter of an hour are not meant. */
export function highest(intervals: Iterable<Interval>): Peak | null {
  let best: Peak | null = null;
  for (const interval of intervals) {
    const power = powerOfInterval(interval);
    const seconds = (interval.end - interval.from) / 1000;
    // A piece that a power failure or a clock left over says little of a whole interval.
    if (power === null || seconds < 300) continue;
    if (best === null || power > best.power) best = { power, end: interval.end, seconds };
  }
  return best;
}
