import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { LayoutError } from "../../errors.ts";
import { decode, encode, type Leaf, leaves, locate, misplaced, parseProfile, sizeOf } from "../../layout/index.ts";
import { defaultDimensions } from "../defaults.ts";
import { ET55 } from "./et55-meter-configuration.ts";
import {
  beforeByte127,
  beforeThresholds,
  type ColumnRow,
  factoryValues,
  factoryValuesPastA,
  type PastRow,
  pastEnergyUnit,
  pastThresholds,
  sizes,
} from "./et55-meter-configuration.vectors.ts";

/** BT20.7 has 8 in every profile here, so that one list of sizes serves. */
const envOf = (profile: string, tiers = 8) => {
  const env = defaultDimensions(parseProfile(profile));
  return { ...env, BT20: { ...env.BT20, tiers } };
};
type Row = readonly [string, number, number, ...number[]];
const rowOf = ({ path, offset, size, bits }: Leaf): Row => [path, offset, size, ...(bits ?? [])];
const bitsOf = (low?: number, high?: number): number[] => (low === undefined || high === undefined ? [] : [low, high]);
const inColumn = (rows: readonly ColumnRow[], column: 3 | 4): Row[] =>
  rows
    .map(([path, old, young, size, low, high]): Row => {
      const wider = column === 4 && path === "lcdMessageId" ? 1 : 0;
      return [path, column === 3 ? old : young, size + wider, ...bitsOf(low, high)];
    })
    .filter(([, offset]) => offset >= 0);
const from = (rows: readonly PastRow[], a: number): Row[] =>
  rows.map(([path, offset, size, low, high]) => [path, a + offset, size, ...bitsOf(low, high)]);
const thresholds = (start: number): Row[] =>
  [0, 1, 2, 3, 4, 5, 6].map((i) => [`stepTariffThresholds.${i}`, start + 4 * i, 4]);

const factory = (column: 3 | 4): Uint8Array => {
  const data = new Uint8Array(column === 3 ? 214 : 237);
  for (const [old, young, bytes] of factoryValues) {
    const offset = column === 3 ? old : young;
    if (offset !== null) data.set(bytes, offset);
  }
  for (const [offset, bytes] of factoryValuesPastA)
    if (column === 4 || offset < 40) data.set(bytes, (column === 3 ? 174 : 175) + offset);
  return data;
};

describe("ET55", () => {
  for (const [profile, size] of Object.entries(sizes)) {
    test(`has ${size} bytes on ${profile}, at the printed offsets`, () => {
      assert.equal(sizeOf(ET55, envOf(profile)), size);
      assert.deepEqual(misplaced(ET55, envOf(profile)), []);
    });
  }

  const old = inColumn(beforeByte127, 3);
  const until127 = [...old, ...inColumn(beforeThresholds, 3), ...thresholds(146), ...from(pastThresholds, 174)];
  const young = [
    ...inColumn([...beforeByte127, ...beforeThresholds], 4),
    ...thresholds(147),
    ...from([...pastThresholds, ...pastEnergyUnit], 175),
  ];
  const lists: Record<string, readonly Row[]> = {
    "meter:3.30": old,
    "module:1.11": old,
    "meter:3.70": until127,
    "module:1.20": until127,
    "meter:4.00": young,
    "meter:4.30": young,
  };
  for (const [profile, rows] of Object.entries(lists)) {
    test(`puts every leaf of ${profile} where the pages say`, () => {
      assert.deepEqual(leaves(ET55, envOf(profile)).map(rowOf), rows);
    });
  }

  test("grows by four bytes a tier", () => {
    for (const tiers of [1, 4, 8, 255]) {
      assert.equal(sizeOf(ET55, envOf("meter:3.70", tiers)), 146 + 4 * (tiers - 1) + 40);
      assert.equal(sizeOf(ET55, envOf("meter:4.30", tiers)), 147 + 4 * (tiers - 1) + 62);
      const unit = { length: 1, offset: 147 + 4 * (tiers - 1) + 39 };
      const { offset, length } = locate(ET55, ["energyRegisterUnit"], envOf("meter:4.30", tiers));
      assert.deepEqual({ offset, length }, unit);
      assert.deepEqual(misplaced(ET55, envOf("meter:4.30", tiers)), []);
    }
    assert.equal(sizeOf(ET55, envOf("meter:3.70", 0)), 146 + 40);
  });

  test("reads the factory values of a meter of 3.70", () => {
    const value = decode(ET55, factory(3), envOf("meter:3.70"));
    assert.equal(value.deltaTimeAdjustmentIncrement, 1);
    assert.equal(value.plcActiveTimeout, 60);
    assert.equal(value.phaseLossThreshold, 10);
    assert.equal(value.transformerSecondaryRatedCurrent, 1);
    assert.equal(value.generalCoverRemovedDetectionThreshold, 10);
    assert.equal(value.brokenMvConductorDetectionTimeThreshold, 600);
    assert.equal(value.zeroFaultDetectionTimeThreshold, 10);
    assert.equal(value.normalVoltageUpperLimit, 115);
    assert.equal(value.normalVoltageLowerLimit, 85);
    assert.equal(value.lowVoltageHigherLimit, 60);
    assert.equal(value.voltageFluctuationLimit, 5);
    assert.equal(value.reverseEnergyAlarmCurrentThreshold, 1000);
    assert.equal(value.stepTariffResetDay, 1);
    assert.equal(value.consecutiveRmsVoltageMainsCycles, 15);
    assert.equal(value.averageRmsVoltageSeconds, 600);
    assert.equal(value.averageRmsVoltagesForNlcNlp, 1008);
    assert.equal(value.mvdDetectionTimeUpperLimit, 180);
    assert.equal(value.mvdSwellLowThreshold, 110);
    assert.equal(value.energyRegisterUnit, 1);
    assert.equal(value.opticalSessionTimeout, undefined);
  });

  test("reads the factory values of a meter of 4.30, whose byte 4 means nothing", () => {
    const data = factory(4);
    data[4] = 9;
    const value = decode(ET55, data, envOf("meter:4.30"));
    assert.equal(value.deltaTimeAdjustmentIncrement, undefined);
    assert.deepEqual(value.reserved4, Uint8Array.of(9));
    assert.equal(value.lcdMessageId.length, 5);
    assert.equal(value.energyRegisterUnit, 1);
    assert.equal(value.opticalSessionTimeout, 600);
    assert.equal(value.opticalSessionHoldOff, 300);
    assert.equal(value.externalTamper1InUse, true);
    assert.equal(value.externalTamper2InUse, true);
    assert.equal(value.externalTamperDuration, 5);
    assert.equal(value.generalCoverRemovedDetectionThreshold2, 10);
    assert.equal(value.magneticTamperDuration, 10);
    assert.deepEqual(encode(ET55, value, envOf("meter:4.30")), data);
  });

  test("gives back the bytes that it was given, whatever they are", () => {
    for (const [profile, size] of Object.entries(sizes)) {
      const env = envOf(profile);
      fc.assert(
        fc.property(fc.uint8Array({ minLength: size, maxLength: size }), (data) => {
          assert.deepEqual(encode(ET55, decode(ET55, data, env), env), data);
        }),
        { numRuns: 20 },
      );
    }
  });

  test("refuses every other length with a LayoutError, for any number of tiers", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(sizes)),
        fc.nat(255),
        fc.uint8Array({ maxLength: 400 }),
        (profile, tiers, data) => {
          const env = envOf(profile, tiers);
          const size = sizeOf(ET55, env);
          fc.pre(data.length !== size);
          assert.throws(
            () => decode(ET55, data, env),
            (error) => error instanceof LayoutError && error.code === (data.length < size ? "truncated" : "trailing"),
          );
        },
      ),
    );
  });
});
