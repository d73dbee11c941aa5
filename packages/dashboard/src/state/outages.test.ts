import assert from "node:assert/strict";
import { test } from "node:test";
import { outagesOf } from "./outages.ts";

test("an outage that lasts has no end, and one that ends before it begins neither", () => {
  const time = "2026-01-01T12:00:00.000Z";
  const outages = [{ time, until: null }, { time, until: "2026-01-01T11:00:00.000Z" }, { time: "x" }, null];
  assert.deepEqual(outagesOf({ outages, next: null }), {
    list: [
      { from: Date.parse(time), until: null },
      { from: Date.parse(time), until: null },
    ],
    hasMore: false,
  });
});

test("says whether there are more, and is null for any other answer", () => {
  assert.deepEqual(outagesOf({ outages: [], next: "abc" }), { list: [], hasMore: true });
  for (const wrong of [null, [], {}, { outages: 3 }]) assert.equal(outagesOf(wrong), null);
});
