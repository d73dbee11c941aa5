/** Where the time axis of a chart has its marks: on round times of the point's own clock. */
import type { CalendarUnit, Span, ZoneCalendar } from "../state/zone-calendar.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How a mark is written. */
export type TickKind = "clock" | "day" | "month" | "year";

export interface Tick {
  readonly time: number;
  readonly kind: TickKind;
}

export interface TickStep {
  readonly kind: TickKind;
  /** Local minutes of a clock; else units of the calendar. */
  readonly count: number;
  /** About how long, milliseconds. */
  readonly length: number;
}

const STEPS: readonly TickStep[] = [
  ...[1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720].map(
    (count) => ({ kind: "clock", count, length: count * MINUTE }) as const,
  ),
  ...[1, 2, 7, 14].map((count) => ({ kind: "day", count, length: count * DAY }) as const),
  ...[1, 2, 3, 6].map((count) => ({ kind: "month", count, length: count * 30.4 * DAY }) as const),
  ...[1, 2, 5, 10].map((count) => ({ kind: "year", count, length: count * 365 * DAY }) as const),
];

/** The finest step with at most `most` marks in a range. */
export function tickStep({ from, to }: Span, most: number, least: TickKind = "clock"): TickStep {
  const order: readonly TickKind[] = ["clock", "day", "month", "year"];
  const wanted = (to - from) / Math.max(1, most);
  const fits = ({ kind, length }: TickStep): boolean => length >= wanted && order.indexOf(kind) >= order.indexOf(least);
  return STEPS.find(fits) ?? { kind: "year", count: 10, length: 3650 * DAY };
}

/** The marks of a range, ascending. */
export function ticksOf(calendar: ZoneCalendar, { from, to }: Span, step: TickStep): Tick[] {
  return step.kind === "clock"
    ? clockTicks(calendar, { from, to }, step.count * MINUTE)
    : dateTicks(calendar, { from, to }, step);
}

function clockTicks(calendar: ZoneCalendar, { from, to }: Span, step: number): Tick[] {
  const ticks: Tick[] = [];
  // Within each local day, so that a day of 23 or 25 hours has its marks at the same times of the clock.
  for (let day = calendar.start("day", from); day <= to; ) {
    const next = calendar.next("day", day);
    let last = Number.NEGATIVE_INFINITY;
    for (let local = 0; local < DAY; local += step) {
      const time = local === 0 ? day : calendar.utc(calendar.local(day) - mod(calendar.local(day), DAY) + local);
      if (time >= next || time <= last) continue;
      last = time;
      if (time >= from && time <= to) ticks.push({ time, kind: local === 0 ? "day" : "clock" });
    }
    if (next <= day) break;
    day = next;
  }
  return ticks;
}

function dateTicks(calendar: ZoneCalendar, { from, to }: Span, { kind, count }: TickStep): Tick[] {
  const ticks: Tick[] = [];
  const unit = kind as CalendarUnit;
  const isWeeks = kind === "day" && count % 7 === 0;
  const unitOf: CalendarUnit = isWeeks ? "week" : unit;
  for (let time = calendar.start(unitOf, from), guard = 0; time <= to && guard < 2000; guard++) {
    if (time >= from && fits(calendar, time, kind, count)) ticks.push({ time, kind });
    const next = calendar.next(unitOf, time, isWeeks ? count / 7 : 1);
    time = next > time ? next : calendar.next(unitOf, time, 2);
  }
  return ticks;
}

function fits(calendar: ZoneCalendar, time: number, kind: TickKind, count: number): boolean {
  const { year, month, day } = calendar.parts(time);
  if (kind === "year") return year % count === 0;
  if (kind === "month") return (month - 1) % count === 0;
  return count === 1 || count % 7 === 0 || (day % count === 1 && day < 31);
}

function mod(a: number, b: number): number {
  return ((a % b) + b) % b;
}

/** Round marks of a value axis between two values, about `most` of them. */
export function valueTicks(low: number, high: number, most: number): number[] {
  const rough = (high - low) / Math.max(1, most);
  if (!(rough > 0)) return [0];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough) ?? 10 * power;
  const result: number[] = [];
  for (let n = Math.ceil(low / step); n * step <= high + step / 1e6; n++) result.push(n * step);
  return result;
}
