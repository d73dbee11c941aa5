import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  bitSlots,
  gapSpans,
  goneAfter,
  joinSpans,
  mayAsk,
  scanDay,
  slotBits,
  slotEnd,
  slotsOf,
  slotsWithin,
} from "./slot-gaps.ts";

const quarter = 900_000;
const day = 86_400_000;
const today = { midnight: Date.UTC(2026, 10, 30), step: 900 };
const all = { after: today.midnight, until: today.midnight + day };
const none = () => false;

test("a day has 24, 48, 96 or 288 slots, and the last one ends at midnight", () => {
  for (const [step, count] of [
    [3600, 24],
    [1800, 48],
    [900, 96],
    [300, 288],
  ] as const) {
    assert.equal(slotsOf({ step }), count);
    assert.equal(slotEnd({ ...today, step }, count - 1), today.midnight + day);
    assert.deepEqual(slotsWithin({ ...today, step }, all), { first: 0, end: count });
  }
});

test("a slot belongs to a span that it ends in", () => {
  const at = (slots: number) => today.midnight + slots * quarter;
  assert.deepEqual(slotsWithin(today, { after: at(2), until: at(4) }), { first: 2, end: 4 });
  assert.deepEqual(slotsWithin(today, { after: at(2) - 1, until: at(4) - 1 }), { first: 1, end: 3 });
  assert.deepEqual(slotsWithin(today, { after: at(-500), until: at(-400) }), { first: 0, end: 0 });
  assert.deepEqual(slotsWithin(today, { after: at(-500), until: at(500) }), { first: 0, end: 96 });
  assert.deepEqual(slotsWithin({ ...today, phase: 300 }, { after: at(0), until: at(1) }), { first: 0, end: 0 });
});

test("a slot is absent, or the meter has lost it, or nobody needs to be asked", () => {
  const at = (slots: number) => today.midnight + slots * quarter;
  const scanned = { ...today, settled: (slot: number) => slot === 5, gone: new Set([2]) };
  const limits = { expected: { after: at(1), until: at(8) }, held: { after: at(4), until: at(20) } };
  assert.deepEqual(scanDay(scanned, limits), { open: [4, 6, 7], gone: [1, 3] });
});

test("while nobody has asked the meter what it holds, nothing is gone", () => {
  const { open, gone } = scanDay({ ...today, settled: none, gone: new Set() }, { expected: all, held: null });
  assert.deepEqual([open.length, gone.length], [96, 0]);
});

test("what an answer lacks is gone, but not what lies beyond the answer", () => {
  const asked = [10, 11, 12, 13];
  const answered = { after: today.midnight, until: slotEnd(today, 12) };
  assert.deepEqual(
    goneAfter(today, asked, (slot) => slot === 11, answered),
    [10, 12],
  );
});

test("what is gone is never asked for again, whatever the meter holds", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 0, max: 95 })),
      fc.uniqueArray(fc.integer({ min: 0, max: 95 })),
      fc.array(fc.integer({ min: 0, max: 96 }), { minLength: 1, maxLength: 6 }),
      (present, lost, horizons) => {
        const gone = new Set<number>();
        const has = new Set(present);
        for (const horizon of horizons) {
          const held = { after: today.midnight + horizon * quarter, until: all.until };
          const found = scanDay({ ...today, settled: (slot) => has.has(slot), gone }, { expected: all, held });
          assert.ok(found.open.every((slot) => !gone.has(slot) && !has.has(slot) && slotEnd(today, slot) > held.after));
          assert.ok(found.gone.every((slot) => !gone.has(slot)));
          for (const slot of found.gone) gone.add(slot);
          // The meter answers with all but what it has lost.
          for (const slot of goneAfter(today, found.open, (each) => !lost.includes(each), all)) gone.add(slot);
          for (const slot of found.open) if (!lost.includes(slot)) has.add(slot);
          const again = scanDay({ ...today, settled: (slot) => has.has(slot), gone }, { expected: all, held });
          assert.deepEqual(again, { open: [], gone: [] });
        }
        for (let slot = 0; slot < 96; slot++) assert.ok(has.has(slot) !== gone.has(slot), "each slot is there or gone");
      },
    ),
    { numRuns: 100 },
  );
});

test("open slots become few spans, over midnight too", () => {
  const tomorrow = { ...today, midnight: today.midnight + day };
  const spans = [...gapSpans(today, [1, 2, 5, 95], 2), ...gapSpans(tomorrow, [0], 2)];
  const at = (slots: number) => today.midnight + slots * quarter;
  assert.deepEqual(joinSpans(spans, 0), [
    { after: at(1), until: at(6) },
    { after: at(95), until: at(97) },
  ]);
});

test("a gap is not asked for while the answer may still come", () => {
  assert.deepEqual([mayAsk(null, 60, 5), mayAsk(5, 60, 64), mayAsk(5, 60, 65)], [true, false, true]);
});

test("slots and their bits are the same thing", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 287 })), (slots) => {
      const bits = slotBits(slots, 288);
      assert.equal(bits.length, 288);
      assert.deepEqual(
        bitSlots(bits),
        slots.toSorted((a, b) => a - b),
      );
    }),
  );
  assert.equal(slotBits([-1, 4], 4), "0000");
});
