import type uPlot from "uplot";
import type { Formatter } from "../../i18n/format.ts";
import type { ZoneCalendar } from "../../state/zone-calendar.ts";
import { lonelyPoints } from "../../widgets/chart-options.ts";
import { timeAxis } from "../../widgets/time-axis.ts";
import type { Limits } from "./voltage-quality.ts";

/** How the lines of a chart look: told apart by their dashes too. */
export const LINE_STYLES = [
  { color: "--phase-1", dash: [] },
  { color: "--phase-2", dash: [7, 4] },
  { color: "--phase-3", dash: [2, 3] },
] as const;

export interface LineSetting {
  readonly width: number;
  readonly height: number;
  readonly format: Formatter;
  /** Of the values; empty for a number. */
  readonly unit: string;
  /** That of the point. */
  readonly calendar: ZoneCalendar;
  readonly color: (name: string) => string;
  readonly fontFamily: string;
  /** How many lines; after them come the low and the high edge of a band. */
  readonly lines: number;
  /** Seconds since 1970 at both ends. */
  readonly window: readonly [number, number];
  readonly limits: Limits | null;
  /** The least range of the values' axis. */
  readonly least: Limits;
  readonly decimals: number;
  readonly pointed: (index: number | null) => void;
}

/** Marks the limits, so that it is seen how far away the values are. */
function drawLimits({ limits, color }: LineSetting): (chart: uPlot) => void {
  return (chart) => {
    if (limits === null) return;
    const { ctx, bbox } = chart;
    ctx.save();
    ctx.strokeStyle = color("--danger");
    ctx.lineWidth = Math.max(1, window.devicePixelRatio);
    ctx.setLineDash([6 * ctx.lineWidth, 4 * ctx.lineWidth]);
    for (const value of [limits.low, limits.high]) {
      const y = Math.round(chart.valToPos(value, "y", true));
      if (y < bbox.top || y > bbox.top + bbox.height) continue;
      ctx.beginPath();
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(bbox.left + bbox.width, y);
      ctx.stroke();
    }
    ctx.restore();
  };
}

/**
 * The ends of the values' axis: at least the given range, and all values.
 *
 * @example axisRange({ low: 205, high: 255 }, 229, 256) // [205, 257.02]
 */
function axisRange(least: Limits, min: number | null, max: number | null): [number, number] {
  const [low, high] = [Math.min(least.low, min ?? least.low), Math.max(least.high, max ?? least.high)];
  const margin = (high - low) * 0.02;
  return [low < least.low ? low - margin : low, high > least.high ? high + margin : high];
}

/** Options of a chart of up to three lines, with a band around them and limits. */
export function lineOptions(setting: LineSetting): uPlot.Options {
  const {
    format,
    unit,
    color,
    lines,
    window: [from, to],
  } = setting;
  const axis = { font: `12px ${setting.fontFamily}`, stroke: color("--muted"), ticks: { show: false } };
  const edge = { stroke: "transparent", width: 0, points: { show: false } };
  return {
    width: setting.width,
    height: setting.height,
    padding: [8, 16, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false, setScale: false }, points: { show: false } },
    scales: {
      x: { time: true, range: () => [from, to] },
      y: { range: (_chart, min, max) => axisRange(setting.least, min, max) },
    },
    axes: [
      { ...axis, ...timeAxis(format, setting.calendar, 72) },
      {
        ...axis,
        ...{ grid: { stroke: color("--line"), width: 1 }, space: 32 },
        size: (_chart, values) => 14 + 7 * Math.max(3, ...(values ?? []).map((value) => value.length)),
        values: (_chart, splits) => {
          const step = Math.abs((splits[1] ?? 0) - (splits[0] ?? 0));
          const decimals = step >= 1 ? 0 : Math.min(setting.decimals, step >= 0.1 ? 1 : 2);
          return splits.map((value) => format.amount(value, decimals, unit));
        },
      },
    ],
    series: [
      {},
      ...Array.from({ length: lines }, (_, n) => {
        const { color: name, dash } = LINE_STYLES[n] ?? LINE_STYLES[0];
        const points = { show: false, filter: lonelyPoints, size: 5, fill: color(name) };
        return { stroke: color(name), width: 1.75, dash: [...dash], points };
      }),
      edge,
      edge,
    ],
    bands: [{ series: [lines + 2, lines + 1], fill: color("--band") }],
    hooks: {
      drawAxes: [drawLimits(setting)],
      setCursor: [(chart) => setting.pointed(chart.cursor.idx ?? null)],
    },
  };
}
