import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Edit } from "./edits.ts";
import { runVee } from "./run-vee.ts";
import { readVeeSettings } from "./settings.ts";
import { statusOf } from "./slot-status.ts";
import {
  changing,
  changingDay,
  channelDay,
  day,
  energyOf,
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

const midnight = day - 2 * 3_600_000;
const registersAt = (...times: readonly number[]) => times.map((time) => registerAt(midnight - 40 * dayMillis, time));
const bothMidnights = () => registersAt(midnight, midnight + dayMillis, midnight + 2 * dayMillis);

const run = (input: VeeInput, settings: unknown = {}, edits: readonly Edit[] = []) =>
  runVee({ input, previous: null, edits, at: 1, settings: readVeeSettings(settings) });
const estimatesOf = (input: VeeInput, settings: unknown = {}, edits: readonly Edit[] = []) =>
  run(input, settings, edits).estimates;
const methodsOf = (input: VeeInput, settings: unknown = {}) => [
  ...new Set(estimatesOf(input, settings).flatMap((one) => one?.method ?? [])),
];
const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0);

describe("between registers", () => {
  test("a gap gets what the registers leave for it, in the shape of like days", () => {
    const input = changingDay(inputOf({ registers: bothMidnights() }), fill(60, 84, null));
    const estimates = estimatesOf(input);
    assert.ok(estimates.every((one, slot) => (one !== null) === (slot >= 60 && slot < 84)));
    assert.deepEqual(
      estimates.slice(60, 84).map((one) => one?.value),
      // Like days have the very load of this day, so the shape gives every slot back.
      Array.from({ length: 24 }, (_, n) => loadAt(day + (60 + n) * step)),
    );
  });

  test("a day that differs from its like days keeps its own sum", () => {
    const registers = bothMidnights().map((one, n) => (n >= 1 ? { ...one, value: one.value + 777 } : one));
    const input = changingDay(inputOf({ registers }), fill(60, 84, null));
    const values = estimatesOf(input).flatMap((one) => one?.value ?? []);
    assert.equal(sum(values), energyOf(day + 60 * step, day + 84 * step) + 777);
    assert.ok((values[10] ?? 0) > loadAt(day + 70 * step));
  });

  test("registers that do not name their meter are of the one that hung there", () => {
    const unnamed = bothMidnights().map((one) => ({ ...one, meter: null }));
    const gap = fill(60, 84, null);
    assert.deepEqual(methodsOf(changingDay(inputOf({ registers: unnamed }), gap)), ["between-registers"]);
    const at = midnight + dayMillis;
    const installations = [
      { ...installed, to: at },
      { ...installed, meter: "B", from: at },
    ];
    const input = changing(inputOf({ registers: unnamed, installations }), (one) => ({ ...one, meter: null }));
    assert.deepEqual(
      methodsOf(changingDay(input, gap)),
      ["like-day"],
      "at the moment of an exchange it could be either",
    );
  });

  test("several gaps between two registers share what is left", () => {
    const input = changingDay(inputOf({ registers: bothMidnights() }), {
      ...fill(10, 20, null),
      ...fill(60, 84, null),
    });
    const values = estimatesOf(input).flatMap((one) => one?.value ?? []);
    assert.equal(values.length, 34);
    assert.equal(sum(values), energyOf(day + 10 * step, day + 20 * step) + energyOf(day + 60 * step, day + 84 * step));
  });

  test("a gap across midnight gets the same values whichever of its days is estimated", () => {
    const input = changing(inputOf({ registers: registersAt(midnight, midnight + 2 * dayMillis) }), (one) => {
      if (one.day === day) return withSlots(one, fill(80, 96, null));
      return one.day === day + dayMillis ? withSlots(one, fill(0, 10, null)) : one;
    });
    const first = estimatesOf(input).flatMap((one) => one?.value ?? []);
    const second = estimatesOf({ ...input, day: day + dayMillis }).flatMap((one) => one?.value ?? []);
    assert.equal(sum([...first, ...second]), energyOf(day + 80 * step, day + dayMillis + 10 * step));
    assert.deepEqual([first.length, second.length], [16, 10]);
  });

  test("without like days a short gap is a straight line with the sum of the registers", () => {
    const bare = inputOf({ registers: registersAt(midnight, midnight + dayMillis) });
    const few: VeeInput = { ...bare, days: bare.days.filter((one) => Math.abs(one.day - day) <= dayMillis) };
    const input = changingDay(few, { ...fill(39, 44, null), 38: 100, 44: 400 });
    const rest =
      energyOf(midnight, midnight + dayMillis) -
      energyOf(midnight, day + 38 * step) -
      500 -
      energyOf(day + 45 * step, midnight + dayMillis);
    const values = estimatesOf(input).flatMap((one) => one?.value ?? []);
    assert.equal(sum(values), rest);
    assert.deepEqual(
      values,
      values.toSorted((a, b) => a - b),
      "it rises from 100 to 400",
    );
    const long = changingDay(few, fill(30, 60, null));
    const even = estimatesOf(long).flatMap((one) => one?.value ?? []);
    assert.ok(Math.max(...even) - Math.min(...even) <= 1, "a long gap is even");
  });

  test("a register beside the edge of a slot says nothing", () => {
    const registers = registersAt(midnight, midnight + dayMillis);
    const moved = (by: number) => registers.map((one, n) => (n === 1 ? { ...one, time: one.time + by } : one));
    const gap = fill(60, 84, null);
    assert.deepEqual(methodsOf(changingDay(inputOf({ registers: moved(1_000) }), gap)), ["between-registers"]);
    assert.deepEqual(methodsOf(changingDay(inputOf({ registers: moved(1_001) }), gap)), ["like-day"]);
  });

  test("registers that contradict the slots, or the fuse, leave the gap to a person", () => {
    const lower = bothMidnights().map((one, n) => (n >= 1 ? { ...one, value: one.value - 15_000 } : one));
    assert.deepEqual(methodsOf(changingDay(inputOf({ registers: lower }), { 50: null })), []);
    const higher = bothMidnights().map((one, n) => (n >= 1 ? { ...one, value: one.value + 9_000 } : one));
    assert.deepEqual(methodsOf(changingDay(inputOf({ registers: higher }), { 50: null })), []);
    assert.deepEqual(methodsOf(changingDay(inputOf({ registers: higher }), fill(50, 54, null))), ["between-registers"]);
  });

  test("a refused value is replaced by what the registers leave", () => {
    const input = changingDay(inputOf({ registers: bothMidnights() }), { 50: 60_000 });
    assert.deepEqual(estimatesOf(input)[50], { value: loadAt(day + 50 * step), method: "between-registers" });
  });

  test("an exchange within a gap gives each meter its own energy, and the slot of the exchange both", () => {
    const at = day + 50 * step + 300_000;
    const gone = energyOf(midnight, day + 40 * step) + 2_000;
    const installations = [
      { ...installed, to: at, endRegister: 5_000 + gone },
      { ...installed, meter: "B", from: at + 120_000, startRegister: 17 },
    ];
    const registers = [
      { meter: "A", time: midnight, value: 5_000 },
      { meter: "B", time: midnight + dayMillis, value: 17 + 900 + energyOf(day + 56 * step, midnight + dayMillis) },
    ];
    const input = changing(inputOf({ installations, registers }), (one) => {
      if (one.day < day) return one;
      return one.day === day ? withSlots(one, fill(40, 96, null)) : { ...one, meter: "B" };
    });
    const second = channelDay(day, { channel: 2, meter: "B" }, (time) =>
      time < day + 56 * step ? null : loadAt(time),
    );
    const estimates = estimatesOf({ ...input, days: [...input.days, second] });
    const values = estimates.map((one) => one?.value ?? 0);
    assert.equal(estimates.filter((one) => one?.method === "between-registers").length, 16);
    assert.equal(sum(values), 2_000 + 900);
    const withoutSlot = sum(values.slice(40, 50));
    assert.ok(
      withoutSlot < 2_000 && withoutSlot > 1_880,
      "the old meter counted for a third of the slot of its exchange",
    );
    const half = installations.map((one) => ({ ...one, startRegister: null }));
    const partly = estimatesOf({ ...input, installations: half, days: [...input.days, second] });
    assert.deepEqual(
      [partly[49]?.method, partly[50]],
      ["between-registers", null],
      "one part of a slot is not the slot",
    );
    const unknown = installations.map((one) => ({ ...one, startRegister: null, endRegister: null }));
    const without = estimatesOf({ ...input, installations: unknown, days: [...input.days, second] });
    assert.equal(without[50], null, "nothing is estimated across an exchange of which no register is known");
  });

  test("a slot that two meters measured cannot be cut, so the registers around it say nothing", () => {
    const at = day + 50 * step + 300_000;
    const input = inputOf({
      installations: [
        { ...installed, to: at, endRegister: 60_000 },
        { ...installed, meter: "B", from: at, startRegister: 0 },
      ],
      registers: [{ meter: "A", time: midnight, value: 50_000 }],
    });
    assert.deepEqual(methodsOf(changingDay(input, fill(30, 45, null))), ["like-day"]);
    assert.deepEqual(methodsOf(changingDay(input, { ...fill(30, 45, null), 50: null })), ["between-registers"]);
  });

  test("an unknown serial number makes the registers around it worthless", () => {
    const [before, after] = bothMidnights();
    assert.ok(before !== undefined && after !== undefined);
    const known = { ...registerAt(midnight - 40 * dayMillis, day + 60 * step), time: day + 60 * step + 300_000 };
    const unknown = { meter: "X", time: day + 70 * step, value: 5 };
    const gap = fill(30, 45, null);
    assert.deepEqual(methodsOf(changingDay(inputOf({ registers: [before, known, after] }), gap)), [
      "between-registers",
    ]);
    assert.deepEqual(methodsOf(changingDay(inputOf({ registers: [before, known, unknown, after] }), gap)), [
      "like-day",
    ]);
  });

  test("across a register that fell nothing is estimated", () => {
    const states = [
      { meter: "A", time: day + 40 * step, value: 9_000 },
      { meter: "A", time: day + 60 * step, value: 10 },
    ];
    const estimates = estimatesOf(changingDay(inputOf({ registers: states }), { ...fill(45, 50, null), 70: null }));
    assert.deepEqual(estimates.slice(45, 50), [null, null, null, null, null]);
    assert.equal(estimates[70]?.method, "straight-line");
  });
});

describe("without registers", () => {
  test("a gap of two hours is a straight line, a longer one the median of like days", () => {
    const line = estimatesOf(changingDay(inputOf(), { ...fill(40, 48, null), 39: 100, 48: 190 }));
    assert.deepEqual(
      line.slice(40, 48),
      [110, 120, 130, 140, 150, 160, 170, 180].map((value) => ({ value, method: "straight-line" })),
    );
    const like = estimatesOf(changingDay(inputOf(), fill(40, 49, null)));
    assert.deepEqual(
      like.slice(40, 49),
      Array.from({ length: 9 }, (_, n) => ({ value: loadAt(day + (40 + n) * step), method: "like-day" })),
    );
  });

  test("the median of four like days is the mean of the middle two, rounded", () => {
    const peaks: Readonly<Record<number, number>> = { 7: 10, 14: 21, 21: 30, 28: 900 };
    const input = changing(changingDay(inputOf(), fill(40, 60, null)), (one) => {
      const value = peaks[(day - one.day) / dayMillis];
      return value === undefined ? one : withSlots(one, { 45: value });
    });
    assert.equal(estimatesOf(input)[45]?.value, 26, "(21 + 30) / 2");
  });

  test("two like days are too few, and the gap is left to a person", () => {
    const input = inputOf();
    // Of a Monday only Mondays are like days.
    const monday = Date.UTC(2026, 5, 15);
    const recent = (back: number): VeeInput => ({
      ...inputOf({}, monday),
      days: input.days.filter((one) => one.day >= monday - back * dayMillis),
    });
    assert.deepEqual(
      methodsOf(changing(recent(16), (one) => (one.day === monday ? withSlots(one, fill(30, 60, null)) : one))),
      [],
    );
    assert.deepEqual(
      methodsOf(changing(recent(23), (one) => (one.day === monday ? withSlots(one, fill(30, 60, null)) : one))),
      ["like-day"],
    );
  });

  test("like days with an outage do not count", () => {
    const input = changing(changingDay(inputOf(), fill(40, 60, null)), (one) =>
      one.day === day - 7 * dayMillis || one.day === day - 14 * dayMillis
        ? { ...withSlots(one, { 45: 5_000 }), status: one.status.with(80, statusOf(["powerFail"])) }
        : one,
    );
    assert.equal(estimatesOf(input)[45]?.value, loadAt(day + 45 * step));
  });

  test("a line does not lead from one meter to the next", () => {
    const at = day + 44 * step;
    const input = changing(
      inputOf({
        installations: [
          { ...installed, to: at },
          { ...installed, meter: "B", from: at },
        ],
      }),
      (one) => (one.day > day ? { ...one, meter: "B" } : one.day === day ? withSlots(one, fill(42, 96, null)) : one),
    );
    const second = channelDay(day, { channel: 2, meter: "B" }, (time) =>
      time < day + 46 * step ? null : loadAt(time),
    );
    const estimates = estimatesOf({ ...input, days: [...input.days, second] });
    const joined = channelDay(day, { channel: 2, meter: "B" }, (time) => (time < at ? null : loadAt(time)));
    assert.equal(estimatesOf({ ...input, days: [...input.days, joined] })[43]?.method, "like-day");
    assert.deepEqual(
      estimates.slice(41, 47).map((one) => one?.method ?? null),
      [null, "like-day", "like-day", null, null, null],
      "before the exchange like days of the old meter; after it the new one has none",
    );
  });

  test("ways that are switched off are not used", () => {
    const input = changingDay(inputOf({ registers: bothMidnights() }), fill(40, 44, null));
    assert.deepEqual(methodsOf(input, { "between-registers": { on: false } }), ["straight-line"]);
    const off = { "between-registers": { on: false }, "straight-line": { on: false } };
    assert.deepEqual(methodsOf(input, off), ["like-day"]);
    assert.deepEqual(methodsOf(input, { ...off, "like-day": { on: false } }), []);
  });
});

describe("days on which clocks change", () => {
  for (const [name, target] of [
    ["spring", Date.UTC(2026, 2, 29)],
    ["autumn", Date.UTC(2026, 9, 25)],
  ] as const)
    test(`in ${name} the whole local day is estimated to the Wh, with the load of each local hour`, () => {
      const from = target - 3_600_000 * (name === "spring" ? 1 : 2);
      const to = target + dayMillis - 3_600_000 * (name === "spring" ? 2 : 1);
      assert.equal(to - from, (name === "spring" ? 92 : 100) * step);
      const registers = [registerAt(from, from), registerAt(from, to)];
      const input = changing(inputOf({ registers }, target), (one) => ({
        ...one,
        raw: one.raw.map((value, n) => (one.day + n * step >= from && one.day + n * step < to ? null : value)),
      }));
      const before = estimatesOf({ ...input, day: target - dayMillis });
      const during = estimatesOf(input);
      const found = [...before, ...during].flatMap((one, n) => {
        const time = target - dayMillis + n * step;
        return one === null ? [] : [{ time, value: one.value }];
      });
      assert.equal(found.length, (to - from) / step);
      for (const { time, value } of found) assert.ok(Math.abs(value - loadAt(time)) <= 1, new Date(time).toISOString());
      assert.equal(sum(found.map(({ value }) => value)), energyOf(from, to));
    });
});

describe("any day", () => {
  const gaps = fc.array(fc.tuple(fc.nat(slotsOfDay - 1), fc.integer({ min: 1, max: 60 })), {
    minLength: 1,
    maxLength: 6,
  });
  const loads = fc.array(fc.nat(3_000), { minLength: 3 * slotsOfDay, maxLength: 3 * slotsOfDay });

  test("has the sum of its registers to the Wh after estimation, whatever is missing", () => {
    fc.assert(
      fc.property(gaps, loads, fc.boolean(), fc.nat(95), (holes, load, hasLikeDays, shift) => {
        const start = day - dayMillis;
        const valueAt = (time: number): number => load[Math.round((time - start) / step)] ?? loadAt(time);
        const [from, to] = [day - shift * step, day + (2 * slotsOfDay - shift - 1) * step];
        const sumOf = (a: number, b: number): number => energyOf(a, b, valueAt);
        const registers = [
          { meter: "A", time: from, value: 5 },
          { meter: "A", time: to, value: 5 + sumOf(from, to) },
        ];
        const missing = new Set(holes.flatMap(([at, length]) => Array.from({ length }, (_, n) => at + n)));
        const input = inputOf({
          registers,
          days: inputOf().days.flatMap((one) => {
            if (!hasLikeDays && Math.abs(one.day - day) > dayMillis) return [];
            return [channelDay(one.day, {}, (time) => (missing.has((time - day) / step) ? null : valueAt(time)))];
          }),
        });
        const today = estimatesOf(input);
        const tomorrow = estimatesOf({ ...input, day: day + dayMillis });
        let total = 0;
        for (let time = from; time < to; time += step) {
          const n = Math.round((time - day) / step);
          const estimate = n < 0 ? null : n < slotsOfDay ? today[n] : tomorrow[n - slotsOfDay];
          if (missing.has(n)) assert.equal(estimate?.method, "between-registers");
          total += missing.has(n) ? (estimate?.value ?? Number.NaN) : valueAt(time);
        }
        assert.equal(total, sumOf(from, to));
      }),
      { numRuns: 60 },
    );
  });

  test("is not estimated from what comes later than the rules say", () => {
    // Without registers: a straight line looks one slot ahead, like days not at all.
    fc.assert(
      fc.property(gaps, loads, (holes, load) => {
        const missing = Object.assign({}, ...holes.map(([at, length]) => fill(at, Math.min(95, at + length), null)));
        const input = changingDay(inputOf(), missing);
        const later = changing(input, (one) =>
          one.day > day ? channelDay(one.day, {}, (time) => load[Math.round((time - day) / step)] ?? 1) : one,
        );
        assert.deepEqual(run(later), run(input));
      }),
      { numRuns: 30 },
    );
  });
});
