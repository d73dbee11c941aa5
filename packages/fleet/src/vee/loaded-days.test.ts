import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { likeDaysBefore } from "./like-days.ts";
import { runVee } from "./run-vee.ts";
import { statusOf } from "./slot-status.ts";
import { changing, channelDay, day, fill, inputOf, loadAt, registerAt, step, withSlots, zone } from "./vee.test-kit.ts";
import { type ChannelDay, dayMillis, type VeeInput } from "./vee-input.ts";

const near = Array.from({ length: 7 }, (_, n) => day + (n - 3) * dayMillis);
const few = (holidays: ReadonlySet<string>): ReadonlySet<number> =>
  new Set([...near, ...likeDaysBefore(zone, day, holidays, 4)]);

const runOf = (input: VeeInput) => runVee({ input, previous: null, edits: [], at: 1_000 });

/** The same with few of its days. */
const withFew = (input: VeeInput): VeeInput => {
  const loaded = few(input.holidays);
  return { ...input, loaded, days: input.days.filter((one) => loaded.has(one.day)) };
};

test("a plain day needs no more than four like days and those around it", () => {
  const input = inputOf({ registers: [0, 1, 2].map((n) => registerAt(day, day + (n - 1) * dayMillis)) });
  assert.equal(runOf(input).lacked, false);
  const { lacked, ...rest } = runOf(withFew(input));
  assert.equal(lacked, false);
  assert.deepEqual({ ...rest, lacked }, runOf(input));
});

test("what needs further days says so", () => {
  const plain = inputOf();
  const lacks = (input: VeeInput): boolean => runOf(withFew(input)).lacked;
  const without = (...back: readonly number[]): VeeInput => ({
    ...plain,
    days: plain.days.filter((one) => !back.some((days) => one.day === day - days * dayMillis)),
  });
  assert.equal(
    lacks(changing(plain, (one) => (one.day === day ? withSlots(one, fill(3, 40, null)) : one))),
    true,
    "a hole",
  );
  assert.equal(lacks(without(14)), true, "a like day that is missing");
  assert.equal(lacks(without(7, 14, 21, 28, 3, 2, 1)), true, "nothing before the day");
  assert.equal(lacks({ ...plain, holidays: new Set(["2026-06-10"]) }), false, "a holiday that is known to be one");
});

/** Something that may have happened on a day. */
const happening = fc.record({
  back: fc.integer({ min: -1, max: 36 }),
  from: fc.integer({ min: 0, max: 95 }),
  length: fc.integer({ min: 1, max: 96 }),
  value: fc.constantFrom(null, 0, 7, 50, 30_000, -1),
  status: fc.constantFrom(0, statusOf(["powerFail"]), statusOf(["disagrees"])),
  isAbsent: fc.boolean(),
});

const changed = (
  one: ChannelDay,
  some: readonly {
    readonly from: number;
    readonly length: number;
    readonly value: number | null;
    readonly status: number;
  }[],
) =>
  some.reduce((before, { from, length, value, status }) => {
    const to = Math.min(96, from + length);
    return {
      ...withSlots(before, fill(from, to, value)),
      status: before.status.map((bits, slot) => (slot >= from && slot < to ? status : bits)),
    };
  }, one);

test("with few days a run is the same as with all of them, or says that it lacked some", () => {
  let same = 0;
  fc.assert(
    fc.property(
      fc.array(happening, { maxLength: 6 }),
      fc.array(fc.integer({ min: -8, max: 8 }), { maxLength: 4 }),
      fc.constantFrom("import", "export"),
      (happened, registers, direction) => {
        const gone = new Set(happened.filter(({ isAbsent }) => isAbsent).map(({ back }) => back));
        const plain = inputOf({
          registers: registers.map((edge) => registerAt(day - 4 * dayMillis, day + edge * 12 * step)),
        });
        const input: VeeInput = {
          ...plain,
          point: { ...plain.point, direction },
          days: plain.days
            .filter((one) => !gone.has((day - one.day) / dayMillis))
            .map((one) =>
              changed(
                one,
                happened.filter(({ back }) => back === (day - one.day) / dayMillis),
              ),
            ),
        };
        const { lacked, ...found } = runOf(withFew(input));
        if (lacked) return;
        same++;
        assert.deepEqual({ ...found, lacked }, runOf(input));
      },
    ),
    { numRuns: 300 },
  );
  assert.ok(same > 50, `${same} of 300 needed no further days`);
});

test("a run of zeros that began long before is found with few days", () => {
  const vacant = changing(inputOf(), (one) =>
    one.day >= day - 5 * dayMillis && one.day <= day ? channelDay(one.day, {}, () => 0) : one,
  );
  const { lacked, ...found } = runOf(withFew(vacant));
  assert.equal(lacked, false);
  assert.deepEqual({ ...found, lacked }, runOf(vacant));
  assert.ok(found.verdicts.findings.some(({ rule }) => rule === "zero-run"));
  assert.ok(loadAt(day) > 0);
});
