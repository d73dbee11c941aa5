import assert from "node:assert/strict";
import { test } from "node:test";
import { intervalQualities, intervalSources, replaces } from "@meterport/engine/model/interval";
import fc from "fast-check";
import {
  absent,
  bitsOf,
  emptyDay,
  endOf,
  meaningOf,
  notesOf,
  placeOf,
  putFact,
  rankOf,
  slotsIn,
  void_,
} from "./slots.ts";

const values = intervalSources.flatMap((source) =>
  intervalQualities.flatMap((quality) => (quality === "missing" ? [] : [{ source, quality, value: 1 } as const])),
);

test("ranks are in the order in which the engine replaces intervals", () => {
  for (const a of values)
    for (const b of values) {
      const [left, right] = [rankOf(a) ?? "", rankOf(b) ?? ""];
      assert.equal(left > right, replaces(a, b), `${a.source} ${a.quality} over ${b.source} ${b.quality}`);
      assert.ok(left > absent && left < void_);
    }
  assert.deepEqual(meaningOf(rankOf({ source: "profile", quality: "partial", value: 1 }) ?? ""), {
    source: "profile",
    quality: "partial",
  });
  assert.equal(rankOf({ source: "profile", quality: "missing", value: null }), undefined);
});

test("the slot of an interval ends when it does, on whatever grid of a day", () => {
  const steps = fc.constantFrom(60, 300, 900, 1_800, 3_600, 86_400);
  fc.assert(
    fc.property(steps, fc.integer({ min: -4_000_000, max: 4_000_000 }), (step, quarters) => {
      const end = quarters * 900_000;
      const place = placeOf(end, step);
      assert.ok(place !== undefined && place.slot >= 0 && place.slot < slotsIn(step));
      assert.equal(endOf(place.day, place.slot, { step, phase: place.phase }), end);
      assert.equal(Date.parse(`${place.day}T00:00:00Z`) + 1000 * (place.phase + step * place.slot), end - 1000 * step);
    }),
  );
});

test("what lies on no grid of a day has no place", () => {
  assert.equal(placeOf(900_000, 420), undefined);
  assert.equal(placeOf(900_000, 30), undefined);
  assert.equal(placeOf(900_001, 900), undefined);
  assert.equal(placeOf(901_000, 900), undefined);
  assert.equal(placeOf(Number.NaN, 900), undefined);
  assert.equal(placeOf(8.64e15 + 900_000, 900), undefined);
});

test("two values of one rank leave a mark, in either order", () => {
  const facts = [
    { raw: 250, rank: "9", bits: bitsOf(["powerFail"]) },
    { raw: 251, rank: "9", bits: bitsOf(["dst"]) },
  ] as const;
  for (const order of [facts, [...facts].reverse()]) {
    const day = emptyDay(900);
    for (const fact of order) putFact(day, 3, fact);
    assert.equal(day.raw[3], 251);
    assert.deepEqual(notesOf(String.fromCharCode(64 + (day.bits[3] ?? 0))), ["dst", "disagrees"]);
  }
});

test("notes are those of the meter's flags, and what has no bit is told as other", () => {
  const bits = bitsOf(["powerFail", "clockBackward", "dst", "longInterval", "status7"]);
  const names = ["powerFail", "clockSet", "dst", "length", "other"];
  assert.deepEqual(notesOf(String.fromCharCode(64 + bits)), names);
});
