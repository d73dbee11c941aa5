/** Paints a year of hours. */
import type { Colors } from "./chart-frame.ts";
import { type HeatDay, type HeatScale, heatOf } from "./heat.ts";
import type { Span } from "./shown-range.ts";

export interface HeatScene {
  readonly days: readonly HeatDay[];
  readonly scale: HeatScale;
  /** Day and hour that are read out. */
  readonly chosen: { readonly day: number; readonly hour: number } | null;
  /** When there can be values: from the first one of all until now. */
  readonly known: Span;
  readonly colors: Colors;
  readonly font: string;
  readonly monthText: (time: number) => string;
  readonly hourText: (hour: number) => string;
}

const GUTTER = { left: 44, right: 4, top: 4, bottom: 24 };
const HOURS = 24;

export interface HeatBox {
  readonly left: number;
  readonly top: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
}

export function heatBox(width: number, height: number, days: number): HeatBox {
  return {
    left: GUTTER.left,
    top: GUTTER.top,
    cellWidth: Math.max(1, width - GUTTER.left - GUTTER.right) / Math.max(1, days),
    cellHeight: Math.max(1, height - GUTTER.top - GUTTER.bottom) / HOURS,
  };
}

/** Day and hour at a place; null outside. */
export function cellAt(
  { left, top, cellWidth, cellHeight }: HeatBox,
  x: number,
  y: number,
  days: number,
): { day: number; hour: number } | null {
  const [day, hour] = [Math.floor((x - left) / cellWidth), Math.floor((y - top) / cellHeight)];
  return day >= 0 && day < days && hour >= 0 && hour < HOURS ? { day, hour } : null;
}

export function paintHeat(ctx: CanvasRenderingContext2D, width: number, height: number, scene: HeatScene): void {
  const { days, scale, colors, known } = scene;
  const box = heatBox(width, height, days.length);
  const { left, top, cellWidth, cellHeight } = box;
  for (const [n, { hours }] of days.entries()) {
    // Whole pixels, or the screen would show lines between the cells.
    const x = Math.round(left + n * cellWidth);
    const wide = Math.max(1, Math.round(left + (n + 1) * cellWidth) - x);
    for (const [hour, { time, power }] of hours.entries()) {
      const y = Math.round(top + hour * cellHeight);
      const high = Math.round(top + (hour + 1) * cellHeight) - y;
      ctx.globalAlpha = 1;
      if (power === null) {
        if (time === null || time < known.from || time >= known.to) continue;
        ctx.fillStyle = colors.line;
        ctx.globalAlpha = 0.55;
        // Half of the cell: unknown is no weak colour.
        ctx.fillRect(x, y + high / 3, wide, Math.max(1, high / 4));
        continue;
      }
      const heat = heatOf(power, scale);
      ctx.fillStyle = heat >= 0 ? colors.import : colors.export;
      ctx.globalAlpha = 0.06 + 0.94 * Math.abs(heat) ** 0.8;
      ctx.fillRect(x, y, wide, high);
    }
  }
  ctx.globalAlpha = 1;
  paintNames(ctx, height, box, scene);
  if (scene.chosen !== null) {
    const { day, hour } = scene.chosen;
    ctx.strokeStyle = colors.text;
    ctx.lineWidth = 2;
    const grow = Math.max(0, (7 - cellWidth) / 2);
    ctx.strokeRect(left + day * cellWidth - grow, top + hour * cellHeight - 1, cellWidth + 2 * grow, cellHeight + 2);
  }
}

function paintNames(
  ctx: CanvasRenderingContext2D,
  height: number,
  box: HeatBox,
  { days, colors, font, monthText, hourText }: HeatScene,
): void {
  ctx.font = font;
  ctx.fillStyle = colors.muted;
  ctx.textAlign = "right";
  ctx.textBaseline = "middle";
  for (const hour of [0, 6, 12, 18])
    ctx.fillText(hourText(hour), box.left - 8, box.top + (hour + 0.5) * box.cellHeight);
  ctx.textAlign = "left";
  ctx.textBaseline = "top";
  let last = "";
  let end = Number.NEGATIVE_INFINITY;
  for (const [n, { from }] of days.entries()) {
    const text = monthText(from);
    if (text === last) continue;
    last = text;
    const x = box.left + n * box.cellWidth;
    if (x < end + 6 || x + ctx.measureText(text).width > box.left + days.length * box.cellWidth) continue;
    ctx.fillText(text, x, height - GUTTER.bottom + 8);
    end = x + ctx.measureText(text).width;
  }
}
