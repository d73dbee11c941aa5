import type uPlot from "uplot";
import type { Formatter } from "../i18n/format.ts";
import type { Columns } from "../state/series.ts";
import type { ZoneCalendar } from "../state/zone-calendar.ts";
import { timeAxis } from "./time-axis.ts";

/** What a chart needs beside its data. */
export interface ChartSetting {
  readonly width: number;
  readonly height: number;
  readonly format: Formatter;
  /** That of the point. */
  readonly calendar: ZoneCalendar;
  /** Value of a CSS custom property, so that charts have the colours of the page. */
  readonly color: (name: string) => string;
  readonly fontFamily: string;
  /** Seconds since 1970 at both ends of the time axis, read again at each drawing. */
  readonly window: () => readonly [number, number];
  /** Index of the point under the pointer, or null. */
  readonly pointed: (index: number | null) => void;
}

/** The least W of scale, so that the noise of an idle house does not look large. */
const SMALLEST_SCALE_W = 200;

/**
 * Lower and upper end of the power axis: zero is always on it.
 *
 * @example powerRange(120, 400) // [0, 432]
 * @example powerRange(null, null) // [0, 1000]
 */
function powerRange(min: number | null, max: number | null): [number, number] {
  if (min === null || max === null) return [0, 1000];
  const low = Math.min(0, min);
  const high = Math.max(0, max);
  const margin = Math.max(high - low, SMALLEST_SCALE_W) * 0.08;
  const bottom = low < 0 ? low - margin : 0;
  const top = high > 0 ? high + margin : 0;
  return top - bottom >= SMALLEST_SCALE_W ? [bottom, top] : [bottom, bottom + SMALLEST_SCALE_W];
}

/** One colour above zero and another below, with a hard edge between. */
function bySign(above: string, below: string): (chart: uPlot) => CanvasGradient | string {
  return (chart) => {
    const top = chart.bbox.top;
    const height = chart.bbox.height;
    const zero = (chart.valToPos(0, "y", true) - top) / height;
    if (!Number.isFinite(zero) || height <= 0) return above;
    const edge = Math.min(1, Math.max(0, zero));
    const gradient = chart.ctx.createLinearGradient(0, top, 0, top + height);
    gradient.addColorStop(0, above);
    gradient.addColorStop(edge, above);
    gradient.addColorStop(edge, below);
    gradient.addColorStop(1, below);
    return gradient;
  };
}

/** A value between two unknown ones has no line on either side and would be invisible. */
export function lonelyPoints(chart: uPlot, seriesIndex: number): number[] {
  const values = chart.data[seriesIndex] ?? [];
  const result: number[] = [];
  for (let i = 0; i < values.length; i++) {
    if (typeof values[i] !== "number") continue;
    if (typeof values[i - 1] !== "number" && typeof values[i + 1] !== "number") result.push(i);
  }
  return result;
}

function drawZero(color: string): (chart: uPlot) => void {
  return (chart) => {
    const { ctx, bbox } = chart;
    const y = Math.round(chart.valToPos(0, "y", true));
    ctx.save();
    ctx.strokeStyle = color;
    ctx.lineWidth = Math.max(1, window.devicePixelRatio);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.restore();
  };
}

/** Options of a chart of net power: import filled above zero, export below it, the extremes as a band. */
export function chartOptions(setting: ChartSetting): uPlot.Options {
  const { format, color } = setting;
  const font = `12px ${setting.fontFamily}`;
  const grid = { stroke: color("--line"), width: 1 };
  const axis = { font, stroke: color("--muted"), ticks: { show: false } };
  const line = bySign(color("--import"), color("--export"));
  const area = bySign(color("--import-fill"), color("--export-fill"));
  const hidden = { stroke: "transparent", width: 0, points: { show: false } };
  return {
    width: setting.width,
    height: setting.height,
    padding: [8, 20, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: false, y: false, setScale: false },
      points: {
        // Only the mean is marked, not the two edges of the band.
        size: (_chart, series) => (series === 1 ? 10 : 0),
        width: (_chart, series) => (series === 1 ? 2.5 : 0),
        stroke: (chart) => color((chart.data[1]?.[chart.cursor.idx ?? -1] ?? 0) < 0 ? "--export" : "--import"),
        fill: () => color("--card"),
      },
    },
    scales: {
      x: { time: true, range: () => [...setting.window()] },
      y: { range: (_chart, min, max) => powerRange(min, max) },
    },
    axes: [
      { ...axis, ...timeAxis(format, setting.calendar, 64) },
      {
        ...axis,
        grid,
        space: 36,
        size: (_chart, values) => 14 + 7 * Math.max(3, ...(values ?? []).map((value) => value.length)),
        values: (chart, splits) => {
          // Without data the scale means nothing.
          if (!chart.data[1]?.some((power) => typeof power === "number")) return splits.map(() => "");
          const step = Math.abs((splits[1] ?? 0) - (splits[0] ?? 0));
          const kilowatts = Math.max(...splits.map(Math.abs)) >= 1000;
          return splits.map((w) => {
            if (!kilowatts) return format.amount(w, 0, "W");
            return format.amount(w / 1000, step % 1000 === 0 ? 0 : step % 100 === 0 ? 1 : 2, "kW");
          });
        },
      },
    ],
    series: [
      {},
      {
        stroke: line,
        fill: area,
        fillTo: 0,
        width: 1.75,
        points: { show: false, filter: lonelyPoints, size: 5, fill: line },
      },
      hidden,
      hidden,
    ],
    bands: [{ series: [3, 2], fill: area }],
    hooks: {
      drawAxes: [drawZero(color("--muted"))],
      setCursor: [(chart) => setting.pointed(chart.cursor.idx ?? null)],
    },
  };
}

/** The columns in the chart's format; nulls are gaps. */
export function chartData(data: Columns): uPlot.AlignedData {
  return data;
}
