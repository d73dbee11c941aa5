import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Finding, judgeDay } from "../judge-day.ts";
import { makeView } from "../make-view.ts";
import { readVeeSettings } from "../settings.ts";
import { statusOf, statusOfSlot } from "../slot-status.ts";
import {
  changing,
  changingDay,
  channelDay,
  day,
  energyOf,
  fill,
  inputOf,
  installed,
  registerAt,
  slotsOfDay,
  step,
} from "../vee.test-kit.ts";
import { dayMillis, type VeeInput } from "../vee-input.ts";
import { methods, nameOfRule, numberOf, type RuleName, rules } from "./rules.ts";

const judge = (input: VeeInput, settings: unknown = {}) => {
  const read = readVeeSettings(settings);
  return judgeDay(makeView(input, read, []), read);
};
const found = (rule: RuleName, input: VeeInput, settings: unknown = {}): readonly Finding[] =>
  judge(input, settings).findings.filter((one) => one.rule === rule);
const ranges = (findings: readonly Finding[]) => findings.map(({ verdict, from, to }) => [verdict, from, to]);
const midnight = day - 2 * 3_600_000;

/** 3 × 35 A at 400 V for a quarter of an hour: 6,062 Wh; 1.1 times that is 6,668. */
const fuseWh = 6_062;

describe("an ordinary day", () => {
  test("gets no verdict at all", () => {
    const registers = [midnight - dayMillis, midnight, midnight + dayMillis].map((time) =>
      registerAt(midnight - dayMillis, time),
    );
    assert.deepEqual(judge(inputOf({ registers })), {
      findings: [],
      slots: new Array(slotsOfDay).fill(null),
      day: null,
    });
  });

  test("numbers of rules and ways are given once", () => {
    const numbers = [...rules, ...methods].map(({ number }) => number);
    assert.equal(new Set(numbers).size, numbers.length);
    assert.ok(numbers.every((number) => number > 0 && number < 32_768));
    for (const { name, number } of [...rules, ...methods]) {
      assert.equal(numberOf(name), number);
      assert.equal(nameOfRule(number), name);
    }
    assert.equal(nameOfRule(0), undefined);
  });

  test("the thresholds are those of section 3.1", () => {
    const s = readVeeSettings();
    assert.deepEqual(
      [
        [s["clock-offset"].suspectFraction, s["clock-offset"].refuseFraction],
        [s["sum-check"].unitsPerBoundary, s["sum-check"].fraction],
        [s["beyond-fuse"].factor, s.spike.ratio, s.spike.fuseFraction],
        [s["unusual-day"].low, s["unusual-day"].high, s["unusual-day"].likeDaysMost],
        [s["zero-run"].hours, s.frozen.slots, s.frozen.counts, s.reactive.tangent],
        [s["straight-line"].hours, s["like-day"].least, s["like-day"].most],
      ],
      [
        [1 / 20, 1],
        [2, 0.005],
        [1.1, 2.8, 0.2],
        [0.2, 5, 4],
        [24, 8, 5, 3],
        [2, 3, 4],
      ],
    );
  });
});

describe("rules for one slot", () => {
  test("slots without a value are to be estimated, also where the meter wrote a number that is none", () => {
    const gaps = changingDay(inputOf(), { ...fill(3, 6, null), 90: null });
    assert.deepEqual(ranges(found("missing-slots", gaps)), [
      ["estimate", 3, 6],
      ["estimate", 90, 91],
    ]);
    const skipped = changing(inputOf(), (one) =>
      one.day === day
        ? { ...one, status: one.status.with(7, statusOf(["skipped"])), rank: `0${one.rank.slice(1)}` }
        : one,
    );
    assert.deepEqual(ranges(found("missing-slots", skipped)), [
      ["estimate", 0, 1],
      ["estimate", 7, 8],
    ]);
  });

  test("nothing is missing where no meter hung", () => {
    const input = inputOf({ installations: [{ ...installed, from: day + 10 * step }] });
    assert.deepEqual(found("missing-slots", input), []);
    assert.equal(makeView(input, readVeeSettings(), []).known(input.days.length), null);
  });

  test("slots about which the meter noted something are suspect, by kind", () => {
    const noted = (...flags: string[]) =>
      changing(inputOf(), (one) => (one.day === day ? { ...one, status: one.status.with(5, statusOf(flags)) } : one));
    for (const flag of ["powerFail", "clockForward", "clockBackward", "partialInterval", "clockError", "overflow"])
      assert.deepEqual(ranges(found("meter-status", noted(flag))), [["suspect", 5, 6]], flag);
    assert.deepEqual(found("meter-status", noted("dst", "recovered", "calculated")), []);
    assert.deepEqual(found("meter-status", noted("powerFail"), { "meter-status": { powerFail: false } }), []);
  });

  test("a clock that is off by more than a twentieth of a slot makes it suspect, by more than a slot refused", () => {
    const clock = (offset: number) => inputOf({ clock: [{ time: day + 6 * 3_600_000, offset }] });
    assert.deepEqual(found("clock-offset", clock(45_000)), []);
    assert.deepEqual(ranges(found("clock-offset", clock(-45_001))), [["suspect", 0, 24]]);
    assert.deepEqual(ranges(found("clock-offset", clock(900_000))), [["suspect", 0, 24]]);
    assert.deepEqual(ranges(found("clock-offset", clock(900_001))), [["refuse", 0, 24]]);
    const late = inputOf({ clock: [{ time: day + 2 * dayMillis, offset: 900_001 }] });
    assert.deepEqual(
      ranges(found("clock-offset", late)),
      [["refuse", 95, 96]],
      "only the first read within a day counts",
    );
  });

  test("of two offsets of one moment the worse counts, whichever came first", () => {
    const time = day + 6 * 3_600_000;
    const two = [
      { time, offset: 10 },
      { time, offset: -50_000 },
      { time, offset: 40_000 },
    ];
    for (const clock of [two, two.toReversed()])
      assert.deepEqual(found("clock-offset", inputOf({ clock }))[0]?.detail, { offset_ms: -50_000 });
  });

  test("more than 1.1 times the fuse is refused, and less than nothing", () => {
    assert.deepEqual(found("beyond-fuse", changingDay(inputOf(), { 5: 6_668 })), []);
    assert.deepEqual(ranges(found("beyond-fuse", changingDay(inputOf(), { 5: 6_669, 9: -1 }))), [
      ["refuse", 5, 6],
      ["refuse", 9, 10],
    ]);
    const { point } = inputOf();
    const single = { ...point, fuse: { amps: 25, volts: 230, phases: 1 as const } };
    // 230 V × 25 A × 1/4 h × 1.1 = 1,581.25 Wh.
    assert.deepEqual(found("beyond-fuse", changingDay(inputOf({ point: single }), { 5: 1_581 })), []);
    assert.equal(found("beyond-fuse", changingDay(inputOf({ point: single }), { 5: 1_582 })).length, 1);
    const unknown = { ...point, fuse: null };
    assert.deepEqual(found("beyond-fuse", changingDay(inputOf({ point: unknown }), { 5: 47_631 })), []);
    assert.equal(
      found("beyond-fuse", changingDay(inputOf({ point: unknown }), { 5: 47_632 })).length,
      1,
      "√3 × 400 × 250 / 4 × 1.1",
    );
  });
});

describe("rules for a day", () => {
  test("a spike is 2.8 times the third largest and a fifth of the fuse", () => {
    const flat = (peak: number, base: number) => {
      const slots = Object.fromEntries(Array.from({ length: slotsOfDay }, (_, n) => [n, base + (n % 2)]));
      return changingDay(inputOf(), { ...slots, 40: peak });
    };
    assert.deepEqual(ranges(found("spike", flat(1_500, 400))), [["suspect", 40, 41]]);
    assert.deepEqual(found("spike", flat(1_122, 400)), [], "not more than 2.8 times 401");
    assert.deepEqual(found("spike", flat(Math.floor(fuseWh / 5), 100)), [], "not more than a fifth of the fuse");
    assert.equal(found("spike", flat(Math.floor(fuseWh / 5) + 1, 100)).length, 1);
  });

  test("a spike beyond the fuse is refused, and does not hide the next one", () => {
    const slots = Object.fromEntries(Array.from({ length: slotsOfDay }, (_, n) => [n, 100 + (n % 2)]));
    const input = changingDay(inputOf(), { ...slots, 3: 50_000, 40: 1_500 });
    assert.deepEqual(ranges(found("spike", input)), [["suspect", 40, 41]]);
  });

  test("a day far from the median of like days is a notice", () => {
    const times = (factor: number) =>
      changing(inputOf(), (one) =>
        one.day === day ? { ...one, raw: one.raw.map((value) => Math.floor((value ?? 0) * factor)) } : one,
      );
    assert.deepEqual(ranges(found("unusual-day", times(5.05))), [["notice", 0, 96]]);
    assert.deepEqual(ranges(found("unusual-day", times(0.19))), [["notice", 0, 96]]);
    assert.deepEqual(found("unusual-day", times(0.21)), []);
    assert.deepEqual(
      found("unusual-day", changingDay(times(0.19), { 3: null })),
      [],
      "an incomplete day cannot be judged",
    );
    assert.ok(
      judge(times(0.19)).slots.every((one) => one === null),
      "a notice about the day is not repeated at each slot",
    );
  });

  test("two like days are too few to judge by", () => {
    const input = inputOf();
    const few = { ...input, days: input.days.filter((one) => one.day >= day - 2 * dayMillis) };
    const zero = changingDay(few, fill(0, 96, 0));
    assert.deepEqual(found("unusual-day", zero), []);
  });

  test("more than a day of zeros is a notice where like days are not zero, but not for export", () => {
    const zeros = (from: number) =>
      changing(inputOf(), (one) => ({
        ...one,
        raw: one.raw.map((value, n) => (one.day + n * step >= from && one.day <= day ? 0 : value)),
      }));
    assert.deepEqual(ranges(found("zero-run", zeros(day - 4 * step))), [["notice", 92, 96]], "from the 97th slot on");
    assert.deepEqual(found("zero-run", zeros(day)), []);
    const { point } = inputOf();
    assert.deepEqual(found("zero-run", { ...zeros(day - 4 * step), point: { ...point, direction: "export" } }), []);
    const holidayHome = changing(inputOf(), (one) => ({ ...one, raw: one.raw.map(() => 0) }));
    assert.deepEqual(found("zero-run", holidayHome), []);
  });

  test("more than eight equal slots of more than five units are suspect, also across midnight", () => {
    assert.deepEqual(ranges(found("frozen", changingDay(inputOf(), fill(20, 29, 77)))), [["suspect", 20, 29]]);
    assert.deepEqual(found("frozen", changingDay(inputOf(), fill(20, 28, 77))), []);
    assert.deepEqual(found("frozen", changingDay(inputOf(), fill(20, 60, 5))), []);
    const counts = { ...inputOf(), point: { ...inputOf().point, count: 100 } };
    assert.deepEqual(found("frozen", changingDay(counts, fill(20, 60, 500))), []);
    const across = changing(inputOf(), (one) => {
      if (one.day === day) return { ...one, raw: one.raw.map((value, n) => (n < 3 ? 77 : value)) };
      return one.day === day - dayMillis ? { ...one, raw: one.raw.map((value, n) => (n >= 90 ? 77 : value)) } : one;
    });
    assert.deepEqual(ranges(found("frozen", across)), [["suspect", 0, 3]]);
    assert.deepEqual(ranges(found("frozen", changingDay(inputOf(), fill(80, 96, 77)))), [["suspect", 80, 96]]);
  });

  test("export without plant and both directions at once are notices, each at one channel", () => {
    const { point } = inputOf();
    const exporting = { ...point, direction: "export" as const, plant: false };
    const dark = changingDay(inputOf({ point: exporting }), { ...fill(0, 96, 0), 50: 3 });
    assert.deepEqual(ranges(found("wrong-direction", dark)), [["notice", 50, 51]]);
    assert.deepEqual(found("wrong-direction", { ...dark, point: { ...exporting, plant: null } }), []);
    const opposite = new Array<number>(slotsOfDay).fill(0).with(40, 1_300).with(41, 1_200);
    const both = changingDay(inputOf({ opposite }), { 40: 1_300, 41: 1_300, 42: 1_300 });
    assert.deepEqual(ranges(found("wrong-direction", both)), [["notice", 40, 41]]);
  });

  test("three times as much reactive as active energy is a notice", () => {
    const active = energyOf(day, day + dayMillis);
    const reactive = (sum: number) => new Array<number>(slotsOfDay).fill(0).with(0, sum);
    assert.deepEqual(found("reactive", inputOf({ reactive: reactive(3 * active) })), []);
    assert.deepEqual(ranges(found("reactive", inputOf({ reactive: reactive(3 * active + 1) }))), [["notice", 0, 96]]);
    const idle = changingDay(inputOf({ reactive: reactive(1_000) }), fill(0, 96, 0));
    assert.deepEqual(found("reactive", idle), [], "1,000 varh in a day say nothing");
  });

  test("of two values the higher rank is kept, whatever the order, and a notice says so", () => {
    const input = inputOf();
    const second = channelDay(day, { channel: 2, rank: `3${"1".repeat(95)}` }, () => 7);
    for (const days of [
      [...input.days, second],
      [second, ...input.days],
    ]) {
      const view = makeView({ ...input, days }, readVeeSettings(), []);
      assert.equal(view.known(view.series.first), 7);
      assert.notEqual(view.known(view.series.first + 1), 7);
      const notes = found("overlap", { ...input, days });
      assert.equal(notes.length, 96);
      assert.deepEqual(notes[0]?.detail, { kept: 7, other: input.days.find((one) => one.day === day)?.raw[0] });
    }
  });
});

describe("what the books say of a slot", () => {
  const noted = (rank: string, status: number) =>
    changing(inputOf(), (one) =>
      one.day === day
        ? { ...one, meter: null, rank: `${"9".repeat(5)}${rank}${"9".repeat(90)}`, status: one.status.with(5, status) }
        : one,
    );

  test("doubts and notes are honoured", () => {
    assert.deepEqual(found("meter-status", noted("9", 0)), []);
    for (const note of ["clockSet", "length", "other"])
      assert.deepEqual(ranges(found("meter-status", noted("8", statusOfSlot("profile", "good", [note])))), [
        ["suspect", 5, 6],
      ]);
    assert.deepEqual(ranges(found("meter-status", noted("7", statusOfSlot("profile", "suspect", [])))), [
      ["suspect", 5, 6],
    ]);
    assert.deepEqual(ranges(found("overlap", noted("9", statusOfSlot("profile", "good", ["disagrees"])))), [
      ["notice", 5, 6],
    ]);
  });

  test("energy of a longer interval and the engine's own estimates are no values of the slot", () => {
    for (const input of [noted("v", 0), noted("3", statusOfSlot("estimated", "good", []))])
      assert.deepEqual(ranges(found("missing-slots", input)), [["estimate", 5, 6]]);
  });
});

describe("rules for registers", () => {
  const ends = [midnight, midnight + dayMillis];
  const withSum = (off: number) =>
    inputOf({
      registers: ends.map((time, n) => ({
        ...registerAt(midnight, time),
        value: 1_000_000 + n * (energyOf(midnight, midnight + dayMillis) + off),
      })),
    });

  test("a sum that differs by more than two units an edge and half a percent makes the day suspect", () => {
    const total = energyOf(midnight, midnight + dayMillis);
    const tolerance = Math.max(2 * 97, Math.floor(0.005 * total));
    assert.equal(tolerance, 194);
    assert.deepEqual(found("sum-check", withSum(194)), []);
    assert.deepEqual(found("sum-check", withSum(-194)), []);
    // The local day ends two hours before the UTC day does.
    assert.deepEqual(ranges(found("sum-check", withSum(195))), [["suspect", 0, 88]]);
    assert.deepEqual(ranges(found("sum-check", withSum(-195))), [["suspect", 0, 88]]);
  });

  test("while slots are missing the others must only not exceed the registers", () => {
    assert.deepEqual(found("sum-check", changingDay(withSum(0), { 50: null })), []);
    const total = energyOf(midnight, midnight + dayMillis);
    assert.equal(found("sum-check", changingDay(withSum(-total / 2), { 50: null })).length, 1);
  });

  test("a register that fell stops everything between the two states, unless it started over", () => {
    const states = (second: number) => [
      { meter: "A", time: day + 10 * step, value: 999_900 },
      { meter: "A", time: day + 20 * step + 300_000, value: second },
    ];
    const fell = found("meter-change", inputOf({ registers: states(40) }));
    assert.deepEqual(ranges(fell), [["stop", 10, 21]]);
    assert.deepEqual(fell[0]?.detail, { cause: "register fell" });
    const { point } = inputOf();
    const counter = { ...point, rollover: 1_000_000 };
    assert.deepEqual(found("meter-change", inputOf({ point: counter, registers: states(40) })), []);
    assert.equal(
      found("meter-change", inputOf({ point: counter, registers: states(99_999) })).length,
      1,
      "more than the fuse allows",
    );
  });

  test("a register that fell and rose again gives no sum to check", () => {
    const [first, last] = withSum(5_000).registers;
    assert.ok(first !== undefined && last !== undefined);
    const between = { ...first, time: day + 10 * step + 60_000, value: 7 };
    assert.equal(found("sum-check", inputOf({ registers: [first, last] })).length, 1);
    assert.deepEqual(found("sum-check", inputOf({ registers: [first, between, last] })), []);
  });

  test("of two states at one edge the nearer counts, of equally near ones the larger", () => {
    const [first, last] = withSum(0).registers;
    assert.ok(first !== undefined && last !== undefined);
    const beside = (by: number, value: number) => ({ ...last, time: last.time + by, value: last.value + value });
    const check = (...states: readonly (typeof last)[]) =>
      found("sum-check", inputOf({ registers: [first, ...states] }));
    assert.deepEqual(check(beside(-900, -9_000), beside(-100, 0), beside(800, 9_000)), []);
    assert.deepEqual(check(beside(-500, -9_000), beside(500, 0)), []);
    assert.deepEqual(check(beside(-500, 0), beside(500, -9_000)), []);
  });

  test("an exchange that somebody wrote down stops at its moment only", () => {
    const change = (at: number) => [
      { ...installed, to: at },
      { ...installed, meter: "B", from: at },
    ];
    const input = inputOf({ installations: change(day + 40 * step + 60_000) });
    assert.deepEqual(ranges(found("meter-change", input)), [["stop", 40, 41]]);
    assert.deepEqual(ranges(found("meter-change", inputOf({ installations: change(day + 40 * step) }))), [
      ["stop", 40, 40],
    ]);
  });

  test("a serial number that nobody wrote down stops from the last known state to the next", () => {
    const at = (slot: number, meter: string) => ({ meter, time: day + slot * step, value: 1_000 });
    const input = inputOf({ registers: [at(10, "A"), at(20, "X"), at(30, "A")] });
    assert.deepEqual(ranges(found("meter-change", input)), [["stop", 10, 30]]);
    const elsewhere = inputOf({
      installations: [
        { ...installed, meter: "B", to: day - 30 * dayMillis },
        { ...installed, from: day - 30 * dayMillis },
      ],
      registers: [at(10, "A"), at(20, "B"), at(30, "A")],
    });
    assert.deepEqual(found("meter-change", elsewhere), [], "a meter that went may be read elsewhere");
  });
});
