import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { UsageError } from "@meterport/protocol/errors";
import fc from "fast-check";
import { type ChosenDay, chooseDay } from "./choose-day.ts";
import type { ValueCode } from "./codes.ts";
import { checkEdit, type Edit } from "./edits.ts";
import { nameOfRule, rules } from "./rules/rules.ts";
import { runVee, type VeeRun } from "./run-vee.ts";
import { defaultVeeSettings } from "./settings.ts";
import { statusOf } from "./slot-status.ts";
import {
  changing,
  changingDay,
  channelDay,
  day,
  fill,
  inputOf,
  installed,
  loadAt,
  registerAt,
  slotsOfDay,
  step,
  withSlots,
} from "./vee.test-kit.ts";
import { dayMillis, type VeeInput } from "./vee-input.ts";

const run = (input: VeeInput, edits: readonly Edit[] = [], previous: ChosenDay | null = null, at = 1_000): VeeRun =>
  runVee({ input, previous, edits, at });
const chosenOf = (input: VeeInput, edits: readonly Edit[] = [], previous: ChosenDay | null = null): ChosenDay => {
  const { chosen } = run(input, edits, previous);
  assert.ok(chosen !== "unchanged");
  return chosen;
};
const edit = (from: number, to: number, changes: object = { kind: "accept" }): Edit =>
  ({ author: "ida", reason: "read on site", at: 5, from: day + from * step, to: day + to * step, ...changes }) as Edit;
const slotOf = ({ values, codes, rules: numbers }: ChosenDay, slot: number) => [
  values[slot],
  codes[slot],
  nameOfRule(numbers[slot] ?? 0),
];

describe("versions", () => {
  test("the first has what the meter recorded, and the same again is unchanged", () => {
    const first = chosenOf(inputOf());
    assert.deepEqual(first, {
      version: 1,
      values: channelDay(day).raw,
      codes: new Array(slotsOfDay).fill("measured"),
      rules: new Array(slotsOfDay).fill(0),
      by: "vee",
      reason: null,
      at: 1_000,
    });
    assert.equal(run(inputOf(), [], first, 2_000).chosen, "unchanged");
  });

  test("a value that comes late replaces its estimate in a new version", () => {
    const first = chosenOf(changingDay(inputOf(), fill(40, 44, null)));
    assert.deepEqual(slotOf(first, 41).slice(1), ["line", "straight-line"]);
    const late = changing(inputOf(), (one) =>
      one.day === day
        ? { ...one, status: one.status.map((bits, n) => (n >= 40 && n < 44 ? statusOf(["recovered"]) : bits)) }
        : one,
    );
    const second = chosenOf(late, [], first);
    assert.equal(second.version, 2);
    assert.deepEqual(slotOf(second, 41), [loadAt(day + 41 * step), "recovered", undefined]);
    assert.deepEqual(slotOf(second, 39), [loadAt(day + 39 * step), "measured", undefined]);
  });

  test("each code says how the value came about, and the rule why", () => {
    const marked = changing(changingDay(inputOf(), { 3: 50_000, ...fill(60, 80, null) }), (one) =>
      one.day === day
        ? {
            ...one,
            status: one.status
              .with(10, statusOf(["powerFail"]))
              .with(11, statusOf(["calculated"]))
              .with(12, statusOf(["manual"])),
          }
        : one,
    );
    const chosen = chosenOf(marked);
    assert.deepEqual(slotOf(chosen, 3).slice(1), ["line", "straight-line"]);
    assert.deepEqual(slotOf(chosen, 10).slice(1), ["suspect", "meter-status"]);
    assert.deepEqual(slotOf(chosen, 11).slice(1), ["calculated", undefined]);
    assert.deepEqual(slotOf(chosen, 12).slice(1), ["edited", undefined]);
    assert.deepEqual(slotOf(chosen, 70).slice(1), ["like-day", "like-day"]);
    const bare: VeeInput = {
      ...inputOf(),
      days: [withSlots(channelDay(day), { ...fill(60, 80, null), 3: 50_000, 4: null, 5: null, 6: null })],
    };
    assert.deepEqual(slotOf(chosenOf(bare), 70), [null, "missing", "missing-slots"]);
    const refused: VeeInput = { ...bare, days: [channelDay(day, {}, () => 50_000)] };
    assert.deepEqual(slotOf(chosenOf(refused), 70), [null, "missing", "beyond-fuse"]);
  });

  test("a day without any meter is missing, without a reason", () => {
    const chosen = chosenOf(inputOf({ installations: [{ ...installed, from: day + 2 * dayMillis }] }));
    assert.deepEqual(new Set(chosen.codes), new Set(["missing"]));
    assert.deepEqual(new Set(chosen.rules), new Set([0]));
  });

  test("what was measured across a fall of the register is suspect", () => {
    const registers = [
      { meter: "A", time: day + 40 * step, value: 9_000 },
      { meter: "A", time: day + 60 * step, value: 10 },
    ];
    const chosen = chosenOf(inputOf({ registers }));
    assert.deepEqual(slotOf(chosen, 45), [loadAt(day + 45 * step), "suspect", "meter-change"]);
    assert.deepEqual(slotOf(chosen, 60).slice(1), ["measured", undefined]);
  });

  test("what the meter recorded is never changed", () => {
    const freeze = <T>(value: T): T => {
      if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
        Object.freeze(value);
        Object.values(value).forEach(freeze);
      }
      return value;
    };
    const input = freeze({
      ...changingDay(inputOf(), { 3: 50_000, ...fill(60, 80, null) }),
      holidays: new Set<string>(),
    });
    const text = JSON.stringify(input.days);
    run(input, [edit(5, 6, { kind: "set", values: [1] }), edit(7, 8), edit(9, 10, { kind: "estimate" })]);
    assert.equal(JSON.stringify(input.days), text);
  });

  test("parts of different days are refused", () => {
    const { verdicts, estimates } = run(inputOf());
    const profile = { values: [1, 2], status: [0, 0] };
    assert.throws(() => chooseDay({ previous: null, profile, verdicts, estimates, edits: [], at: 0 }), UsageError);
  });
});

describe("editing", () => {
  test("a person sets values, with name and reason in the version", () => {
    const first = chosenOf(inputOf());
    const chosen = chosenOf(inputOf(), [edit(5, 7, { kind: "set", values: [11, 0] })], first);
    assert.deepEqual([chosen.version, chosen.by, chosen.reason], [2, "ida", "read on site"]);
    assert.deepEqual(slotOf(chosen, 5), [11, "edited", "by-hand"]);
    assert.deepEqual(slotOf(chosen, 6), [0, "edited", "by-hand"]);
    assert.deepEqual(slotOf(chosen, 7).slice(1), ["measured", undefined]);
  });

  test("a person accepts what a rule refused, and the next version is again by vee", () => {
    const spiky = changingDay(inputOf(), { 3: 7_000 });
    const first = chosenOf(spiky);
    assert.deepEqual(slotOf(first, 3).slice(1), ["line", "straight-line"]);
    const second = chosenOf(spiky, [edit(3, 4)], first);
    assert.deepEqual(slotOf(second, 3), [7_000, "edited", "by-hand"]);
    const third = chosenOf(changingDay(spiky, { 50: null }), [edit(3, 4)], second);
    assert.deepEqual([third.version, third.by, third.reason], [3, "vee", null]);
    assert.deepEqual(slotOf(third, 3), [7_000, "edited", "by-hand"]);
  });

  test("a person has values estimated, withdraws that, and the later decision holds", () => {
    const registers = [day, day + dayMillis].map((time) => registerAt(day, time));
    const wrong = edit(20, 22, { kind: "estimate" });
    const input = inputOf({ registers });
    const chosen = chosenOf(input, [wrong]);
    assert.deepEqual(slotOf(chosen, 20), [loadAt(day + 20 * step), "registers", "between-registers"]);
    assert.equal(chosen.by, "ida");
    const withdrawn = edit(20, 21, { kind: "withdraw", at: 6, author: "bo" });
    for (const edits of [
      [wrong, withdrawn],
      [withdrawn, wrong],
    ]) {
      const next = chosenOf(input, edits, chosen);
      assert.deepEqual(slotOf(next, 20).slice(1), ["measured", undefined]);
      assert.deepEqual(slotOf(next, 21).slice(1), ["registers", "between-registers"]);
      assert.equal(next.by, "vee", "it was withdrawn before the version that it is compared with");
    }
  });

  test("who withdraws a decision made the version that follows, and none after it", () => {
    const set = edit(20, 21, { kind: "set", values: [7] });
    const first = chosenOf(inputOf(), [set]);
    const withdrawn = edit(20, 21, { kind: "withdraw", at: 6, author: "bo", reason: "a mistake" });
    const second = chosenOf(inputOf(), [set, withdrawn], first);
    assert.deepEqual([second.by, second.reason, second.values[20]], ["bo", "a mistake", loadAt(day + 20 * step)]);
    const third = chosenOf(changingDay(inputOf(), { 20: 90 }), [set, withdrawn], second);
    assert.deepEqual([third.by, third.values[20]], ["vee", 90]);
  });

  test("values that were set count in the sum of the registers", () => {
    const registers = [day, day + dayMillis].map((time) => registerAt(day, time));
    const input = changingDay(inputOf({ registers }), fill(40, 50, null));
    const chosen = chosenOf(input, [edit(40, 42, { kind: "set", values: [1, 2] })]);
    const total = chosen.values.reduce<number>((sum, one) => sum + (one ?? Number.NaN), 0);
    assert.equal(total, (registers[1]?.value ?? 0) - (registers[0]?.value ?? 0));
  });

  test("a refused value that a person accepts counts in the sum of the registers", () => {
    const registers = [day, day + dayMillis].map((time, n) => ({
      ...registerAt(day, time),
      ...(n === 0 ? { value: 993_000 } : {}),
    }));
    const input = changingDay(inputOf({ registers }), { 3: 7_000, 50: null, 51: null });
    const chosen = chosenOf(input, [edit(3, 4)]);
    const total = chosen.values.reduce<number>((sum, one) => sum + (one ?? Number.NaN), 0);
    assert.equal(total, (registers[1]?.value ?? 0) - 993_000);
    assert.equal(chosen.codes[50], "registers");
  });

  test("an edit that may not be kept is refused in a sentence", () => {
    const wrong: readonly (readonly [object, RegExp])[] = [
      [{ kind: "accept", author: " " }, /no author: write one/],
      [{ kind: "accept", reason: "" }, /no reason: write one/],
      [{ kind: "accept", reason: undefined }, /no reason/],
      [{ kind: "accept", reason: "x".repeat(501) }, /501 characters: write at most 500/],
      [{ kind: "accept", reason: "a\nb" }, /line break/],
      [{ kind: "accept", author: "a\u202eb" }, /hidden character/],
      [{ kind: "delete" }, /choose one of/],
      [{ kind: "accept", from: day + 1 }, /edges of slots/],
      [{ kind: "accept", to: day }, /one slot up to 31 days/],
      [{ kind: "accept", to: day + 32 * dayMillis }, /up to 31 days/],
      [{ kind: "accept", at: Number.NaN }, /whole milliseconds/],
      [{ kind: "set", values: [1] }, /1 values for 2 slots/],
      [{ kind: "set", values: [1, -1] }, /0 to 2147483647/],
      [{ kind: "set", values: [1, 0.5] }, /whole numbers/],
    ];
    for (const [changes, sentence] of wrong)
      assert.throws(
        () => checkEdit(edit(5, 7, changes), step),
        (error: unknown) => error instanceof UsageError && sentence.test(error.message),
        JSON.stringify(changes),
      );
    checkEdit(edit(5, 7), step);
  });
});

/** Days with everything that can be wrong. */
const troubles = fc.record({
  values: fc.array(fc.tuple(fc.nat(95), fc.option(fc.integer({ min: -5, max: 9_000 }), { nil: null })), {
    maxLength: 80,
  }),
  ranks: fc.array(fc.constantFrom("0", "1", "2", "3"), { minLength: 96, maxLength: 96 }),
  flags: fc.array(fc.tuple(fc.nat(95), fc.constantFrom("powerFail", "skipped", "clockForward", "recovered")), {
    maxLength: 8,
  }),
  registers: fc.array(fc.tuple(fc.integer({ min: -200, max: 200 }), fc.nat(2_000)), { maxLength: 12 }),
  exchange: fc.option(fc.integer({ min: -100, max: 9_600 }), { nil: null }),
  clock: fc.array(fc.tuple(fc.integer({ min: -96, max: 400 }), fc.integer({ min: -2_000_000, max: 2_000_000 })), {
    maxLength: 6,
  }),
  edits: fc.array(
    fc.tuple(
      fc.nat(80),
      fc.integer({ min: 1, max: 15 }),
      fc.constantFrom("set", "accept", "estimate", "withdraw"),
      fc.nat(9),
    ),
    { maxLength: 5 },
  ),
});
type Troubles = typeof troubles extends fc.Arbitrary<infer T> ? T : never;

const troubled = ({ values, ranks, flags, registers, exchange, clock }: Troubles): VeeInput => {
  const at = exchange === null ? null : day + (exchange * step) / 100;
  const base = inputOf({
    registers: registers.map(([slot, value], n) => ({
      meter: n % 5 === 4 ? "B" : "A",
      time: day + slot * step,
      value: 1_000 * n + value,
    })),
    clock: clock.map(([slot, offset]) => ({ time: day + slot * step, offset })),
    installations:
      at === null
        ? [installed]
        : [
            { ...installed, to: at },
            { ...installed, meter: "B", from: at, startRegister: 3 },
          ],
  });
  return changing(base, (one) => {
    const owned = at !== null && one.day > at ? { ...one, meter: "B" } : one;
    if (one.day !== day) return owned;
    const status = one.status.slice();
    for (const [slot, flag] of flags) status[slot] = statusOf([flag]);
    return { ...withSlots(owned, Object.fromEntries(values)), rank: ranks.join(""), status };
  });
};
const editsIn = ({ edits }: Troubles): Edit[] =>
  edits.map(([from, length, kind, at]) =>
    edit(from, from + length, { kind, at, ...(kind === "set" ? { values: new Array<number>(length).fill(at) } : {}) }),
  );

describe("whatever is wrong with a day", () => {
  test("the same input gives the same version, in any order of days, and with that version nothing changes", () => {
    fc.assert(
      fc.property(troubles, (trouble) => {
        const [input, edits] = [troubled(trouble), editsIn(trouble)];
        const first = run(input, edits);
        const shuffled = {
          ...input,
          days: input.days.toReversed(),
          clock: input.clock.toReversed(),
          registers: input.registers.toReversed(),
        };
        assert.deepEqual(run(shuffled, edits), first);
        assert.ok(first.chosen !== "unchanged");
        assert.equal(run(input, edits, first.chosen, 9_999).chosen, "unchanged");
      }),
      { numRuns: 60 },
    );
  });

  test("a version has a value exactly where it is not missing, and each value has a right to its code", () => {
    fc.assert(
      fc.property(troubles, (trouble) => {
        const [input, edits] = [troubled(trouble), editsIn(trouble)];
        const { chosen, verdicts } = run(input, edits);
        assert.ok(chosen !== "unchanged");
        const recorded = input.days.find((one) => one.day === day);
        for (const [slot, value] of chosen.values.entries()) {
          const code: ValueCode | undefined = chosen.codes[slot];
          assert.equal(value === null, code === "missing");
          assert.ok(value === null || (Number.isSafeInteger(value) && (value >= 0 || code === "edited")));
          if (code === "measured" || code === "recovered" || code === "suspect") {
            assert.equal(value, recorded?.raw[slot]);
            assert.notEqual(verdicts.slots[slot]?.verdict, "refuse");
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  test("no rule looks further ahead than it says", () => {
    fc.assert(
      fc.property(troubles, troubles, (trouble, other) => {
        const [input, later] = [troubled({ ...trouble, exchange: null }), troubled({ ...other, exchange: null })];
        for (const { name, looksAhead } of rules) {
          const end = day + dayMillis + looksAhead;
          const before = <T extends { readonly time: number }>(list: readonly T[], rest: readonly T[]): T[] => [
            ...list.filter(({ time }) => time <= end),
            ...rest.map((one) => ({ ...one, time: one.time + 45 * dayMillis })),
          ];
          const changed: VeeInput = {
            ...input,
            days: input.days.map((one) => (one.day >= end ? channelDay(one.day, {}, () => 1) : one)),
            registers: before(input.registers, later.registers),
            clock: before(input.clock, later.clock),
          };
          const known = { ...input, registers: before(input.registers, []), clock: before(input.clock, []) };
          const only = (one: VeeInput) => run(one).verdicts.findings.filter(({ rule }) => rule === name);
          // Refusals by the clock decide what other rules see; their own look ahead is tested by the rule itself.
          const still = name === "clock-offset" ? {} : { clock: known.clock };
          assert.deepEqual(only({ ...changed, ...still }), only(known), name);
        }
      }),
      { numRuns: 15 },
    );
  });
});

test("defaults are used if no settings are given", () => {
  const input = changingDay(inputOf(), { 3: 50_000 });
  assert.deepEqual(run(input), runVee({ input, previous: null, edits: [], at: 1_000, settings: defaultVeeSettings }));
});
