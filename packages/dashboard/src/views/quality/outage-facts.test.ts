import assert from "node:assert/strict";
import { test } from "node:test";
import { outageFacts, placeOf } from "./outage-facts.ts";

const range = { from: 1000, to: 2000 };
const all = (...list: readonly (readonly [number, number | null])[]) => ({
  list: list.map(([from, until]) => ({ from, until })),
  hasMore: false,
});

test("counts what touches the period, and adds up what lies within it", () => {
  const facts = outageFacts(all([2500, 2600], [1990, 2010], [1500, 1600], [900, 1010], [100, 200]), range, 3000);
  assert.equal(facts.list.length, 3);
  assert.deepEqual([facts.total, facts.longest, facts.last?.from], [10 + 100 + 10, 110, 2500]);
});

test("an outage that lasts counts up to now", () => {
  const facts = outageFacts(all([1800, null]), range, 1900);
  assert.deepEqual([facts.total, facts.longest, facts.last?.until], [100, 100, null]);
});

test("no outages are zero, and an answer that does not reach back is a lower bound", () => {
  assert.deepEqual(outageFacts(all(), range, 3000), { list: [], atLeast: false, total: 0, longest: 0, last: null });
  const more = { ...all([1500, 1600]), hasMore: true };
  assert.equal(outageFacts(more, range, 3000).atLeast, true);
  assert.equal(outageFacts({ ...all([500, 600]), hasMore: true }, range, 3000).atLeast, false);
});

test("has its place on the line, cut at the ends", () => {
  assert.deepEqual(placeOf({ from: 1250, until: 1500 }, range, 3000), { start: 0.25, size: 0.25 });
  assert.deepEqual(placeOf({ from: 0, until: 1500 }, range, 3000), { start: 0, size: 0.5 });
  assert.deepEqual(placeOf({ from: 1500, until: null }, range, 3000), { start: 0.5, size: 0.5 });
});
