/** The frame of a chart: its scales, axes and colours. */

import { type Tick, type TickStep, valueTicks } from "../../widgets/time-ticks.ts";
import type { Span } from "./shown-range.ts";

export interface Colors {
  readonly card: string;
  readonly line: string;
  readonly text: string;
  readonly muted: string;
  readonly import: string;
  readonly importFill: string;
  readonly export: string;
  readonly exportFill: string;
  readonly warn: string;
  readonly danger: string;
}

export interface Scales {
  /** Pixels of CSS of a moment, and back. */
  readonly x: (time: number) => number;
  readonly time: (x: number) => number;
  readonly y: (value: number) => number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly low: number;
  readonly high: number;
}

const GUTTER = { left: 52, right: 10, top: 26, bottom: 28 };

/** Where a chart of this size has its moments and values. */
export function scalesOf(width: number, height: number, { from, to }: Span, low: number, high: number): Scales {
  const [left, right] = [GUTTER.left, Math.max(GUTTER.left + 1, width - GUTTER.right)];
  const [top, bottom] = [GUTTER.top, Math.max(GUTTER.top + 1, height - GUTTER.bottom)];
  const perMs = (right - left) / Math.max(1, to - from);
  const perValue = (bottom - top) / Math.max(1e-9, high - low);
  return {
    ...{ left, right, top, bottom, low, high },
    x: (time) => left + (time - from) * perMs,
    time: (x) => from + (x - left) / perMs,
    y: (value) => bottom - (value - low) * perValue,
  };
}

/** A round scale that has zero and all values in it, so that it seldom changes while the reader moves along. */
export function roundScale(least: number, most: number, smallest: number): readonly [number, number] {
  const low = Math.min(0, least);
  const high = Math.max(0, most, low === 0 ? smallest : 0);
  const range = Math.max(high - low, smallest);
  const step = 10 ** Math.floor(Math.log10(range)) / 4;
  return [low === 0 ? 0 : Math.floor((low * 1.04) / step) * step, Math.ceil((high * 1.04) / step) * step];
}

/** The colours of the page, read once for each theme. */
export function colorsOf(element: Element): Colors {
  const style = getComputedStyle(element);
  const of = (name: string): string => style.getPropertyValue(name).trim();
  return {
    ...{ card: of("--card"), line: of("--line"), text: of("--text"), muted: of("--muted") },
    ...{
      import: of("--import"),
      importFill: of("--import-fill"),
      export: of("--export"),
      exportFill: of("--export-fill"),
    },
    ...{ warn: of("--warn"), danger: of("--danger") },
  };
}

/** Makes a canvas as sharp as the screen, and clears it. */
export function sharpen(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D | null {
  const ratio = window.devicePixelRatio || 1;
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
  }
  const ctx = canvas.getContext("2d");
  ctx?.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx?.clearRect(0, 0, width, height);
  return ctx;
}

export interface Axes {
  readonly colors: Colors;
  readonly font: string;
  readonly ticks: readonly Tick[];
  readonly tickStep: TickStep;
  readonly tickText: (tick: Tick) => string;
  readonly valueText: (value: number, step: number) => string;
  /** Of all values of the axis. */
  readonly unit: string;
  /** Marks stand under the middle of what they name, as a month under its bar. */
  readonly centred: boolean;
}

/** The value axis with its lines, and the zero line. */
export function paintValueAxis(
  ctx: CanvasRenderingContext2D,
  scales: Scales,
  { colors, font, valueText, unit }: Axes,
): void {
  const { left, right, top, bottom, low, high, y } = scales;
  const values = valueTicks(low, high, Math.max(2, Math.floor((bottom - top) / 44)));
  const step = Math.abs((values[1] ?? 0) - (values[0] ?? 0));
  ctx.font = font;
  ctx.textAlign = "right";
  ctx.textBaseline = "middle";
  ctx.lineWidth = 1;
  ctx.fillStyle = colors.muted;
  ctx.fillText(unit, left - 8, top - 16);
  for (const value of values) {
    const at = Math.round(y(value)) + 0.5;
    ctx.strokeStyle = value === 0 ? colors.muted : colors.line;
    ctx.beginPath();
    ctx.moveTo(left, at);
    ctx.lineTo(right, at);
    ctx.stroke();
    ctx.fillStyle = colors.muted;
    ctx.fillText(valueText(value, step), left - 8, at);
  }
}

/** The names of the moments below the chart. */
export function paintTimeAxis(ctx: CanvasRenderingContext2D, scales: Scales, axes: Axes): void {
  const { left, right, bottom, x } = scales;
  const { colors, font, ticks, tickStep, tickText, centred } = axes;
  ctx.font = font;
  ctx.textAlign = "center";
  ctx.textBaseline = "top";
  ctx.fillStyle = colors.muted;
  const half = centred ? (x(tickStep.length) - x(0)) / (2 * tickStep.count) : 0;
  let end = Number.NEGATIVE_INFINITY;
  for (const tick of ticks) {
    const text = tickText(tick);
    const width = ctx.measureText(text).width;
    const at = Math.min(Math.max(x(tick.time) + half, left + width / 2), right - width / 2);
    if (Math.abs(at - x(tick.time) - half) > width / 2 + 1 || at - width / 2 < end + 10) continue;
    ctx.fillText(text, at, bottom + 9);
    end = at + width / 2;
  }
}
