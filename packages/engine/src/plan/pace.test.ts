import assert from "node:assert/strict";
import { test } from "node:test";
import { mayPassAt, turnAfter } from "./pace.ts";

/** When each of these passes that come at the given times; the next one waits for it. */
const passed = (times: readonly number[]): readonly number[] => {
  let turn = Number.NEGATIVE_INFINITY;
  return times.map((time) => {
    const at = Math.max(time, mayPassAt(turn, 1_000));
    turn = turnAfter(turn, at, 1_000);
    return at;
  });
};

test("values of a shared line, some early and some late, pass at once", () => {
  const times = [0, 890, 1_780, 2_670, 4_140, 5_030, 5_640, 7_100];
  assert.deepEqual(passed(times), times);
});

test("values pass at once again soon after one that came much too early", () => {
  const times = [0, 400, 1_400, 2_290, 3_180, 4_070];
  assert.deepEqual(passed(times), times);
});

test("four values a second pass about once a second, after one that comes early", () => {
  const times = Array.from({ length: 12 }, (_, n) => 250 * n);
  assert.deepEqual(passed(times).slice(0, 4), [0, 300, 1_200, 2_100]);
});
