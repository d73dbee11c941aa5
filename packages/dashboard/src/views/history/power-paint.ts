/** Paints a line of power: import above zero, export below, extremes as a band, what was recovered dashed. */
import type { Colors, Scales } from "./chart-frame.ts";
import type { PowerPoint } from "./history-answers.ts";
import type { Span } from "./shown-range.ts";

export interface PowerStepPoint {
  readonly point: PowerPoint;
  /** Seconds that it stands for. */
  readonly step: number;
}

export interface PowerScene {
  readonly pieces: readonly Piece[];
  readonly selected: PowerStepPoint | null;
  readonly colors: Colors;
}

/** Smallest and largest power in a range. */
export function powerExtremes(points: readonly PowerStepPoint[], { from, to }: Span): readonly [number, number] {
  let [least, most] = [0, 0];
  for (const { point, step } of points) {
    if (point.mean === null || point.time >= to || point.time + 1000 * step <= from) continue;
    least = Math.min(least, point.min ?? point.mean);
    most = Math.max(most, point.max ?? point.mean);
  }
  return [least, most];
}

export interface Piece {
  readonly points: readonly PowerStepPoint[];
  readonly recovered: boolean;
}

/** Stretches without a hole, each either read or recovered. */
export function piecesOf(points: readonly PowerStepPoint[]): Piece[] {
  const pieces: { points: PowerStepPoint[]; recovered: boolean }[] = [];
  let last: PowerStepPoint | null = null;
  for (const each of points) {
    const { point } = each;
    if (point.mean === null) {
      last = null;
      continue;
    }
    const isNext = last !== null && point.time - (last.point.time + 1000 * last.step) < 1000;
    const piece = pieces.at(-1);
    if (piece !== undefined && isNext && piece.recovered === point.recovered) piece.points.push(each);
    // A piece begins where the one before ends, so that the line has no hole where only the origin changes.
    else pieces.push({ points: isNext && last !== null ? [last, each] : [each], recovered: point.recovered });
    last = each;
  }
  return pieces;
}

const middle = ({ point, step }: PowerStepPoint): number => point.time + 500 * step;

export function paintPower(
  ctx: CanvasRenderingContext2D,
  scales: Scales,
  { pieces, selected, colors }: PowerScene,
): void {
  ctx.save();
  ctx.beginPath();
  ctx.rect(scales.left, scales.top, scales.right - scales.left, scales.bottom - scales.top);
  ctx.clip();
  const zero = scales.y(0);
  for (const [color, fill, y, height] of [
    [colors.import, colors.importFill, scales.top, zero - scales.top],
    [colors.export, colors.exportFill, zero, scales.bottom - zero],
  ] as const) {
    if (height <= 0) continue;
    ctx.save();
    ctx.beginPath();
    ctx.rect(scales.left, y, scales.right - scales.left, height);
    ctx.clip();
    for (const piece of pieces) paintPiece(ctx, scales, piece, color, fill);
    ctx.restore();
  }
  if (selected !== null) paintChosen(ctx, scales, selected, colors);
  ctx.restore();
}

function paintPiece(
  ctx: CanvasRenderingContext2D,
  scales: Scales,
  { points, recovered }: Piece,
  color: string,
  fill: string,
): void {
  const zero = scales.y(0);
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return;
  ctx.fillStyle = fill;
  ctx.beginPath();
  ctx.moveTo(scales.x(middle(first)), zero);
  for (const each of points) ctx.lineTo(scales.x(middle(each)), scales.y(each.point.mean ?? 0));
  ctx.lineTo(scales.x(middle(last)), zero);
  ctx.fill();
  ctx.beginPath();
  for (const each of points) ctx.lineTo(scales.x(middle(each)), scales.y(each.point.max ?? each.point.mean ?? 0));
  for (let n = points.length - 1; n >= 0; n--) {
    const each = points[n] as PowerStepPoint;
    ctx.lineTo(scales.x(middle(each)), scales.y(each.point.min ?? each.point.mean ?? 0));
  }
  ctx.fill();
  ctx.strokeStyle = color;
  ctx.lineWidth = 1.75;
  ctx.lineJoin = "round";
  if (recovered) ctx.setLineDash([5, 4]);
  ctx.beginPath();
  // One value alone would be invisible.
  if (points.length === 1) ctx.moveTo(scales.x(first.point.time), scales.y(first.point.mean ?? 0));
  for (const each of points) ctx.lineTo(scales.x(middle(each)), scales.y(each.point.mean ?? 0));
  ctx.stroke();
  ctx.setLineDash([]);
}

function paintChosen(ctx: CanvasRenderingContext2D, scales: Scales, chosen: PowerStepPoint, colors: Colors): void {
  const x = scales.x(middle(chosen));
  ctx.strokeStyle = colors.muted;
  ctx.lineWidth = 1;
  ctx.beginPath();
  ctx.moveTo(Math.round(x) + 0.5, scales.top);
  ctx.lineTo(Math.round(x) + 0.5, scales.bottom);
  ctx.stroke();
  if (chosen.point.mean === null) return;
  ctx.fillStyle = colors.card;
  ctx.strokeStyle = chosen.point.mean < 0 ? colors.export : colors.import;
  ctx.lineWidth = 2.5;
  ctx.beginPath();
  ctx.arc(x, scales.y(chosen.point.mean), 5, 0, 7);
  ctx.fill();
  ctx.stroke();
}
