import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { openHousehold } from "./household.ts";
import { measure } from "./quantities.ts";
import { type ScenarioName, scenarios } from "./scenarios.ts";
import type { HouseholdState, PhaseState } from "./state.ts";

const range = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, n) => first + n);
const SOURCES = [...range(8, 25), ...range(81, 84), ...range(104, 107), ...range(185, 199), ...range(202, 244)];

const anyHouseState = fc
  .tuple(
    fc.constantFrom(...(Object.keys(scenarios) as ScenarioName[])),
    fc.integer({ min: 0, max: 1e9 }),
    fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) }),
  )
  .map(([scenario, seed, time]) => openHousehold({ scenario, seed }).state(time));

/** States that no scenario reaches: any power, angle and distortion on each phase, in fractional watts. */
const anyPhase: fc.Arbitrary<PhaseState> = fc
  .tuple(
    fc.double({ min: 207, max: 253, noNaN: true }),
    fc.double({ min: -7000, max: 7000, noNaN: true }),
    fc.double({ min: -3000, max: 3000, noNaN: true }),
    fc.oneof(fc.constant(0), fc.double({ min: 0, max: 2000, noNaN: true })),
  )
  .map(([voltage, activePower, reactivePower, distortion]) => ({
    voltage,
    activePower,
    reactivePower,
    current: Math.hypot(activePower, reactivePower, distortion) / voltage,
  }));
const anyState: fc.Arbitrary<HouseholdState> = fc.oneof(
  anyHouseState,
  fc.tuple(anyPhase, anyPhase, anyPhase).map((phases) => ({ time: 0, phases, frequency: 50 })),
);

const reader = (state: HouseholdState): ((id: number) => number) => {
  const values = measure(state);
  return (id) => {
    const value = values.get(id);
    assert.ok(value !== undefined, `source ${id} is missing`);
    return value;
  };
};
const near = (actual: number, expected: number, tolerance: number, what: string): void =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual}, expected ${expected} ± ${tolerance}`);

test("every source of BT28 is there, a whole number, once, and nothing else", () => {
  fc.assert(
    fc.property(anyState, (state) => {
      const values = measure(state);
      assert.deepEqual(
        [...values.keys()].sort((a, b) => a - b),
        SOURCES,
      );
      for (const [id, value] of values) assert.ok(Number.isInteger(value) && !Object.is(value, -0), `${id}: ${value}`);
    }),
  );
});

test("totals are netted phases within the rounding, and flow one way at a time", () => {
  fc.assert(
    fc.property(anyState, (state) => {
      const v = reader(state);
      const net = range(0, 2).reduce((sum, k) => sum + v(185 + k) - v(188 + k), 0);
      near(v(8) - v(9), net, 2, "total W");
      const netVars = range(0, 2).reduce((sum, k) => sum + v(239 + k) - v(242 + k), 0);
      near(v(10) - v(11), netVars, 2, "total var");
      for (const [forward, reverse] of [
        [8, 9],
        [10, 11],
        [185, 188],
        [186, 189],
        [187, 190],
        [208, 209],
        [239, 242],
        [240, 243],
        [241, 244],
      ] as const) {
        assert.ok(
          v(forward) >= 0 && v(reverse) >= 0 && (v(forward) === 0 || v(reverse) === 0),
          `${forward}/${reverse}`,
        );
      }
    }),
  );
  fc.assert(
    fc.property(anyHouseState, (state) => {
      const v = reader(state);
      assert.equal(
        v(8) - v(9),
        range(0, 2).reduce((sum, k) => sum + v(185 + k) - v(188 + k), 0),
      );
    }),
  );
});

test("S is the sum of U·I, power factor is P/S, sine is Q/S, and they leave the circle by the harmonics", () => {
  fc.assert(
    fc.property(anyState, (state) => {
      const v = reader(state);
      const apparent = range(0, 2).map((k) => (v(15 + k) * v(12 + k)) / 1e6);
      near(
        v(20),
        apparent.reduce((sum, s) => sum + s, 0),
        1,
        "VA",
      );
      for (const [k, id] of [18, 21, 22].entries()) {
        const phase = state.phases[k] as PhaseState;
        if (phase.current === 0) assert.deepEqual([v(id), v(23 + k)], [1000, 0]);
        if (phase.current < 0.5) continue;
        const s = apparent[k] as number;
        near(v(id), (1000 * (v(185 + k) - v(188 + k))) / s, 8, `power factor L${k + 1}`);
        near(v(23 + k), (1000 * (v(239 + k) - v(242 + k))) / s, 8, `sine L${k + 1}`);
        const { activePower, reactivePower, voltage, current } = phase;
        const inSines = (activePower ** 2 + reactivePower ** 2) / (voltage * current) ** 2;
        near((v(id) ** 2 + v(23 + k) ** 2) / 1e6, inSines, 0.002, "circle");
        assert.ok(inSines < 1 + 1e-9, `${inSines} of U·I in sines`);
        assert.ok(v(12 + k) > 0);
      }
    }),
  );
});

test("the quiet household measures what the captures of a real meter show, within the moments of its values", () => {
  const v = reader(openHousehold({ scenario: "quiet", seed: 1 }).state(0));
  // 818 to 823 VA, power factors 711/335/274, sines -453/-920/-933, currents 1978/782/854 mA at some volts less.
  near(v(20), 820, 3, "VA");
  for (const [k, [factor, sine]] of (
    [
      [711, -453],
      [335, -920],
      [274, -933],
    ] as const
  ).entries()) {
    near(v([18, 21, 22][k] as number), factor, 2, `power factor L${k + 1}`);
    near(v(23 + k), sine, 2, `sine L${k + 1}`);
  }
});

test("quadrants hold the whole reactive and apparent power, in the one that the signs name", () => {
  fc.assert(
    fc.property(anyState, (state) => {
      const v = reader(state);
      assert.equal(v(104) + v(105), v(10));
      assert.equal(v(106) + v(107), v(11));
      if (v(9) > 0) assert.deepEqual([v(104), v(107)], [0, 0]);
      if (v(8) > 0) assert.deepEqual([v(105), v(106)], [0, 0]);
      assert.equal(
        range(216, 219).reduce((sum, id) => sum + v(id), 0),
        v(20),
      );
      for (const k of range(0, 2)) {
        const quadrants = range(220 + 4 * k, 223 + 4 * k).map(v);
        near(
          quadrants.reduce((sum, s) => sum + s, 0),
          (v(15 + k) * v(12 + k)) / 1e6,
          0.8,
          `VA L${k + 1}`,
        );
        assert.ok(quadrants.filter((s) => s > 0).length <= 1);
      }
    }),
  );
});

test("values after CT and VT equal those before, and averages of power equal the present ones", () => {
  fc.assert(
    fc.property(anyState, (state) => {
      const v = reader(state);
      for (const [copy, source, count] of [
        [81, 8, 4],
        [191, 185, 6],
        [197, 12, 3],
        [202, 15, 3],
        [208, 8, 2],
        [210, 185, 6],
        [205, 15, 3],
        [233, 12, 3],
      ] as const) {
        for (const k of range(0, count - 1)) assert.equal(v(copy + k), v(source + k), `${copy + k} and ${source + k}`);
      }
    }),
  );
});

test("average voltage and current come from the mean that is given", () => {
  const household = openHousehold({ scenario: "house", seed: 2 });
  const time = Date.UTC(2025, 3, 1, 12, 7);
  const mean = household.mean(time);
  const values = measure(household.state(time), mean);
  assert.equal(values.get(205), Math.round(mean.phases[0].voltage * 1000));
  assert.equal(values.get(235), Math.round(mean.phases[2].current * 1000));
  assert.notEqual(values.get(205), values.get(15));
  assert.equal(values.get(202), values.get(15));
});

test("the neutral carries nothing of a balanced load, all of a single phase, and never more than the phases together", () => {
  const phase: PhaseState = { voltage: 230, current: 10, activePower: 2300, reactivePower: 0 };
  const off: PhaseState = { ...phase, current: 0, activePower: 0 };
  assert.equal(measure({ time: 0, phases: [phase, phase, phase], frequency: 50 }).get(232), 0);
  assert.equal(measure({ time: 0, phases: [off, phase, off], frequency: 50 }).get(232), 10_000);
  assert.equal(measure({ time: 0, phases: [phase, phase, off], frequency: 50 }).get(232), 10_000);
  // 6 A of sine and 8 A of harmonics on each phase: the sines cancel, the harmonics do not.
  const supply: PhaseState = { ...phase, activePower: 1380 };
  assert.equal(measure({ time: 0, phases: [supply, supply, supply], frequency: 50 }).get(232), 24_000);
  fc.assert(
    fc.property(anyState, (state) => {
      const v = reader(state);
      assert.ok(v(232) <= v(12) + v(13) + v(14) + 2);
    }),
  );
});

test("voltage angles make a full turn and stay near a third each", () => {
  fc.assert(
    fc.property(anyState, (state) => {
      const v = reader(state);
      assert.equal(v(236) + v(237) + v(238), 36_000);
      for (const id of [236, 237, 238]) near(v(id), 12_000, 400, "angle");
    }),
  );
});

test("the household 'quiet' reads as the captured meter does", () => {
  const v = reader(openHousehold({ scenario: "quiet", seed: 1 }).state(0));
  assert.deepEqual([8, 9, 10, 11, 104, 105, 106, 107].map(v), [432, 0, 0, 545, 0, 0, 0, 545]);
  assert.deepEqual([185, 186, 187].map(v), [320, 59, 53]);
  assert.deepEqual([15, 16, 17, 19].map(v), [230_000, 230_000, 230_000, 50_000]);
});
