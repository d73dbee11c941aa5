import assert from "node:assert/strict";
import { test } from "node:test";
import { readingTime } from "./reading-time.ts";

test("each reading has its own time, whichever was asked for before", () => {
  const [first, second] = [{ time: "2026-01-01T00:00:00.000Z" }, { time: "2026-01-01T00:00:00.001Z" }];
  const asked = [first, second, second, first, { time: "" }, { time: "yesterday" }, first].map(readingTime);
  const [a, b] = [1_767_225_600_000, 1_767_225_600_001];
  assert.deepEqual(asked, [a, b, b, a, Number.NaN, Number.NaN, a]);
});
