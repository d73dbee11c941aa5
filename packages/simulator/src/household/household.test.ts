import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { UsageError } from "@meterport/protocol/errors";
import fc from "fast-check";
import { type EnergyDelta, MILLIS_PER_HOUR } from "./energy.ts";
import { FUSE_AMPERE } from "./grid.ts";
import { openHousehold } from "./household.ts";
import { type ScenarioName, scenarios } from "./scenarios.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const names = Object.keys(scenarios) as ScenarioName[];
const anyScenario = fc.constantFrom(...names);
const anySeed = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const anyTime = fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) });

const numbersOf = (energy: EnergyDelta): number[] => [
  energy.forwardActive,
  energy.reverseActive,
  energy.forwardPlusReverse,
  energy.importReactive,
  energy.exportReactive,
  ...energy.reactive,
  ...energy.apparent,
];
const netWatts = (
  household: { integrate: (from: number, to: number) => EnergyDelta },
  from: number,
  to: number,
): number => {
  const { forwardActive, reverseActive } = household.integrate(from, to);
  return (forwardActive - reverseActive) / (to - from);
};

describe("any household at any time", () => {
  test("obeys U, I and the fuse, in whole watts, the same through a second", () => {
    fc.assert(
      fc.property(anyScenario, anySeed, anyTime, (scenario, seed, time) => {
        const state = openHousehold({ scenario, seed }).state(time);
        assert.equal(state.time, Math.floor(time / 1000) * 1000);
        assert.ok(Math.abs(state.frequency - 50) < 0.1);
        for (const { voltage, current, activePower, reactivePower } of state.phases) {
          assert.ok(voltage > 207 && voltage < 253);
          assert.ok(current >= 0 && current <= FUSE_AMPERE);
          assert.ok(Number.isInteger(activePower) && Number.isInteger(reactivePower));
          const apparent = voltage * current;
          const harmonics = Math.sqrt(Math.max(0, apparent ** 2 - activePower ** 2 - reactivePower ** 2));
          assert.ok(apparent > Math.hypot(activePower, reactivePower) - 1e-6);
          assert.ok(Math.abs(harmonics - Math.round(harmonics)) < 1e-3, `${harmonics} VA of harmonics`);
        }
        assert.deepEqual(openHousehold({ scenario, seed }).state(state.time + 999), state);
      }),
    );
  });

  test("answers the same in any order, from one household or from many", () => {
    fc.assert(
      fc.property(
        anyScenario,
        anySeed,
        anyTime,
        fc.array(fc.integer({ min: 0, max: 2 * DAY }), { maxLength: 8 }),
        (scenario, seed, start, offsets) => {
          const times = offsets.map((offset) => start + offset);
          const one = openHousehold({ scenario, seed });
          const forwards = times.map((time) => [one.state(time), one.mean(time), one.integrate(time, time + 12_345)]);
          const backwards = times.toReversed().map((time) => {
            const other = openHousehold({ scenario, seed });
            const energy = other.integrate(time, time + 12_345);
            return [other.state(time), other.mean(time), energy];
          });
          assert.deepEqual(forwards, backwards.toReversed());
        },
      ),
      { numRuns: 40 },
    );
  });

  test("energy adds up exactly at any cut, never falls, and belongs to one direction and quadrant at a time", () => {
    const span = fc.integer({ min: 0, max: 200_000 });
    fc.assert(
      fc.property(anyScenario, anySeed, anyTime, span, span, (scenario, seed, a, first, second) => {
        const household = openHousehold({ scenario, seed });
        const whole = household.integrate(a, a + first + second);
        const left = numbersOf(household.integrate(a, a + first));
        const right = numbersOf(household.integrate(a + first, a + first + second));
        assert.deepEqual(
          left.map((value, n) => value + (right[n] as number)),
          numbersOf(whole),
        );
        for (const value of numbersOf(whole)) assert.ok(Number.isSafeInteger(value) && value >= 0);
        assert.equal(whole.forwardPlusReverse, whole.forwardActive + whole.reverseActive);
        assert.equal(whole.importReactive, whole.reactive[0] + whole.reactive[1]);
        assert.equal(whole.exportReactive, whole.reactive[2] + whole.reactive[3]);
      }),
    );
  });

  test("energy is the integral of the netted power", () => {
    fc.assert(
      fc.property(anyScenario, anySeed, anyTime, fc.integer({ min: 1, max: 150_000 }), (scenario, seed, from, span) => {
        const household = openHousehold({ scenario, seed });
        let [forward, reverse, varsIn, varsOut] = [0, 0, 0, 0];
        for (let at = from; at < from + span; ) {
          const next = Math.min(from + span, (Math.floor(at / 1000) + 1) * 1000);
          const { phases } = household.state(at);
          const watts = phases.reduce((sum, phase) => sum + phase.activePower, 0);
          const vars = phases.reduce((sum, phase) => sum + phase.reactivePower, 0);
          forward += Math.max(0, watts) * (next - at);
          reverse += Math.max(0, -watts) * (next - at);
          varsIn += Math.max(0, vars) * (next - at);
          varsOut += Math.max(0, -vars) * (next - at);
          at = next;
        }
        const energy = household.integrate(from, from + span);
        assert.deepEqual(
          [energy.forwardActive, energy.reverseActive, energy.importReactive, energy.exportReactive],
          [forward, reverse, varsIn, varsOut],
        );
      }),
    );
  });

  test("means lie within the ten minutes that they stand for, and stand still through the next ten", () => {
    fc.assert(
      fc.property(anyScenario, anySeed, anyTime, (scenario, seed, time) => {
        const household = openHousehold({ scenario, seed });
        const mean = household.mean(time);
        assert.equal(mean.time, Math.floor(time / 600_000) * 600_000);
        assert.deepEqual(openHousehold({ scenario, seed }).mean(mean.time + 599_999), mean);
        if (mean.time === 0) return;
        const volts = Array.from(
          { length: 600 },
          (_, s) => household.state(mean.time - 1000 - s * 1000).phases[0].voltage,
        );
        assert.ok(
          mean.phases[0].voltage >= Math.min(...volts) - 1e-9 && mean.phases[0].voltage <= Math.max(...volts) + 1e-9,
        );
      }),
      { numRuns: 30 },
    );
  });
});

describe("the households", () => {
  test("seed 1 is what it always was", () => {
    // A change here changes every recording and every picture made with a seed: do it knowingly.
    const times = ["2025-01-15T02:00:00Z", "2025-06-18T11:00:00Z", "2025-06-18T16:20:30Z"].map((text) =>
      Date.parse(text),
    );
    const shown = names.map((scenario) => {
      const household = openHousehold({ scenario, seed: 1 });
      const seconds = times.map((time) => {
        const { phases, frequency } = household.state(time);
        return [
          ...phases.map((phase) => [Math.round(phase.voltage * 100), phase.activePower, phase.reactivePower].join("/")),
          Math.round(frequency * 1000),
        ].join(" ");
      });
      const day = household.integrate(times[1] as number, (times[1] as number) + DAY);
      return [
        scenario,
        ...seconds,
        ...[day.forwardActive, day.reverseActive].map((e) => Math.round(e / MILLIS_PER_HOUR)),
      ];
    });
    assert.deepEqual(shown, [
      [
        "house",
        "22905/901/373 23045/945/465 22922/842/421 50013",
        "23153/-1879/353 23240/-1856/364 23155/-1939/400 49982",
        "22872/-761/-88 22841/-724/-78 22981/-753/10 50013",
        49146,
        37420,
      ],
      [
        "flat",
        "22986/37/-34 23124/110/38 23002/16/-14 50013",
        "23016/36/-32 23102/88/-39 23016/14/-12 49982",
        "22808/37/-34 22780/20/-20 22922/13/-13 50013",
        5390,
        0,
      ],
      [
        "solar",
        "22986/51/-58 23124/119/19 23002/21/-30 50013",
        "23274/-3605/744 23359/-3558/740 23275/-3636/770 49982",
        "22932/-1532/-58 22899/-1470/-64 23046/-1564/-30 50013",
        2275,
        78794,
      ],
      [
        "ev",
        "22905/888/397 23045/937/485 22922/836/438 50013",
        "23014/75/-61 23102/104/-54 23016/23/-21 49982",
        "22805/78/-64 22774/120/-59 22921/24/-22 50013",
        56098,
        0,
      ],
      [
        "quiet",
        "23000/320/-203 23000/59/-162 23000/53/-180 50000",
        "23000/320/-203 23000/59/-162 23000/53/-180 50000",
        "23000/320/-203 23000/59/-162 23000/53/-180 50000",
        10368,
        0,
      ],
      [
        "empty",
        "22988/0/0 23134/0/0 23003/0/0 50013",
        "23018/0/0 23108/0/0 23017/0/0 49982",
        "22809/0/0 22781/0/0 22923/0/0 50013",
        0,
        0,
      ],
    ]);
  });

  test("seeds differ", () => {
    const time = Date.UTC(2025, 2, 3, 18);
    const watts = Array.from(
      { length: 20 },
      (_, seed) => openHousehold({ scenario: "house", seed }).integrate(time, time + HOUR).forwardActive,
    );
    assert.equal(new Set(watts).size, 20);
  });

  test("solar exports at noon in June, imports at night, and does so on most days", () => {
    const household = openHousehold({ scenario: "solar", seed: 1 });
    const days = Array.from({ length: 30 }, (_, n) => Date.UTC(2025, 5, 1) + n * DAY);
    const noons = days.map((day) => netWatts(household, day + 10 * HOUR, day + 13 * HOUR));
    assert.ok(noons.filter((watts) => watts < -3000).length > 20, noons.map(Math.round).join(" "));
    for (const day of days) assert.ok(netWatts(household, day + 23 * HOUR, day + 26 * HOUR) > 0);
    const december = netWatts(household, Date.UTC(2025, 11, 1), Date.UTC(2025, 11, 31));
    assert.ok(december > netWatts(household, Date.UTC(2025, 5, 1), Date.UTC(2025, 6, 1)) + 1000);
  });

  test("ev charges some nights at 11 kW, never all, and nothing ever flows back", () => {
    const household = openHousehold({ scenario: "ev", seed: 1 });
    const nights = Array.from({ length: 30 }, (_, n) => {
      const midnight = Date.UTC(2025, 6, 1, 22) + n * DAY;
      return netWatts(household, midnight, midnight + HOUR / 4);
    });
    const charging = nights.filter((watts) => watts > 10_500).length;
    assert.ok(charging >= 8 && charging <= 24, nights.map(Math.round).join(" "));
    const noon = netWatts(household, Date.UTC(2025, 6, 10, 9), Date.UTC(2025, 6, 10, 12));
    assert.ok(noon < 3000, `${noon} W`);
    assert.equal(household.integrate(Date.UTC(2025, 6, 1), Date.UTC(2025, 6, 8)).reverseActive, 0);
  });

  test("a heat pump makes winter dearer than summer, and inductive", () => {
    const household = openHousehold({ scenario: "ev", seed: 3 });
    const winter = household.integrate(Date.UTC(2025, 0, 1), Date.UTC(2025, 0, 15));
    const summer = household.integrate(Date.UTC(2025, 6, 1), Date.UTC(2025, 6, 15));
    assert.ok(winter.forwardActive > summer.forwardActive + 14 * 10_000 * MILLIS_PER_HOUR);
    assert.ok(winter.importReactive > 2 * summer.importReactive);
  });

  test("people eat in the evening: dinner is the day's peak of a flat, nights are its low", () => {
    const household = openHousehold({ scenario: "flat", seed: 5 });
    const mean = (hour: number): number => {
      let sum = 0;
      for (let n = 0; n < 40; n++) {
        const start = Date.UTC(2025, 1, 3, hour) + n * DAY;
        sum += netWatts(household, start, start + HOUR);
      }
      return sum / 40;
    };
    const [night, morning, dinner] = [mean(2), mean(9), mean(17)];
    assert.ok(dinner > 2 * night && dinner > 1.5 * morning, `${night} ${morning} ${dinner}`);
    const year = household.integrate(Date.UTC(2025, 0, 1), Date.UTC(2025, 0, 31)).forwardActive / MILLIS_PER_HOUR;
    assert.ok(year > 80_000 && year < 300_000, `${year} Wh a month`);
  });

  test("quiet never changes and empty draws nothing", () => {
    const quiet = openHousehold({ scenario: "quiet", seed: 9 });
    assert.deepEqual({ ...quiet.state(0), time: 0 }, { ...quiet.state(1e12 + 1), time: 0 });
    assert.equal(quiet.integrate(500, 500 + HOUR).forwardActive, 432 * MILLIS_PER_HOUR);
    const empty = openHousehold({ scenario: "empty", seed: 9 });
    assert.deepEqual(new Set(numbersOf(empty.integrate(0, HOUR))), new Set([0]));
    for (const phase of empty.state(1e12).phases) {
      assert.equal(phase.current, 0);
      assert.notEqual(phase.voltage, 230);
    }
  });

  test("invalid options are refused in a sentence", () => {
    const household = openHousehold({ scenario: "quiet", seed: 1 });
    const refused = (call: () => unknown, code: string): void =>
      assert.throws(call, (error) => error instanceof UsageError && error.code === code);
    refused(() => household.state(Number.NaN), "time");
    refused(() => household.state(-1), "time");
    refused(() => household.integrate(2, 1), "time");
    refused(() => household.integrate(0, Infinity), "time");
    refused(() => openHousehold({ scenario: "toString" as ScenarioName, seed: 1 }), "scenario");
    refused(() => openHousehold({ scenario: "quiet", seed: 0.5 }), "seed");
    refused(() => openHousehold({ scenario: "quiet", seed: 1, latitude: 90 }), "latitude");
  });
});
