import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { UsageError } from "@meterport/protocol/errors";
import { runVee } from "./run-vee.ts";
import { noValueBits, statusBits, statusOf, statusOfSlot } from "./slot-status.ts";
import { channelDay, day, inputOf, installed, slotsOfDay, step } from "./vee.test-kit.ts";
import { checkInput, dayMillis, type VeeInput } from "./vee-input.ts";

describe("what is given", () => {
  test("is refused with the place if no day can be judged by it", () => {
    const { point } = inputOf();
    const one = channelDay(day);
    const wrong: readonly (readonly [Partial<VeeInput>, RegExp])[] = [
      [{ day: day + 1 }, /^day: give the first moment/],
      [{ step: 7 * 60_000 }, /^step: a slot has/],
      [{ days: new Array(2_001).fill(one) }, /^days: 2001 are more than 2000/],
      [{ days: [{ ...one, day: day + 5 }] }, /first moment of a UTC day/],
      [{ days: [{ ...one, day: day - 121 * dayMillis }] }, /more than 120 days/],
      [
        { days: [{ ...one, raw: one.raw.slice(1) }] },
        /channel 1, day \d+: values, ranks and status must each have 96 slots/,
      ],
      [{ days: [one, one] }, /two entries for one day/],
      [{ days: [{ ...one, rank: "2" }] }, /must each have 96 slots/],
      [{ days: [{ ...one, rank: "X".repeat(slotsOfDay) }] }, /a rank is a digit/],
      [{ days: [{ ...one, raw: one.raw.with(3, 0.5) }] }, /whole numbers of 32 bits/],
      [{ days: [{ ...one, raw: one.raw.with(3, 2 ** 40) }] }, /whole numbers of 32 bits/],
      [{ days: [{ ...one, status: one.status.with(3, Number.NaN) }] }, /a status is a whole number/],
      [{ registers: [{ meter: "A", time: 1, value: Number.NaN }] }, /^registers/],
      [{ clock: [{ time: 1, offset: Number.POSITIVE_INFINITY }] }, /^clock/],
      [{ installations: [{ ...installed, to: installed.from }] }, /^installation 1: it must end after it began/],
      [{ installations: [installed, { ...installed, from: day }] }, /^installation 2: it begins before/],
      [{ installations: [{ ...installed, startRegister: 0.1 }] }, /its registers are whole/],
      [{ opposite: [1, 2] }, /^opposite: give 96/],
      [{ reactive: new Array(slotsOfDay).fill(0.5) }, /^reactive: give 96/],
      [{ point: { ...point, unit: 0 } }, /^unit/],
      [{ point: { ...point, rollover: -1 } }, /^rollover/],
      [{ point: { ...point, fuse: { amps: 0, volts: 400, phases: 3 } } }, /^fuse/],
      [
        { point: { ...point, zone: "Nowhere/Else" }, days: [channelDay(day - 7 * dayMillis), channelDay(day)] },
        /time zone/,
      ],
    ];
    for (const [changes, sentence] of wrong)
      assert.throws(
        () => runVee({ input: inputOf(changes), previous: null, edits: [], at: 0 }),
        (error: unknown) => error instanceof UsageError && sentence.test(error.message),
        String(sentence),
      );
    checkInput(inputOf());
  });

  test("may have slots of five minutes or an hour", () => {
    for (const [length, count] of [
      [300_000, 288],
      [3_600_000, 24],
    ] as const) {
      const days = [0, 1, 2].map((n) => ({
        ...channelDay(day + (n - 1) * dayMillis),
        raw: Array.from({ length: count }, (_, slot) => (n === 1 && slot === 9 ? null : 10 + (slot % 7))),
        rank: "2".repeat(count),
        status: new Array<number>(count).fill(0),
      }));
      const { chosen } = runVee({ input: inputOf({ step: length, days }), previous: null, edits: [], at: 0 });
      assert.ok(chosen !== "unchanged");
      assert.equal(chosen.values.length, count);
      assert.deepEqual([chosen.values[9], chosen.codes[9]], [Math.round((11 + 13) / 2), "line"]);
    }
  });

  test("may lack days, even the one in question", () => {
    const registers = [day, day + dayMillis].map((time, n) => ({ meter: "A", time, value: 960 * n }));
    const { chosen } = runVee({ input: inputOf({ days: [], registers }), previous: null, edits: [], at: 0 });
    assert.ok(chosen !== "unchanged");
    assert.deepEqual(new Set(chosen.values), new Set([10]), "the registers still tell the sum");
    assert.equal(day % step, 0);
  });
});

describe("status", () => {
  test("has one bit for each flag, and one for those that are not known", () => {
    const bits = Object.values(statusBits);
    assert.equal(new Set(bits).size, bits.length);
    assert.ok(bits.every((bit) => bit > 0 && (bit & (bit - 1)) === 0));
    assert.equal(statusOf(["powerFail", "dst"]), statusBits.powerFail | statusBits.dst);
    assert.equal(statusOf(["status7", "toString"]), statusBits.other);
    assert.equal(statusOf([]), 0);
  });

  test("of the books keeps source and quality", () => {
    assert.equal(statusOfSlot("profile", "good", []), 0);
    assert.equal(statusOfSlot("profile", "good", ["dst"]), statusBits.dst);
    assert.equal(statusOfSlot("profile", "partial", ["powerFail"]), statusBits.powerFail);
    assert.equal(statusOfSlot("difference", "partial", []), statusBits.calculated | statusBits.length);
    assert.equal(statusOfSlot("manual", "suspect", []), statusBits.manual | statusBits.doubted);
    assert.notEqual(statusOfSlot("estimated", "good", []) & noValueBits, 0);
  });

  test("tells which numbers are no values", () => {
    assert.notEqual(noValueBits & statusOf(["placeholder"]), 0);
    assert.equal(noValueBits & statusOf(["powerFail", "partialInterval", "recovered"]), 0);
  });
});
