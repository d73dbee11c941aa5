/** Where the fields of the basic tables and of ET11 lie, against a second copy typed from the guides. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type AnyTable, type Leaf, leaves, misplaced, parseProfile, sizeOf } from "../../layout/index.ts";
import {
  BT00,
  BT01,
  BT15,
  BT20,
  BT21,
  BT22,
  BT23,
  BT27,
  BT28,
  BT52,
  BT53,
  BT55,
  defaultDimensions,
  ET11,
  tablesById,
} from "../index.ts";
import * as pages from "./basic-tables.vectors.ts";

const envOf = (profile: string) => defaultDimensions(parseProfile(profile));
const profiles = Object.keys(pages.et11Sizes);
const row = ({ path, offset, size, bits }: Leaf): pages.Printed =>
  bits === undefined ? [path, offset, size] : [path, offset, size, bits[0], bits[1]];

/** Factory dimensions of 3.70 with another BT21. */
const with21 = (actual: Partial<BT21>) => {
  const env = envOf("meter:3.70");
  return { ...env, BT21: { ...env.BT21, ...actual } };
};
const everyOption = { demandResetCounter: true, cumulativeDemand: true, continuousCumulativeDemand: true };

describe("fields lie where the guides print them", () => {
  const fixed: readonly (readonly [AnyTable, readonly pages.Printed[]])[] = [
    [BT00, pages.bt00],
    [BT01, pages.bt01],
    [BT15, pages.bt15],
    [BT20, pages.bt20],
    [BT21, pages.bt20],
    [BT52, pages.bt52],
    [BT53, pages.bt53],
    [BT55, pages.bt55],
  ];
  for (const [table, rows] of fixed)
    test(table.id, () => {
      for (const profile of profiles) assert.deepEqual(leaves(table, envOf(profile)).map(row), rows, profile);
    });

  test("ET11, by firmware", () => {
    for (const [profile, size] of Object.entries(pages.et11Sizes)) {
      assert.equal(sizeOf(ET11, envOf(profile)), size, profile);
      assert.deepEqual(
        leaves(ET11, envOf(profile)).map(row),
        pages.et11.filter(([, offset]) => offset < size),
        profile,
      );
    }
  });

  test("BT22, with a set of flags in two bytes", () => {
    const env = with21({ summations: 3, demands: 9, coincidents: 2 });
    assert.deepEqual(leaves(BT22, env).map(row), pages.bt22);
  });

  test("BT23, with all options and with none", () => {
    const dimensions = { summations: 2, demands: 1, coincidents: 1, occurrences: 2, tiers: 1 };
    const full = with21({ ...dimensions, ...everyOption });
    assert.deepEqual(leaves(BT23, full).map(row), pages.bt23Full);
    const bare = with21({ ...dimensions, dateTime: false });
    assert.deepEqual(leaves(BT23, bare).map(row), pages.bt23Bare);
  });

  test("BT27 and BT28", () => {
    const dimensions = { presentDemands: 2, presentValues: 2 };
    assert.deepEqual(leaves(BT27, with21(dimensions)).map(row), pages.bt27);
    assert.deepEqual(leaves(BT28, with21(dimensions)).map(row), pages.bt28);
    const timed = with21({ ...dimensions, timeRemaining: true });
    assert.deepEqual(leaves(BT28, timed).map(row), pages.bt28Timed);
    assert.deepEqual([misplaced(BT28, timed), misplaced(BT28, with21(dimensions))], [[], []]);
  });
});

describe("sizes and keys", () => {
  for (const [id, [size370, size430, read, write, page]] of Object.entries(pages.facts))
    test(`${id} (${page})`, () => {
      const table = tablesById.get(id) ?? assert.fail();
      assert.equal(sizeOf(table, envOf("meter:3.70")), size370);
      assert.equal(sizeOf(table, envOf("meter:4.30")), size430);
      assert.deepEqual(table.access, { read, write });
    });

  const actual = fc.record({
    dateTime: fc.boolean(),
    demandResetCounter: fc.boolean(),
    cumulativeDemand: fc.boolean(),
    continuousCumulativeDemand: fc.boolean(),
    timeRemaining: fc.boolean(),
    summations: fc.nat(255),
    demands: fc.nat(12),
    coincidents: fc.nat(24),
    occurrences: fc.nat(3),
    tiers: fc.nat(8),
    presentDemands: fc.nat(255),
    presentValues: fc.nat(255),
  });
  const one = (flag: boolean): number => (flag ? 1 : 0);

  test("follow the guide's formulas (pp. 209, 213, 216, 220-222)", () => {
    fc.assert(
      fc.property(actual, (b) => {
        const env = with21(b);
        const { summations: s, demands: d, coincidents: c, occurrences: o } = b;
        assert.equal(sizeOf(BT22, env), s + d + Math.floor((d + 7) / 8) + 2 * c);
        const dmdRcd =
          5 * o * one(b.dateTime) + 4 * one(b.cumulativeDemand) + 4 * one(b.continuousCumulativeDemand) + 4 * o;
        const block = 4 * s + d * dmdRcd + c * 4 * o;
        assert.equal(sizeOf(BT23, env), one(b.demandResetCounter) + (1 + b.tiers) * block);
        assert.equal(sizeOf(BT27, env), b.presentDemands + b.presentValues);
        assert.equal(sizeOf(BT28, env), (4 + 3 * one(b.timeRemaining)) * b.presentDemands + 4 * b.presentValues);
        for (const table of [BT22, BT23, BT27, BT28] as readonly AnyTable[])
          assert.deepEqual(misplaced(table, env), []);
      }),
    );
  });
});
