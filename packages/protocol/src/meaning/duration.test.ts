import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDuration } from "./duration.ts";

test("lengths of time", () => {
  assert.deepEqual(
    ["500ms", "2s", "1.5 h", "48h", "2d"].map(parseDuration),
    [500, 2_000, 5_400_000, 172_800_000, 172_800_000],
  );
  for (const text of ["2", "", "s", "-2s", "2 minutes", "1e3s"]) assert.equal(parseDuration(text), undefined, text);
});
