import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { deltaEntriesOf, noSource, type StoredDelta, storedDelta } from "./delta-entries.ts";
import { planDelta } from "./delta-plan.ts";
import { DeltaWatch } from "./delta-watch.ts";

const stored = (source: number, delta = 0, comparison = 0, sampled = comparison, invalid = false): StoredDelta => ({
  deltaDataMonitorSource: source,
  configuredDelta: delta,
  comparisonValue: comparison,
  sampledDataValue: sampled,
  sourceIdInvalid: invalid,
  filler1: 0,
});
const free = stored(noSource);

describe("entries of ET71", () => {
  test("are named, and in the unit of their source", () => {
    const table = [
      free,
      stored(15, 2_500, 230_000, 231_234),
      stored(0, 5, 100),
      stored(0x4001, 7, 1),
      stored(0x3001, 1),
    ];
    const [voltage, energy, child, odd] = deltaEntriesOf(table, 10);
    assert.deepEqual(voltage, {
      index: 1,
      source: 15,
      key: "rmsVoltageL1",
      name: voltage?.name,
      unit: "V",
      delta: 2.5,
      comparison: 230,
      sampled: 231.234,
      invalid: false,
    });
    // Energies count in the unit of ET55.
    assert.deepEqual([energy?.unit, energy?.delta, energy?.comparison], ["Wh", 50, 1_000]);
    assert.deepEqual([child?.key, child?.unit, child?.delta], ["device0Type1", null, 7]);
    assert.deepEqual([odd?.key, odd?.unit], ["source0x3001", null]);
    assert.equal(deltaEntriesOf(table, null)[1]?.unit, null);
  });

  test("hold a change of at least one step and at most 16 bits", () => {
    assert.deepEqual(storedDelta({ source: 8, delta: 500 }, 1), { source: 8, delta: 500 });
    assert.deepEqual(storedDelta({ source: 0, delta: 100 }, 100), { source: 0, delta: 1 });
    for (const [source, delta] of [
      [15, 66],
      [15, 0.0001],
      [8, 0],
      [8, -5],
      [8, Number.NaN],
      [0x4001, 1.5],
      [noSource, 5],
    ] as const)
      assert.throws(
        () => storedDelta({ source, delta }, 1),
        { name: "UsageError", code: "delta" },
        `${source} ${delta}`,
      );
    assert.throws(() => storedDelta({ source: 15, delta: 66 }, 1), /the meter takes 0\.001 to 65\.535 V/);
  });
});

describe("planDelta", () => {
  const wish = (source: number, delta: number) => ({ source, delta });

  test("takes free entries, and leaves those of another client alone", () => {
    const { fields, own } = planDelta([stored(8, 100), free, free], [wish(9, 50), wish(8, 700)]);
    assert.deepEqual(own, [1, 2]);
    assert.deepEqual(fields, [
      { path: ["deltaData", 1, "deltaDataMonitorSource"], value: 9 },
      { path: ["deltaData", 1, "configuredDelta"], value: 50 },
      { path: ["deltaData", 2, "deltaDataMonitorSource"], value: 8 },
      { path: ["deltaData", 2, "configuredDelta"], value: 700 },
    ]);
  });

  test("writes nothing if all is set up, and only what differs otherwise", () => {
    const table = [stored(8, 100), stored(9, 50), free];
    assert.deepEqual(planDelta(table, [wish(9, 50), wish(8, 100)]), { fields: [], own: [1, 0] });
    assert.deepEqual(planDelta(table, [wish(9, 60)], [1]), {
      fields: [{ path: ["deltaData", 1, "configuredDelta"], value: 60 }],
      own: [1],
    });
  });

  test("frees what was ours and is not wanted any more", () => {
    const { fields, own } = planDelta([stored(8, 100), stored(9, 50)], [], [1]);
    assert.deepEqual(own, []);
    assert.deepEqual(fields, [
      { path: ["deltaData", 1, "deltaDataMonitorSource"], value: noSource },
      { path: ["deltaData", 1, "configuredDelta"], value: 0 },
    ]);
  });

  test("refuses more sources than the table has room for, and one source twice", () => {
    assert.throws(() => planDelta([stored(8, 1), free], [wish(9, 1), wish(10, 1)]), { code: "delta" });
    assert.throws(() => planDelta([free, free], [wish(9, 1), wish(9, 2)]), { code: "delta" });
    assert.throws(() => planDelta([], [wish(9, 1)], [0, 99]), { code: "delta" });
  });
});

describe("DeltaWatch", () => {
  const read = (...table: readonly StoredDelta[]) => deltaEntriesOf(table, 1);

  test("tells each change once, from the value that was told last", () => {
    const watch = new DeltaWatch(read(stored(8, 100, 432)));
    assert.deepEqual(watch.handle(read(stored(8, 100, 432, 480))), []);
    const [change, ...others] = watch.handle(read(stored(8, 100, 2_432, 2_440)));
    assert.deepEqual(others, []);
    assert.deepEqual(change, {
      type: "changed",
      source: 8,
      key: "forwardActivePower",
      name: change?.type === "changed" ? change.name : "",
      unit: "W",
      from: 432,
      to: 2_432,
    });
    assert.deepEqual(watch.handle(read(stored(8, 100, 2_432, 2_440))), []);
  });

  test("does not tell changes of sources that others watch", () => {
    const watch = new DeltaWatch(read(stored(8, 100, 1)));
    assert.deepEqual(watch.handle(read(stored(8, 100, 1), stored(9, 100, 5_000))), []);
  });

  test("says once that the meter has forgotten, and counts no change over that gap", () => {
    const watch = new DeltaWatch(read(stored(8, 100, 432), stored(15, 1, 1)));
    assert.deepEqual(watch.handle(read(free, free)), [{ type: "lost", sources: [8, 15] }]);
    assert.deepEqual(watch.handle(read(free, free)), []);
    watch.armed(read(stored(8, 100, 900), stored(15, 1, 2)));
    assert.deepEqual(watch.handle(read(stored(8, 100, 900), stored(15, 1, 2))), []);
    assert.equal(watch.handle(read(stored(8, 100, 1_100), stored(15, 1, 2))).length, 1);
    // A delta of 0 watches nothing.
    assert.deepEqual(watch.handle(read(stored(8, 0, 1_100), stored(15, 1, 2))), [{ type: "lost", sources: [8] }]);
  });

  test("says once that the meter has no such source, and takes none of its numbers", () => {
    const watch = new DeltaWatch(read(stored(8, 100, 0, 0, true)));
    assert.deepEqual(
      watch.handle(read(stored(8, 100, 5, 5, true))).map(({ type }) => type),
      ["invalid"],
    );
    assert.deepEqual(watch.handle(read(stored(8, 100, 9, 9, true))), []);
  });
});
