import assert from "node:assert/strict";
import { test } from "node:test";
import { gapSpans, joinSpans } from "./gap-spans.ts";

const quarters = { step: 900, phase: 0 };
const at = (slots: number): number => Date.UTC(2026, 10, 29) + slots * 900_000;

test("open slots become few spans, over midnight too, and what is gone is in none", () => {
  const days = [
    { day: "2026-11-29", open: [1, 2, 5, 95], gone: [50] },
    { day: "2026-11-30", open: [0], gone: [] },
  ];
  assert.deepEqual(gapSpans(days, quarters, 2), [
    { after: at(1), until: at(6) },
    { after: at(95), until: at(97) },
  ]);
  assert.equal(gapSpans(days, quarters, 0).length, 3);
  assert.deepEqual(gapSpans([], quarters, 2), []);
});

test("slots of a day that begins late end late", () => {
  assert.deepEqual(gapSpans([{ day: "2026-11-29", open: [0], gone: [] }], { step: 3_600, phase: 1_800 }, 0), [
    { after: at(2), until: at(6) },
  ]);
});

test("a span within another one is part of it", () => {
  const spans = [
    { after: 0, until: 100 },
    { after: 10, until: 20 },
    { after: 101, until: 102 },
  ];
  assert.deepEqual(joinSpans(spans, 0), [
    { after: 0, until: 100 },
    { after: 101, until: 102 },
  ]);
});
