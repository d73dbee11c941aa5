/** Paints bars, so that each state is told apart by its pattern and not only by its colour. */
import type { Bar, BarState } from "./bars.ts";
import type { Colors, Scales } from "./chart-frame.ts";
import type { Span } from "./shown-range.ts";

/** Patterns that fill what is special; made once for each theme. */
export interface Patterns {
  /** Stripes over a bar that was recovered. */
  readonly stripes: CanvasPattern | null;
  /** Dots of what was estimated, by colour. */
  readonly dots: (color: string) => CanvasPattern | string;
  /** Hatching where a value is missing, by colour. */
  readonly hatch: (color: string) => CanvasPattern | string;
}

function tile(size: number, paint: (ctx: CanvasRenderingContext2D) => void): CanvasPattern | null {
  const canvas = document.createElement("canvas");
  canvas.width = size;
  canvas.height = size;
  const ctx = canvas.getContext("2d");
  if (ctx === null) return null;
  paint(ctx);
  return ctx.createPattern(canvas, "repeat");
}

function diagonal(size: number, color: string, width: number): CanvasPattern | null {
  return tile(size, (ctx) => {
    ctx.strokeStyle = color;
    ctx.lineWidth = width;
    ctx.beginPath();
    for (const shift of [-size, 0, size]) {
      ctx.moveTo(shift - 1, size + 1);
      ctx.lineTo(shift + size + 1, -1);
    }
    ctx.stroke();
  });
}

export function patternsOf(colors: Colors): Patterns {
  const kept = new Map<string, CanvasPattern | string>();
  const of = (key: string, make: () => CanvasPattern | null, color: string): CanvasPattern | string => {
    let pattern = kept.get(key);
    if (pattern === undefined) {
      pattern = make() ?? color;
      kept.set(key, pattern);
    }
    return pattern;
  };
  return {
    stripes: diagonal(6, colors.card, 1.6),
    hatch: (color) => of(`hatch ${color}`, () => diagonal(8, color, 1.2), color),
    dots: (color) =>
      of(
        `dots ${color}`,
        () =>
          tile(5, (ctx) => {
            ctx.fillStyle = color;
            ctx.fillRect(1, 1, 2.4, 2.4);
          }),
        color,
      ),
  };
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** One bar of a colour, as its state says. */
export function paintBox(
  ctx: CanvasRenderingContext2D,
  { x, y, width, height }: Box,
  state: BarState,
  color: string,
  patterns: Patterns,
): void {
  if (state === "estimated" || state === "incomplete") {
    ctx.globalAlpha = state === "incomplete" ? 0.4 : 1;
    ctx.fillStyle = state === "estimated" ? patterns.dots(color) : color;
    ctx.fillRect(x, y, width, height);
    ctx.globalAlpha = 1;
    if (width < 3 || height < 2) return;
    ctx.strokeStyle = color;
    ctx.lineWidth = 1;
    if (state === "incomplete") ctx.setLineDash([3, 2]);
    ctx.strokeRect(x + 0.5, y + 0.5, width - 1, height - 1);
    ctx.setLineDash([]);
    return;
  }
  ctx.fillStyle = color;
  ctx.fillRect(x, y, width, height);
  if (state === "recovered" && patterns.stripes !== null) {
    ctx.fillStyle = patterns.stripes;
    ctx.globalAlpha = 0.55;
    ctx.fillRect(x, y, width, height);
    ctx.globalAlpha = 1;
  }
}

/** A column where there is no value, over the whole height. */
export function paintAbsent(
  ctx: CanvasRenderingContext2D,
  box: Box,
  state: BarState,
  colors: Colors,
  patterns: Patterns,
): void {
  const { x, y, width, height } = box;
  if (state === "missing") {
    ctx.fillStyle = patterns.hatch(colors.danger);
    ctx.globalAlpha = 0.45;
  } else if (state === "gap") {
    ctx.fillStyle = patterns.hatch(colors.muted);
    ctx.globalAlpha = 0.4;
  } else if (state === "pending") {
    ctx.fillStyle = patterns.dots(colors.muted);
    ctx.globalAlpha = 0.28;
  } else return;
  ctx.fillRect(x, y, width, height);
  ctx.globalAlpha = 1;
}

/** A triangle above a bar in doubt. */
export function paintDoubt(ctx: CanvasRenderingContext2D, x: number, y: number, colors: Colors): void {
  ctx.fillStyle = colors.warn;
  ctx.beginPath();
  ctx.moveTo(x, y - 7);
  ctx.lineTo(x + 4, y);
  ctx.lineTo(x - 4, y);
  ctx.fill();
}

export interface BarScene {
  readonly bars: readonly Bar[];
  /** Energy with which each bar is compared, Wh; null without. */
  readonly others: readonly (number | null)[] | null;
  /** Bars of a longer time in place of those that still load. */
  readonly coarser: readonly Bar[];
  readonly selected: number | null;
  readonly colors: Colors;
  readonly patterns: Patterns;
}

function gapOf(width: number): number {
  return width >= 10 ? Math.min(6, width * 0.16) : width >= 4 ? 1 : 0;
}

/** Smallest and largest value of the bars in a range, and of what they are compared with. */
export function extremes(
  { bars, others }: Pick<BarScene, "bars" | "others">,
  { from, to }: Span,
): readonly [number, number] {
  let [least, most] = [0, 0];
  for (const [n, bar] of bars.entries()) {
    if (bar.to <= from || bar.from >= to) continue;
    most = Math.max(most, bar.imported ?? 0, others?.[n] ?? 0);
    least = Math.min(least, -(bar.exported ?? 0));
  }
  return [least, most];
}

/** All bars, import up and export down. */
export function paintBars(ctx: CanvasRenderingContext2D, scales: Scales, scene: BarScene): void {
  const { bars, others, selected, colors } = scene;
  ctx.save();
  ctx.beginPath();
  ctx.rect(scales.left, scales.top - 10, scales.right - scales.left, scales.bottom - scales.top + 10);
  ctx.clip();
  if (bars.some(({ state }) => state === "loading")) paintCoarser(ctx, scales, scene);
  for (const [n, bar] of bars.entries()) {
    const [start, end] = [scales.x(bar.from), scales.x(bar.to)];
    if (end < scales.left || start > scales.right) continue;
    if (n === selected) {
      ctx.fillStyle = colors.muted;
      ctx.globalAlpha = 0.16;
      ctx.fillRect(start, scales.top - 10, end - start, scales.bottom - scales.top + 10);
      ctx.globalAlpha = 1;
    }
    paintBar(ctx, scales, scene, bar, others?.[n] ?? null);
  }
  ctx.restore();
}

function paintBar(
  ctx: CanvasRenderingContext2D,
  scales: Scales,
  { others, colors, patterns }: BarScene,
  bar: Bar,
  other: number | null,
): void {
  const [start, end] = [scales.x(bar.from), scales.x(bar.to)];
  const gap = gapOf(end - start);
  const zero = scales.y(0);
  const whole = { x: start + gap / 2, width: Math.max(0.6, end - start - gap) };
  if (bar.imported === null && bar.exported === null)
    paintAbsent(
      ctx,
      { x: start, y: scales.top, width: end - start, height: scales.bottom - scales.top },
      bar.state,
      colors,
      patterns,
    );
  // With a comparison, the earlier bar stands behind at the left.
  const own = others === null ? whole : { x: whole.x + whole.width * 0.3, width: whole.width * 0.7 };
  if (other !== null && other > 0) {
    const y = scales.y(other);
    ctx.fillStyle = colors.muted;
    ctx.globalAlpha = 0.38;
    ctx.fillRect(whole.x, y, whole.width * 0.62, zero - y);
    ctx.globalAlpha = 1;
  }
  if (bar.imported !== null && bar.imported > 0) {
    const y = scales.y(bar.imported);
    paintBox(ctx, { ...own, y, height: zero - y }, bar.state, colors.import, patterns);
  }
  if (bar.exported !== null && bar.exported > 0)
    paintBox(ctx, { ...own, y: zero, height: scales.y(-bar.exported) - zero }, bar.state, colors.export, patterns);
  if (bar.state === "doubtful") paintDoubt(ctx, own.x + own.width / 2, scales.y(bar.imported ?? 0) - 2, colors);
}

/** The mean of a longer time, faintly, until what is finer has come. */
function paintCoarser(ctx: CanvasRenderingContext2D, scales: Scales, { bars, coarser, colors }: BarScene): void {
  const loading = bars.filter(({ state }) => state === "loading");
  const length = (loading[0]?.to ?? 0) - (loading[0]?.from ?? 0);
  if (length <= 0) return;
  ctx.globalAlpha = 0.25;
  for (const bar of coarser)
    for (const piece of loading) {
      const [from, to] = [Math.max(bar.from, piece.from), Math.min(bar.to, piece.to)];
      if (from >= to) continue;
      const share = length / (bar.to - bar.from);
      const [x, width] = [scales.x(from), scales.x(to) - scales.x(from)];
      const [up, down] = [scales.y((bar.imported ?? 0) * share), scales.y(-(bar.exported ?? 0) * share)];
      ctx.fillStyle = colors.import;
      ctx.fillRect(x, up, width, scales.y(0) - up);
      ctx.fillStyle = colors.export;
      ctx.fillRect(x, scales.y(0), width, down - scales.y(0));
    }
  ctx.globalAlpha = 1;
}
