import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type PruneFacts, type PruneMemory, prunedSentence, prunePlan } from "./prune-plan.ts";

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
const year = 365 * day;
const t0 = Date.UTC(2026, 5, 1);
const keptFor = { readings: 2 * day, minutes: 5 * year };

/** A run that begins at monotonic time 0 with what is stored; `plan(n, wall)` is its plan after n milliseconds. */
const begin = (wall: number, newestReading: number | null, more: Partial<PruneFacts> = {}) => {
  const first = prunePlan({ wall, monotonic: 0, newestReading, keptFor, ...more });
  let last: PruneMemory = first.memory;
  return {
    first,
    plan: (monotonic: number, now: number, extra: Partial<PruneFacts> = {}) => {
      const plan = prunePlan({ wall: now, monotonic, newestReading: now, keptFor, last, ...more, ...extra });
      last = plan.memory;
      return plan;
    },
  };
};

describe("a clock that is right", () => {
  test("lets what is old enough go, though not at the very start", () => {
    const run = begin(t0, t0 - 2_000);
    assert.deepEqual([run.first.limits, run.first.why], [null, null]);
    const { limits, why } = run.plan(10 * minute, t0 + 10 * minute);
    assert.equal(why, null);
    assert.ok(Math.abs((limits?.readings ?? 0) - (t0 + 10 * minute - 2 * day)) <= 2_000);
  });

  test("may be slewed", () => {
    const run = begin(t0, t0);
    for (let n = 1; n < 100; n++)
      assert.notEqual(run.plan(n * 10 * minute, t0 + n * 10 * minute * 1.0005).limits, null);
  });

  test("after a night without the gateway waits an hour, and is no reason for a warning, whether or not a meter tells its time", () => {
    const night = 9 * hour;
    for (const extra of [{}, { meterOffsets: [-1_000] }]) {
      const run = begin(t0 + night, t0, extra);
      assert.deepEqual([run.first.limits, run.first.why], [null, null]);
      const held = run.plan(59 * minute, t0 + night + 59 * minute);
      assert.deepEqual([held.limits, held.why], [null, null]);
      const { limits, why } = run.plan(61 * minute, t0 + night + 61 * minute);
      assert.equal(why, null);
      const believed = "meterOffsets" in extra ? t0 + night + 61 * minute - 1_000 : t0 + 1.1 * 61 * minute;
      assert.ok((limits?.readings ?? Infinity) <= believed - 2 * day);
    }
  });

  test("after days without the gateway keeps history longer until a meter confirms the time", () => {
    const run = begin(t0 + 3 * day, t0);
    assert.match(
      run.first.why ?? "",
      /clock was 3\.0 days ahead of the last time that was certain: either .* or .* is wrong; nothing is deleted for 60 min/,
    );
    assert.equal(run.plan(59 * minute, t0 + 3 * day + 59 * minute).limits, null);
    const unsure = run.plan(61 * minute, t0 + 3 * day + 61 * minute);
    assert.ok((unsure.limits?.readings ?? Infinity) < t0 + 1.11 * 61 * minute - 2 * day);
    assert.match(unsure.why ?? "", /3\.0 days ahead of the time at which the gateway stored readings before/);
    const sure = run.plan(62 * minute, t0 + 3 * day + 62 * minute, { meterOffsets: [-1_000] });
    assert.equal(sure.limits?.readings, t0 + 3 * day + 62 * minute - 1_000 - 2 * day);
    assert.equal(sure.why, null);
  });
});

describe("a clock that is wrong", () => {
  for (const [name, ahead] of [
    ["3 days", 3 * day],
    ["11 years", 11 * year],
  ] as const) {
    test(`by ${name} at the start deletes next to nothing, for however long`, () => {
      const run = begin(t0 + ahead, t0);
      for (const at of [4_000, hour, 5 * hour, day]) {
        const { limits } = run.plan(at, t0 + ahead + at);
        assert.ok((limits?.readings ?? -Infinity) <= t0 + 1.1 * at - 2 * day, `after ${at} ms`);
        assert.ok((limits?.minutes ?? -Infinity) <= t0 + 1.1 * at - 5 * year, `after ${at} ms`);
      }
    });

    test(`by ${name} a second time, when readings have its time already, is found by the meter's clock`, () => {
      const run = begin(t0 + ahead, t0 + ahead, { oldestReading: t0 - 2 * day });
      const { limits, why } = run.plan(10 * minute, t0 + ahead + 10 * minute, { meterOffsets: [-ahead] });
      assert.equal(limits?.readings, t0 + 10 * minute - 2 * day);
      assert.match(why ?? "", /ahead of the clock of the meter/);
    });

    test(`by ${name} in the middle of a run waits an hour, and deletes by the older time afterwards`, () => {
      const run = begin(t0, t0);
      run.plan(10 * minute, t0 + 10 * minute);
      const step = run.plan(20 * minute, t0 + ahead + 20 * minute);
      assert.equal(step.limits, null);
      assert.match(step.why ?? "", /set forward by/);
      assert.equal(run.plan(70 * minute, t0 + ahead + 70 * minute).limits, null);
      const later = run.plan(90 * minute, t0 + ahead + 90 * minute);
      assert.ok((later.limits?.readings ?? Infinity) <= t0 + 1.1 * 90 * minute - 2 * day);
    });

    test(`by ${name} a second time is found by what the run before believed`, () => {
      const run = begin(t0 + ahead, t0 + ahead, { believedBefore: t0 });
      const { limits } = run.plan(2 * hour, t0 + ahead + 2 * hour);
      assert.ok((limits?.readings ?? Infinity) <= t0 + 2.2 * hour - 2 * day);
    });
  }

  test("that is behind deletes less, and is no reason to stop when it is set right", () => {
    const run = begin(Date.UTC(2000, 0, 1), t0);
    assert.equal(
      run.plan(10 * minute, Date.UTC(2000, 0, 1) + 10 * minute).limits?.readings,
      Date.UTC(1999, 11, 30, 0, 10),
    );
    assert.equal(run.plan(20 * minute, t0 + 20 * minute).limits, null);
    assert.equal(run.plan(90 * minute, t0 + 90 * minute).limits?.readings, t0 + 90 * minute - 2 * day);
  });
});

test("after days without the gateway, and without a meter's clock, history is as short as before in the end", () => {
  const run = begin(t0 + 3 * day, t0);
  for (let n = 1; n < 31 * 24; n++) run.plan(n * hour, t0 + 3 * day + n * hour);
  const { limits, why } = run.plan(31 * day, t0 + 34 * day);
  assert.deepEqual([limits?.readings, why], [t0 + 32 * day, null]);
});

test("a meter's clock that is behind everything stored is not believed", () => {
  const run = begin(t0, t0, { oldestReading: t0 - 2 * day });
  const { limits } = run.plan(10 * minute, t0 + 10 * minute, { meterOffsets: [-20 * year] });
  assert.equal(limits?.readings, t0 + 10 * minute - 2 * day);
});

test("of several meters' clocks the middle one counts", () => {
  const run = begin(t0 + 3 * day, t0);
  const { limits } = run.plan(2 * hour, t0 + 3 * day + 2 * hour, { meterOffsets: [-5 * year, 0, 500] });
  assert.equal(limits?.readings, t0 + 3 * day + 2 * hour - 2 * day);
});

test("property: whatever the machine's clock says, next to nothing younger than its age goes", () => {
  const offset = fc.integer({ min: -20 * year, max: 20 * year });
  fc.assert(
    fc.property(offset, fc.array(offset, { maxLength: 20 }), fc.boolean(), (first, steps, told) => {
      const run = begin(t0 + first, t0);
      steps.forEach((step, n) => {
        const real = (n + 1) * 40 * minute;
        const meterOffsets = told ? [-step] : [];
        const { limits } = run.plan(real, t0 + real + step, { meterOffsets });
        assert.ok((limits?.readings ?? -Infinity) <= t0 + 1.1 * real + 1 - 2 * day);
      });
    }),
  );
});

test("what was deleted is one sentence", () => {
  const report = { readings: 3_676, minutes: 1, events: 0, journal: 0 };
  assert.equal(
    prunedSentence({ readings: t0, minutes: t0 - year }, report),
    "deleted because of their age: 3676 readings before 2026-06-01T00:00:00.000Z, 1 minute before 2025-06-01T00:00:00.000Z",
  );
  assert.equal(prunedSentence({}, { readings: 0, minutes: 0, events: 0, journal: 0 }), null);
});
