/** What the clock watch found, as events of a point that name the intervals affected. */
import type { Millis } from "@meterport/protocol/ports";
import { foundEvent, type PointEvent } from "../model/point-event.ts";
import type { ClockFinding } from "./clock-watch.ts";

/** Intervals that a step or a wrong clock touches. */
export interface AffectedIntervals {
  /** Begin of the first and end of the last; null while it lasts. ISO 8601 UTC. */
  readonly from: string;
  readonly to: string | null;
  readonly seconds: number;
  readonly count: number | null;
}

/**
 * The intervals between two moments, with those that they cut.
 *
 * @example
 * affectedIntervals(Date.UTC(2026, 0, 1, 0, 14), Date.UTC(2026, 0, 1, 0, 16), 900)
 * // { from: "2026-01-01T00:00:00.000Z", to: "2026-01-01T00:30:00.000Z", seconds: 900, count: 2 }
 */
export const affectedIntervals = (a: Millis, b: Millis | null, seconds: number): AffectedIntervals => {
  const length = 1_000 * seconds;
  const from = Math.floor(Math.min(a, b ?? a) / length) * length;
  const to = b === null ? null : Math.ceil(Math.max(a, b) / length) * length;
  return {
    from: new Date(from).toISOString(),
    to: to === null ? null : new Date(to).toISOString(),
    seconds,
    count: to === null ? null : (to - from) / length,
  };
};

/** Stable ids: the same finding is the same event. */
export const clockEvent = (point: string, finding: ClockFinding, seconds = 900): PointEvent => {
  const { kind } = finding;
  const isOff = kind === "meter-clock-off";
  const time = Math.round(isOff ? finding.since : finding.to);
  const until = isOff && finding.until !== null ? Math.round(finding.until) : null;
  const affected = isOff
    ? affectedIntervals(finding.since, finding.until, seconds)
    : affectedIntervals(finding.from, finding.to, seconds);
  const detail = isOff
    ? { offset_ms: finding.offset, error_ms: finding.error, intervals: affected }
    : {
        by_ms: Math.round(finding.by),
        ...(kind === "meter-clock-step" ? { error_ms: finding.error } : { confirmed: finding.confirmed }),
        intervals: affected,
      };
  return foundEvent(point, kind, time, detail, until);
};

const inWords = (milliseconds: Millis): string => {
  const seconds = Math.abs(milliseconds) / 1_000;
  if (seconds >= 172_800) return `${(seconds / 86_400).toFixed(1)} days`;
  if (seconds >= 7_200) return `${(seconds / 3_600).toFixed(1)} hours`;
  return `${Math.round(seconds)} s`;
};

/** One sentence for the log. */
export const describeClock = (finding: ClockFinding): string => {
  if (finding.kind === "machine-clock-step") {
    const way = finding.by > 0 ? "forward" : "back";
    const unsure = finding.confirmed ? "" : ", unless the machine slept: the meter's clock could not be compared";
    return `this machine's clock was set ${way} by ${inWords(finding.by)}${unsure}`;
  }
  if (finding.kind === "meter-clock-step")
    return `the meter's clock was set ${finding.by > 0 ? "forward" : "back"} by ${inWords(finding.by)}`;
  if (finding.until !== null) return "the meter's clock is right again";
  if (finding.offset === null) return "the meter's clock shows a date that no calendar has";
  return `the meter's clock is ${inWords(finding.offset)} ${finding.offset > 0 ? "ahead of" : "behind"} this machine's`;
};
