import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { LayoutError } from "../../errors.ts";
import { decode, encode, type Leaf, leaves, locate, misplaced, parseProfile, sizeOf } from "../../layout/index.ts";
import { ET04 } from "./et04-system-information.ts";
import type { Printed } from "./et04-system-information.vectors.ts";
import { ET09 } from "./et09-power-quality.ts";
import {
  drpDrc,
  from212,
  from310,
  from410,
  from421,
  outage,
  sizes,
  statistics,
  thdEvent,
  thdRecord,
  thresholds,
} from "./et09-power-quality.vectors.ts";

const et04 = decode(ET04, new Uint8Array(123), { profile: parseProfile("meter:3.30") });
const envOf = (profile: string, maxPowerOutagesRecorded = 10) => ({
  profile: parseProfile(profile),
  ET04: { ...et04, maxPowerOutagesRecorded },
});
const row = ({ path, offset, size, bits }: Leaf): Printed =>
  bits === undefined ? [path, offset, size] : [path, offset, size, [...bits]];
const moved = (prefix: string, by: number, rows: readonly Printed[]): Printed[] =>
  rows.map(([path, offset, size, bits]) =>
    bits === undefined ? [prefix + path, offset + by, size] : [prefix + path, offset + by, size, bits],
  );
const times = (count: number, rowsOf: (i: number) => readonly Printed[]): Printed[] =>
  Array.from({ length: count }, (_, i) => rowsOf(i)).flat();

/** Every leaf of a table with `count` outages whose size formula gives `past` bytes beside them. */
const printed = (past: number, count: number): Printed[] => {
  const p = 18 * count;
  const thd = times(3, (i) => [
    ...moved(`thdRecords.${i}.`, p + 70 * i, thdRecord),
    ...times(3, (phase) => moved(`thdRecords.${i}.events.${phase}.`, p + 70 * i + 22 * phase, thdEvent)),
  ]);
  return [
    ...thresholds,
    ...times(count, (i) => moved(`powerOutages.${i}.`, 18 * i, outage)),
    ...moved("", p, statistics),
    ...(past >= 144 ? moved("", p, from212) : []),
    ...(past >= 357 ? [...moved("", p, from310), ...thd] : []),
    ...(past >= 477 ? times(12, (i) => moved(`drpDrcEvents.${i}.`, p + 357 + 10 * i, drpDrc)) : []),
    ...(past >= 518 ? moved("", p + 477, from410) : []),
    ...(past >= 519 ? moved("", p + 477, from421) : []),
  ];
};

describe("ET09", () => {
  for (const [profile, past] of Object.entries(sizes))
    test(`has the bytes of ${profile} where the pages print them`, () => {
      for (const count of [0, 1, 10]) {
        const env = envOf(profile, count);
        assert.equal(sizeOf(ET09, env), 18 * count + past);
        assert.deepEqual(misplaced(ET09, env), []);
        assert.deepEqual(leaves(ET09, env).map(row), printed(past, count));
      }
    });

  test("has the sizes of the example meters", () => {
    assert.equal(sizeOf(ET09, envOf("meter:3.70")), 657);
    assert.equal(sizeOf(ET09, envOf("meter:4.30")), 699);
  });

  test("reads outages, distortion, critical voltage and the factory values", () => {
    const env = envOf("meter:4.30");
    const data = new Uint8Array(699);
    const put = (offset: number, ...bytes: number[]) => data.set(bytes, offset);
    put(3, 10, 10);
    // The second outage: 2024-02-01 12:30:15 for 3600 s after a power failure.
    put(6 + 18, 24, 2, 1, 12, 30, 15, 3, 0, 24, 2, 1, 11, 30, 15, 0x10, 0x0e, 0, 0);
    put(180 + 54, 0x40, 0xc3, 0, 0);
    put(180 + 86, 0b101);
    put(180 + 119, 0xf0, 0xd8, 0xff, 0xff);
    put(180 + 144, 2);
    // The last phase of the last kind: its 18 described bytes end 4 bytes before A.
    put(180 + 357 - 22, 7, 0);
    put(180 + 357 + 110, 0x7b, 0);
    put(180 + 477, 60, 0, 255);
    put(180 + 516, 0x58, 2, 1);
    const value = decode(ET09, data, env);
    assert.deepEqual([value.sag1Threshold, value.surgeThreshold], [10, 10]);
    assert.deepEqual(value.powerOutages[1], {
      powerOn: { year: 24, month: 2, day: 1, hour: 12, minute: 30, second: 15 },
      resetCause: 3,
      powerOff: { year: 24, month: 2, day: 1, hour: 11, minute: 30, second: 15 },
      powerOffDuration: 3600,
    });
    assert.equal(value.minFrequency, 49984);
    assert.deepEqual([value.phaseL1Loss, value.phaseL2Loss, value.phaseL3Loss], [true, false, true]);
    assert.equal(value.l3MostRecentSag1Voltage, -10000);
    assert.equal(value.powerUpQualityHoldTime, 2);
    assert.equal(value.thdRecords?.[2]?.events[2]?.eventCount, 7);
    assert.equal(value.drpDrcEvents?.[11]?.drp, 123);
    assert.deepEqual([value.sag2TimeThreshold, value.sag2Threshold], [60, 255]);
    assert.equal(value.averageCurrentCalculationInterval, 600);
    assert.equal(value.earlySagSurgeEvent, true);
    assert.deepEqual(encode(ET09, value, env), data);
  });

  test("gives the place of a single outage and of one phase", () => {
    const env = envOf("meter:3.70");
    const { offset, length } = locate(ET09, ["powerOutages", 3], env);
    assert.deepEqual([offset, length], [60, 18]);
    assert.equal(locate(ET09, ["thdRecords", 1, "events", 2, "maxThd"], env).offset, 180 + 147 + 70 + 4 + 44 + 8);
    assert.throws(() => locate(ET09, ["powerOutages", 10], env), LayoutError);
    assert.throws(() => locate(ET09, ["sag2Threshold"], env), LayoutError);
    assert.throws(() => locate(ET09, ["drpDrcEvents", 0], envOf("module:1.32")), LayoutError);
  });

  test("gives back any bytes of the right length, and refuses others", () => {
    const cases = fc.tuple(fc.constantFrom(...Object.entries(sizes)), fc.nat(12), fc.integer({ min: -3, max: 3 }));
    fc.assert(
      fc.property(cases, fc.infiniteStream(fc.nat(255)), ([[profile, past], count, more], stream) => {
        const env = envOf(profile, count);
        const data = Uint8Array.from(stream.take(18 * count + past + more));
        if (more === 0) assert.deepEqual(encode(ET09, decode(ET09, data, env), env), data);
        else
          assert.throws(
            () => decode(ET09, data, env),
            (error) => error instanceof LayoutError && error.code === (more < 0 ? "truncated" : "trailing"),
          );
      }),
      { numRuns: 60 },
    );
  });

  test("needs no more than a moment for the most outages that a device may claim", () => {
    const env = envOf("meter:4.30", 255);
    assert.equal(sizeOf(ET09, env), 255 * 18 + 519);
    assert.throws(() => decode(ET09, new Uint8Array(700), env), LayoutError);
  });
});
