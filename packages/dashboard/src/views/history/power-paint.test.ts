import assert from "node:assert/strict";
import { test } from "node:test";
import { type PowerStepPoint, piecesOf, powerExtremes } from "./power-paint.ts";

const point = (
  n: number,
  mean: number | null,
  more: { recovered?: boolean; min?: number; step?: number } = {},
): PowerStepPoint => ({
  point: { time: n * 60_000, mean, min: more.min ?? null, max: null, recovered: more.recovered ?? false },
  step: more.step ?? 60,
});

test("a line breaks where nothing is known, and changes where it was recovered, without a hole", () => {
  const points = [point(0, 1), point(1, 2), point(2, null), point(3, 4), point(4, 5, { recovered: true }), point(9, 6)];
  const pieces = piecesOf(points).map(({ points: some, recovered }) => [
    some.map((each) => each.point.mean),
    recovered,
  ]);
  assert.deepEqual(pieces, [
    [[1, 2], false],
    [[4], false],
    [[4, 5], true],
    [[6], false],
  ]);
});

test("the scale follows the extremes of what is in sight", () => {
  const points = [point(0, 900), point(1, 100, { min: -50 }), point(2, null)];
  assert.deepEqual(powerExtremes(points, { from: 60_000, to: 180_000 }), [-50, 100]);
  assert.deepEqual(powerExtremes([], { from: 0, to: 1 }), [0, 0]);
});
