/** The time axis of a chart: marks at round times of the point's own clock, whatever clock the browser has. */
import type uPlot from "uplot";
import type { Formatter } from "../i18n/format.ts";
import type { ZoneCalendar } from "../state/zone-calendar.ts";
import { type TickKind, tickStep, ticksOf } from "./time-ticks.ts";

/** Seconds. */
const DAY = 86_400;

/** How fine the marks of so many seconds may be, so that no two of them read the same. */
function finest(length: number): TickKind {
  return length <= 2 * DAY ? "clock" : length <= 200 * DAY ? "day" : "month";
}

/** The time at a mark of the axis, as fine as its length in seconds needs. */
export function timeMark(format: Formatter, calendar: ZoneCalendar, seconds: number, length: number): string {
  const time = seconds * 1000;
  const kind = finest(length);
  if (kind === "month") return format.monthAndYear(time);
  if (kind === "day") return format.dayAndMonth(time);
  const { hour, minute } = calendar.parts(time);
  return hour === 0 && minute === 0 ? format.weekday(time) : format.clock(time);
}

/** @param space the least pixels from one mark to the next */
export function timeAxis(format: Formatter, calendar: ZoneCalendar, space: number): uPlot.Axis {
  return {
    grid: { show: false },
    size: 26,
    splits: (chart, _axis, from, to) => {
      const span = { from: from * 1000, to: to * 1000 };
      const most = Math.max(2, chart.bbox.width / window.devicePixelRatio / space);
      return ticksOf(calendar, span, tickStep(span, most, finest(to - from))).map(({ time }) => time / 1000);
    },
    values: (chart, splits) => {
      const { min = 0, max = 0 } = chart.scales.x ?? {};
      return splits.map((seconds) => timeMark(format, calendar, seconds, (max ?? 0) - (min ?? 0)));
    },
  };
}
