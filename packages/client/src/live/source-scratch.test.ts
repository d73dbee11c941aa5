import assert from "node:assert/strict";
import { test } from "node:test";
import { SourceScratch } from "./source-scratch.ts";

test("a value lasts until the next reading begins, and 0 and NaN are values too", () => {
  const values = new SourceScratch();
  assert.equal(values.has(0), false);
  assert.equal(values.get(8), undefined);
  values.set(8, 0);
  values.set(255, Number.NaN);
  values.set(9, -(2 ** 40));
  assert.deepEqual([values.get(8), values.get(255), values.get(9)], [0, Number.NaN, -(2 ** 40)]);
  assert.deepEqual([values.has(8), values.has(10)], [true, false]);
  values.clear();
  assert.deepEqual([values.has(8), values.get(8), values.get(9)], [false, undefined, undefined]);
});

test("what is not a source ID has no value", () => {
  const values = new SourceScratch();
  for (const id of [-1, 256, 1.5, Number.NaN]) {
    values.set(id, 7);
    assert.deepEqual([values.has(id), values.get(id)], [false, undefined]);
  }
});
