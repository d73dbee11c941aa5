import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { LayoutError } from "../../errors.ts";
import { annotate } from "../../layout/annotate.ts";
import {
  type AnyTable,
  decode,
  encode,
  type Leaf,
  leaves,
  locate,
  misplaced,
  parseProfile,
  sizeOf,
} from "../../layout/index.ts";
import { defaultDimensions } from "../defaults.ts";
import { ET21 } from "../extended/et21-load-profile-internal-configuration.ts";
import { ET54 } from "../extended/et54-meter-status.ts";
import { ET66 } from "../extended/et66-load-profile-source-id-mapping.ts";
import { BT60 } from "./bt60-dimension-load-profile.ts";
import { BT61 } from "./bt61-actual-load-profile.ts";
import { BT62 } from "./bt62-load-profile-control.ts";
import { BT63 } from "./bt63-load-profile-status.ts";
import { BT64 } from "./bt64-load-profile-data-set-1.ts";
import { BT65 } from "./bt65-load-profile-data-set-2.ts";
import { BT66 } from "./bt66-load-profile-data-set-3.ts";
import { BT67 } from "./bt67-load-profile-data-set-4.ts";
import * as pages from "./load-profile.vectors.ts";
import { channelStatus, intervalStatus } from "./load-profile-data.ts";

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));
type DataSet = BT61["dataSets"][number];
const day: DataSet = { blocks: 60, intervals: 96, channels: 4, maximumIntervalTime: 15 };

/** Factory dimensions; `dataSets` and `flags` replace those of BT60 and BT61. */
const envOf = (name: string, dataSets?: readonly DataSet[], flags: Partial<BT61> = {}) => {
  const profile = parseProfile(name);
  const base = defaultDimensions(profile);
  const status = new Uint8Array(sizeOf(ET54, base));
  // ET54.0: billing format 2, multiple data sets, energy units.
  status[0] = 0x46;
  const env = { ...base, ET54: decode(ET54, status, base) };
  const [head60, head61] = [pages.factory.bt60, pages.factory.bt61].map(hex) as [Uint8Array, Uint8Array];
  const size = sizeOf(BT60, env);
  const bt60 = { ...decode(BT60, head60.slice(0, size), env), ...flags };
  const bt61 = { ...decode(BT61, head61.slice(0, size), env), ...flags };
  return { ...env, BT60: bt60, BT61: dataSets === undefined ? bt61 : { ...bt61, dataSets: [...dataSets] } };
};
const row = ({ path, offset, size, bits }: Leaf): pages.Row =>
  bits === undefined ? [path, offset, size] : [path, offset, size, ...bits];
const moved = (prefix: string, rows: readonly pages.Row[], by: number): pages.Row[] =>
  rows.map(([path, offset, ...rest]) => [`${prefix}${path}`, offset + by, ...rest]);
const sets = (rows: readonly pages.Row[], count: number, stride: number): pages.Row[] =>
  Array.from({ length: count }, (_, i) => moved(`dataSets.${i}.`, rows, i * stride)).flat();

const profiles = Object.keys(pages.et21Sizes);
const setsOf = (name: string): number => (pages.et21Sizes[name] === 131 ? 4 : 1);

describe("fields lie where the pages print them", () => {
  for (const name of profiles)
    test(`BT60, BT61, BT63, ET21 and ET66 on ${name}`, () => {
      const env = envOf(name);
      const count = setsOf(name);
      for (const table of [BT60, BT61])
        assert.deepEqual(leaves(table, env).map(row), [...pages.bt60Head, ...sets(pages.bt60Set, count, 6)]);
      assert.deepEqual(leaves(BT63, env).map(row), sets(pages.bt63Set, count, 13));
      const stride = pages.et21Sizes[name] as number;
      const entry = pages.et21Set.filter(([, offset]) => offset < stride);
      assert.deepEqual(leaves(ET21, env).map(row), sets(entry, count, stride));
      assert.deepEqual(
        leaves(ET66, env).map(({ offset }) => offset),
        Array.from({ length: 16 * count }, (_, i) => 2 * i),
      );
      for (const table of [BT60, BT61, BT62, BT63, ET21, ET66, BT64] as AnyTable[])
        assert.deepEqual(misplaced(table, env), [], table.id);
    });

  test("BT62, without and with scalars", () => {
    const two: DataSet = { ...day, channels: 2 };
    const env = envOf("meter:3.70", [two, two]);
    const oneSet = { ...env, ET54: { ...env.ET54, multipleLoadProfileSets: false } };
    assert.deepEqual(leaves(BT62, oneSet).map(row), sets(pages.bt62Two, 1, 0));
    const scaled = { ...oneSet, BT60: { ...env.BT60, set1ScalarDivisorEnable: true } };
    assert.deepEqual(leaves(BT62, scaled).map(row), sets([...pages.bt62Two, ...pages.bt62Scaled], 1, 0));
    assert.deepEqual(misplaced(BT62, scaled), []);
  });

  test("BT62, scalars in one data set only", () => {
    const env = envOf("meter:3.70");
    for (const [flag, channels] of [
      ["set1ScalarDivisorEnable", 4],
      ["set2ScalarDivisorEnable", 2],
      ["set3ScalarDivisorEnable", 0],
      ["set4ScalarDivisorEnable", 0],
    ] as const)
      assert.equal(sizeOf(BT62, { ...env, BT60: { ...env.BT60, [flag]: true } }), 22 + 4 * channels, flag);
  });

  test("BT64, without and with end readings", () => {
    const three: DataSet = { blocks: 2, intervals: 2, channels: 3, maximumIntervalTime: 60 };
    const bare = envOf("meter:3.70", [three]);
    const blocks = (rows: readonly pages.Row[], size: number) => [
      ...moved("blocks.0.", rows, 0),
      ...moved("blocks.1.", rows, size),
    ];
    assert.deepEqual(leaves(BT64, bare).map(row), blocks(pages.bt64Block, 34));
    const full = envOf("meter:3.70", [three], { endReadingSupported: true });
    const [end, ...rest] = pages.bt64Block as [pages.Row, ...pages.Row[]];
    assert.deepEqual(leaves(BT64, full).map(row), blocks([end, ...pages.bt64EndReadings, ...moved("", rest, 12)], 46));
    assert.deepEqual([misplaced(BT64, bare), misplaced(BT64, full)], [[], []]);
  });
});

describe("sizes", () => {
  const full = [day, day, day, day];
  for (const name of ["meter:3.70", "meter:4.30"])
    test(`of ${name} with four full data sets`, () => {
      const env = envOf(name, full);
      const expected: [AnyTable, number][] = [
        [BT60, 31],
        [BT61, 31],
        [BT62, 52],
        [BT63, 52],
        [BT64, 110_460],
        [BT65, 110_460],
        [BT66, 110_460],
        [BT67, 110_460],
        [ET21, 524],
        [ET66, 128],
      ];
      for (const [table, size] of expected) assert.equal(sizeOf(table, env), size, table.id);
    });

  test("without multiple data sets, by firmware or by ET54", () => {
    const env = envOf("meter:3.40");
    const without = envOf("module:1.20");
    const module = { ...without, ET54: { ...without.ET54, multipleLoadProfileSets: false } };
    for (const [given, entry] of [
      [env, 107],
      [module, 131],
    ] as const)
      assert.deepEqual(
        [sizeOf(BT60, given), sizeOf(BT61, given), sizeOf(BT63, given), sizeOf(ET21, given)],
        [13, 13, 13, entry],
      );
    assert.equal(sizeOf(ET66, env), 32);
    assert.throws(() => sizeOf(BT65, env), LayoutError);
  });

  test("follow the arithmetic of blocks (pp. 37 and 245)", () => {
    fc.assert(
      fc.property(fc.nat(400), fc.nat(1440), fc.nat(16), fc.boolean(), (blocks, intervals, channels, ends) => {
        const set: DataSet = { blocks, intervals, channels, maximumIntervalTime: 15 };
        const env = envOf("meter:3.70", [day, day, set], { endReadingSupported: ends });
        const interval = Math.floor(channels / 2) + 1 + 4 * channels;
        const header = 5 + (ends ? 4 * channels : 0) + Math.floor((intervals + 7) / 8);
        const block = header + intervals * interval;
        assert.equal(sizeOf(BT66, env), blocks * block);
        if (blocks === 0 || intervals === 0) return;
        const last = locate(BT66, ["blocks", blocks - 1, "intervals", intervals - 1], env);
        assert.equal(last.offset, (blocks - 1) * block + header + (intervals - 1) * interval);
        assert.equal(last.length, interval);
      }),
    );
  });
});

describe("values", () => {
  test("of the factory", () => {
    const env = envOf("meter:3.70");
    assert.equal(env.BT60.memoryLength, 104_832);
    assert.deepEqual(env.BT60.dataSets[3], { blocks: 9530, intervals: 1440, channels: 16, maximumIntervalTime: 255 });
    assert.equal(env.BT60.extendedIntervalStatus && env.BT60.simpleIntervalStatus && env.BT60.int32Supported, true);
    assert.equal(env.BT60.int16Supported || env.BT60.niFmat1Supported || env.BT60.endReadingSupported, false);
    assert.deepEqual(env.BT61.dataSets, [
      day,
      { blocks: 30, intervals: 24, channels: 2, maximumIntervalTime: 60 },
      { blocks: 0, intervals: 0, channels: 0, maximumIntervalTime: 0 },
      { blocks: 0, intervals: 0, channels: 0, maximumIntervalTime: 0 },
    ]);
    const control = decode(BT62, hex(pages.factory.bt62), env);
    assert.deepEqual(
      control.dataSets.map(({ channelSettings, format }) => [format, channelSettings.map((c) => c.intervalSource)]),
      [
        [32, [0, 1, 2, 3]],
        [32, [0, 0x70]],
        [32, []],
        [32, []],
      ],
    );
    assert.deepEqual([sizeOf(BT64, env) / 60, sizeOf(BT65, env) / 30], [1841, 248]);
    assert.deepEqual([sizeOf(BT66, env), sizeOf(BT67, env)], [0, 0]);
    const sources = new Uint8Array(128);
    sources.set([0x01, 0x40]);
    const mapped = decode(ET66, sources, env).extendedSourceIds;
    assert.deepEqual([mapped.length, mapped[0]?.length, mapped[0]?.[0]], [4, 16, 0x4001]);
  });

  test("of a block: status nibbles from the high half on (p. 246)", () => {
    const set: DataSet = { blocks: 1, intervals: 2, channels: 2, maximumIntervalTime: 15 };
    const env = envOf("meter:3.70", [set]);
    const data = hex("1a0a190200 01 32f0 e8030000 ffffffff 0000 0000000000000000");
    const [block] = decode(BT64, data, env).blocks;
    assert.deepEqual(block?.endTime, { year: 26, month: 10, day: 25, hour: 2, minute: 0 });
    assert.deepEqual(block?.simpleStatus, Uint8Array.of(1));
    const first = block?.intervals[0];
    const [common = 0, ...channels] = first?.extendedStatus ?? [];
    assert.equal(common, intervalStatus.daylightSaving | intervalStatus.powerFail);
    // Two channels leave the last half byte unused.
    assert.deepEqual(channels, [channelStatus.partialInterval, channelStatus.placeholder, 0]);
    assert.deepEqual(first?.values, [1000, -1]);
    assert.deepEqual(encode(BT64, { blocks: block === undefined ? [] : [block] }, env), data);
  });

  test("of one block alone, for a partial read", () => {
    const env = envOf("meter:4.30");
    const place = locate(BT64, ["blocks", 7], env);
    assert.deepEqual([place.offset, place.length], [7 * 1841, 1841]);
    const data = Uint8Array.from({ length: 1841 }, (_, i) => (i * 31) & 255);
    assert.deepEqual(place.encode(place.decode(data)), data);
    assert.deepEqual(locate(BT64, ["blocks", 7, "simpleStatus"], env).offset, 7 * 1841 + 5);
    assert.deepEqual(locate(BT64, ["blocks", 7, "intervals", 0, "values", 0], env).offset, 7 * 1841 + 5 + 12 + 3);
  });
});

describe("whatever a device sends", () => {
  const small: DataSet = { blocks: 2, intervals: 3, channels: 5, maximumIntervalTime: 15 };
  const tables: readonly AnyTable[] = [BT60, BT61, BT62, BT63, BT64, BT65, BT66, BT67, ET21, ET66];

  test("bytes of the right size encode to themselves and are annotated to the last", () => {
    fc.assert(
      fc.property(fc.constantFrom("meter:3.30", "meter:4.30"), fc.integer(), fc.boolean(), (name, seed, ends) => {
        const env = envOf(name, [small, small, small, small], {
          endReadingSupported: ends,
          set1ScalarDivisorEnable: ends,
        });
        for (const table of tables) {
          const data = Uint8Array.from(
            { length: sizeOf(table, env) },
            (_, i) => Math.imul(seed + i, 0x9e3779b1) >>> 24,
          );
          assert.deepEqual(encode(table, decode(table, data, env), env), data, table.id);
          const { unknown, problem } = annotate(table, data, env);
          assert.deepEqual([unknown, problem], [[], undefined], table.id);
        }
      }),
      { numRuns: 20 },
    );
  });

  test("any bytes under any dimensions give a value or a LayoutError", () => {
    const count = fc.constantFrom(0, 1, 2, 255, 65_535);
    const set = fc.record({ blocks: count, intervals: count, channels: fc.nat(255), maximumIntervalTime: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(set, { maxLength: 4 }), fc.uint8Array({ maxLength: 300 }), (dataSets, data) => {
        const env = envOf("meter:3.70", dataSets);
        for (const table of tables)
          try {
            const value: unknown = decode(table, data, env);
            assert.deepEqual(encode(table, value, env), data);
          } catch (error) {
            assert.ok(error instanceof LayoutError, String(error));
          }
      }),
    );
  });

  test("a device that never sent BT61's entry is told from one without blocks", () => {
    assert.throws(() => sizeOf(BT67, envOf("meter:3.70", [day])), /BT61\.dataSets\.3\.blocks/);
  });
});
