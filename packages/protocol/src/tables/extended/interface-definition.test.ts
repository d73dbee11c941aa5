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
  misplaced,
  parseProfile,
  sizeOf,
} from "../../layout/index.ts";
import { BT60 } from "../basic/bt60-dimension-load-profile.ts";
import { factory as loadProfile } from "../basic/load-profile.vectors.ts";
import { defaultDimensions } from "../defaults.ts";
import { adjustableLog, ET36 } from "./et36-mfg-table-actual-dimensions.ts";
import { ET42 } from "./et42-interface-definition.ts";
import { ET54 } from "./et54-meter-status.ts";
import { ET57 } from "./et57-mbus-data-type.ts";
import { ET58 } from "./et58-mbus-mep-status-extension.ts";
import { ET75 } from "./et75-primary-load-profile-channel-change-log.ts";
import * as pages from "./interface-definition.vectors.ts";

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(/\s/g, ""), "hex"));
const envOf = (name: string, multiple = true) => {
  const base = defaultDimensions(parseProfile(name));
  const status = decode(ET54, new Uint8Array(sizeOf(ET54, base)), base);
  const env = { ...base, ET54: { ...status, multipleLoadProfileSets: multiple } };
  const { et36 } = pages.factory[base.profile.firmware[0] >= 4 ? "meter:4.30" : "meter:3.70"];
  const bt60 = decode(BT60, hex(loadProfile.bt60).slice(0, sizeOf(BT60, env)), env);
  return { ...env, BT60: bt60, ET36: decode(ET36, hex(et36), {}) };
};
/** With that many entries in ET75. */
const withChanges = (name: string, currentEntries: number) => {
  const env = envOf(name);
  const logs = env.ET36.actualDimensions.map((log, i) => (i === adjustableLog.ET75 ? { ...log, currentEntries } : log));
  return { ...env, ET36: { ...env.ET36, actualDimensions: logs } };
};
const row = ({ path, offset, size, bits }: Leaf): pages.Row =>
  bits === undefined ? [path, offset, size] : [path, offset, size, ...bits];
const moved = (prefix: string, rows: readonly pages.Row[], by: number): pages.Row[] =>
  rows.map(([path, offset, ...rest]) => [`${prefix}${path}`, offset + by, ...rest]);
const repeated = (list: string, rows: readonly pages.Row[], count: number, stride: number): pages.Row[] =>
  Array.from({ length: count }, (_, i) => moved(`${list}.${i}.`, rows, i * stride)).flat();
const noise = (seed: number, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => Math.imul(seed + i, 0x9e3779b1) >>> 24);

describe("ET36", () => {
  for (const [name, { et36 }] of Object.entries(pages.factory))
    test(`of ${name} leaves the factory with seven logs in 121 bytes`, () => {
      const data = hex(et36);
      assert.equal(data.length, 121);
      const value = decode(ET36, data, {});
      assert.equal(value.count, 7);
      assert.deepEqual(
        value.actualDimensions.map((log) => [log.tableNumber, log.extendedTable, log.entrySize, log.maxEntries]),
        [
          [31, true, 232, 255],
          [32, true, 525, 255],
          [38, true, 35, 255],
          [41, true, 0, 255],
          [45, true, 525, 253],
          [75, true, name === "meter:3.70" ? 143 : 159, 253],
          [81, true, 12, 253],
        ],
      );
      assert.deepEqual(
        value.actualDimensions.map(({ currentEntries }) => currentEntries),
        [2, 8, 10, 0, 4, 0, 10],
      );
      assert.deepEqual(
        value.actualDimensions.map(({ lengthIncluded }) => lengthIncluded),
        [false, true, false, true, true, false, false],
      );
      assert.deepEqual(encode(ET36, value, {}), data);
    });

  test("puts its fields where the page prints them, and the bitmap after 17 bytes an entry", () => {
    const data = hex(pages.factory["meter:3.70"].et36);
    const rows = [
      ["count", 0, 1],
      ...repeated("actualDimensions", pages.et36Log, 7, 17),
      ["unreadEntriesBitmap", 120, 1],
    ];
    assert.deepEqual(leaves(ET36, {}, "all", decode(ET36, data, {})).map(row), rows);
  });

  test("has a bitmap of ((count - 1) div 8) + 1 bytes", () => {
    for (const [count, length] of [
      [1, 19],
      [8, 138],
      [9, 156],
      [16, 275],
      [17, 293],
    ] as const) {
      const data = new Uint8Array(length);
      data[0] = count;
      assert.equal(decode(ET36, data, {}).actualDimensions.length, count);
      assert.throws(() => decode(ET36, data.subarray(1), {}), LayoutError);
    }
  });
});

describe("ET42", () => {
  for (const [name, { et42 }] of Object.entries(pages.factory))
    test(`of ${name} leaves the factory with 102 bytes`, () => {
      const env = envOf(name);
      const data = hex(et42);
      assert.equal(data.length, 102);
      const value = decode(ET42, data, env);
      assert.deepEqual([value.tableLength, value.fixedSectionLength, value.logListSize], [102, 41, 7]);
      assert.equal(value.billingLoadProfileFormat2 && value.unreadLogEntriesBitmapEnabled, true);
      assert.equal(value.summations, env.BT21.summations);
      assert.equal(value.presentValues, env.BT21.presentValues);
      assert.equal(value.tierSize, 4 * env.BT21.summations);
      assert.deepEqual([value.blockSize, value.blocks, value.channels, value.intervalsPerBlock], [1841, 60, 4, 96]);
      assert.deepEqual([value.intervalDuration, value.intervalSize], [15, 19]);
      assert.deepEqual([value.historyLogCount, value.historyLogEntrySize], [100, 2]);
      assert.deepEqual(
        value.logs.map(({ count, entrySize }) => [count, entrySize]),
        env.ET36.actualDimensions.map(({ currentEntries, entrySize }) => [currentEntries, entrySize]),
      );
      assert.deepEqual([value.demandSources, value.coincidentSources], [[], []]);
      assert.deepEqual(value.loadProfileExtendedSources, [0, 1, 2, 3]);
      assert.deepEqual(value.mdttEntries, [{ entryType: 1, mdt: 1, special: false, drh: [0x0c, 0x93, 0x3a] }]);
      assert.deepEqual([value.dataSet2Active, value.dataSet3Active, value.dataSet4Active], [true, false, false]);
      const second = value.dataSets?.[0];
      assert.equal(value.dataSets?.length, 1);
      assert.deepEqual([second?.blockSize, second?.blocks, second?.intervalsPerBlock], [248, 30, 24]);
      assert.deepEqual(second?.loadProfileExtendedSources, [0, 0x4001]);
      assert.deepEqual([value.requiredSectionLength, value.et74EntryCount, value.et77EntryCount], [8, 8, 0]);
      assert.deepEqual([value.et79EntryCount, value.energyRegisterUnit, value.accumulatorRolloverDigit], [50, 1, 9]);
      assert.deepEqual(encode(ET42, value, env), data);
    });

  const head = (counts: { length: number; demands: number; coincidents: number; channels: number }): Uint8Array => {
    const data = new Uint8Array(41);
    data[0] = counts.length & 255;
    data[1] = counts.length >> 8;
    data[2] = 41;
    data[3] = 7;
    data[13] = counts.demands;
    data[14] = counts.coincidents;
    data[29] = counts.channels;
    return data;
  };
  const joined = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));
  /** Fields up to the mask as in `et42Variable`, then data sets of these channels, then the required section. */
  const sample = (channels: readonly number[], required: readonly number[]): Uint8Array => {
    const sets = channels.map((count) => {
      const set = new Uint8Array(14 + 2 * count).fill(7);
      set[6] = count;
      return set;
    });
    const middle = new Uint8Array(36);
    middle[71 - 41] = 1;
    const data = joined(middle, ...sets, Uint8Array.from(required));
    const length = 41 + data.length;
    return joined(head({ length, demands: 2, coincidents: 3, channels: 2 }), data);
  };
  const required370 = [8, 1, 0, 2, 3, 0, 10, 9];

  test("puts its fields where the pages print them", () => {
    const env = envOf("meter:3.70");
    const data = sample([3], required370);
    const value = decode(ET42, data, env);
    const spans = annotate(ET42, data, env).spans.map((s) =>
      row({ ...s, offset: s.start, size: s.end - s.start } as never),
    );
    const rows = [
      ...pages.et42Fixed,
      ...pages.et42Variable,
      ...moved("dataSets.0.", pages.et42Set, 77),
      ["dataSets.0.loadProfileExtendedSources.0", 91, 2],
      ["dataSets.0.loadProfileExtendedSources.1", 93, 2],
      ["dataSets.0.loadProfileExtendedSources.2", 95, 2],
      ...moved("", pages.et42Required, 97),
    ];
    assert.deepEqual(spans, rows);
    // Without a value the places after the counts are not known.
    assert.deepEqual(leaves(ET42, env).map(row), pages.et42Fixed);
    assert.deepEqual(leaves(ET42, env, "all", value).map(row), rows);
    assert.deepEqual(misplaced(ET42, env), []);
  });

  test("tells data sets that are left out from ones without channels", () => {
    const env = envOf("meter:4.30");
    for (const channels of [[], [1], [0, 4, 0], [2, 3], [16, 16, 16]]) {
      const data = sample(channels, required370);
      const value = decode(ET42, data, env);
      assert.deepEqual(
        value.dataSets?.map((set) => set.channels),
        channels,
      );
      assert.equal(value.accumulatorRolloverDigit, 9);
      assert.deepEqual(encode(ET42, value, env), data);
    }
  });

  test("has 146 bytes with 4 channels, 3 data types and 3 further data sets of 2 channels", () => {
    const length = 41 + 3 * 7 + 2 * 4 + 1 + 4 * 3 + 1 + 3 * (14 + 2 * 2) + 8;
    assert.equal(length, 146);
    const data = new Uint8Array(length);
    data.set(head({ length, demands: 0, coincidents: 0, channels: 4 }));
    data[41 + 21 + 8] = 3;
    for (const i of [0, 1, 2]) data[84 + 18 * i + 6] = 2;
    data[138] = 8;
    const value = decode(ET42, data, envOf("meter:3.70"));
    assert.deepEqual(
      value.dataSets?.map((set) => set.channels),
      [2, 2, 2],
    );
    assert.equal(value.requiredSectionLength, 8);
  });

  test("ends earlier on older firmware and without multiple data sets", () => {
    const single = sample([], []).subarray(0, 76);
    for (const [name, multiple, data] of [
      ["meter:3.10", true, single],
      ["meter:3.40", true, single],
      ["module:1.11", true, single],
      ["meter:3.50", false, single],
      ["meter:3.50", true, sample([4], [])],
      ["meter:3.60", true, sample([4, 1], [3, 5, 0])],
      ["meter:3.60", false, joined(single, Uint8Array.of(3, 5, 0))],
      ["module:1.20", true, sample([4], required370)],
      ["module:1.32", false, joined(single, Uint8Array.from(required370))],
      ["meter:4.00", false, joined(single, Uint8Array.from(required370))],
    ] as const) {
      const env = envOf(name, multiple);
      const value = decode(ET42, data, env);
      assert.deepEqual(encode(ET42, value, env), Uint8Array.from(data), name);
      assert.equal(
        "requiredSectionLength" in value,
        !["meter:3.10", "meter:3.40", "module:1.11", "meter:3.50"].includes(name),
        name,
      );
    }
  });

  test("keeps what newer firmware adds to the fixed section", () => {
    const env = envOf("meter:3.70", false);
    const old = sample([], []).subarray(0, 76);
    const data = joined(old.subarray(0, 41), Uint8Array.of(1, 2), old.subarray(41), Uint8Array.from(required370));
    data[2] = 43;
    const value = decode(ET42, data, env);
    assert.deepEqual(value.fixedTail, Uint8Array.of(1, 2));
    assert.equal(value.mdttCurrentEntries, 1);
    assert.deepEqual(encode(ET42, value, env), data);
  });

  test("whose lengths contradict its contents is refused", () => {
    const env = envOf("meter:3.70");
    const good = sample([2], required370);
    const change = (index: number, by: number): Uint8Array => {
      const data = good.slice();
      data[index] = (data[index] as number) + by;
      return data;
    };
    assert.doesNotThrow(() => decode(ET42, good, env));
    for (const data of [change(0, 1), change(0, -1), change(0, -60), change(2, -1), change(77 + 6, 1), change(95, -1)])
      assert.throws(() => decode(ET42, data, env), { name: "LayoutError" });
  });
});

describe("ET57, ET58 and ET75", () => {
  test("lie where the pages print them", () => {
    for (const name of ["meter:3.30", "meter:3.70", "meter:4.30", "module:1.20"]) {
      const env = envOf(name);
      assert.deepEqual(leaves(ET57, env).map(row), repeated("entries", pages.et57Entry, 16, 4));
      const devices = name === "meter:4.30" ? 6 : 5;
      assert.deepEqual(leaves(ET58, env).map(row), repeated("devices", pages.et58Entry, devices, 20));
    }
    for (const [name, column] of [
      ["meter:3.70", pages.et75First.others],
      ["module:1.31", pages.et75First.others],
      ["meter:4.30", pages.et75First.generation4],
    ] as const) {
      const env = withChanges(name, 2);
      assert.deepEqual(misplaced(ET75, env), []);
      const found = leaves(ET75, env).map(row);
      assert.deepEqual(found.slice(0, pages.et75Head.length), pages.et75Head);
      const byPath = new Map(found.map((leaf) => [leaf[0], leaf]));
      const stride = name === "meter:4.30" ? 159 : 143;
      for (const expected of [...repeated("entries", column, 2, stride)])
        assert.deepEqual(byPath.get(expected[0]), expected);
    }
  });

  test("have their documented sizes", () => {
    for (const [name, et58, et75] of [
      ["meter:3.60", 100, 578],
      ["meter:3.70", 100, 578],
      ["module:1.31", 100, 578],
      ["meter:4.00", 120, 642],
      ["meter:4.30", 120, 642],
    ] as const) {
      const env = withChanges(name, 4);
      assert.deepEqual([sizeOf(ET57, env), sizeOf(ET58, env), sizeOf(ET75, env)], [64, et58, et75], name);
      // The record as declared fills the entry that ET36 reports, to the byte.
      const data = new Uint8Array(et75).fill(0xff);
      assert.deepEqual(Object.keys(decode(ET75, data, env).entries[0] ?? {}).includes("tail"), false, name);
    }
  });

  test("follow the dimensions of the device", () => {
    const env = envOf("meter:3.70");
    assert.equal(sizeOf(ET57, { ...env, ET11: { ...env.ET11, et57EntryCount: 5 } }), 20);
    const wide = env.ET36.actualDimensions.map((log) => ({ ...log, currentEntries: 3, entrySize: 150 }));
    assert.equal(sizeOf(ET75, { ...env, ET36: { ...env.ET36, actualDimensions: wide } }), 456);
    assert.throws(
      () => sizeOf(ET75, { ...env, ET36: { ...env.ET36, actualDimensions: [] } }),
      /ET36\.actualDimensions\.5\.currentEntries/,
    );
  });

  test("hold the values of the factory and of the guide's example (pp. 39-40)", () => {
    const env = envOf("meter:3.70");
    const types = new Uint8Array(64);
    types.set([0x05, 0x0c, 0x93, 0x3a]);
    const [first, second] = decode(ET57, types, env).entries;
    assert.deepEqual(first, { entryType: 1, mdt: 1, special: false, drh: [0x0c, 0x93, 0x3a] });
    assert.deepEqual(second, { entryType: 0, mdt: 0, special: false, drh: [0, 0, 0] });
    const changes = withChanges("meter:4.30", 1);
    const data = new Uint8Array(165);
    data.set([0x04, 1, 0, 7, 0, 1, 26, 3, 1, 0, 15, 0x01, 0x40]);
    data.set([...Buffer.from("CH01 "), 2, 0x82 | (7 << 3)], 53);
    const log = decode(ET75, data, changes);
    assert.deepEqual([log.listType, log.validEntries, log.lastEntrySequenceNumber, log.unreadEntries], [true, 1, 7, 1]);
    const [entry] = log.entries;
    assert.deepEqual(entry?.timestamp, { year: 26, month: 3, day: 1, hour: 0, minute: 15 });
    assert.deepEqual([entry?.extendedSourceIds.length, entry?.extendedSourceIds[0]], [16, 0x4001]);
    assert.deepEqual(entry?.displayConfiguration[0], {
      idCode: "CH01",
      idDpState: 2,
      fieldsAfterDp: 2,
      fieldsBeforeDp: 7,
      zeroSuppression: true,
    });
  });
});

describe("whatever a device sends", () => {
  const tables: readonly AnyTable[] = [ET36, ET42, ET57, ET58, ET75];
  const names = ["meter:3.10", "meter:3.50", "meter:3.60", "meter:4.30", "module:1.32"];

  test("is a value that encodes to the same bytes, or a LayoutError", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.boolean(),
        fc.integer(),
        fc.nat(700),
        (name, multiple, seed, length) => {
          const env = { ...withChanges(name, 2), ...(multiple ? {} : { ET54: envOf(name, false).ET54 }) };
          for (const table of tables)
            try {
              const data = noise(seed, length);
              const value: unknown = decode(table, data, env, { trailing: "keep" });
              const written = encode(table, value, env);
              assert.deepEqual(written, data.slice(0, written.length), table.id);
            } catch (error) {
              assert.ok(error instanceof LayoutError, String(error));
            }
        },
      ),
      { numRuns: 200 },
    );
  });

  test("fills tables of a known size to the last byte", () => {
    fc.assert(
      fc.property(fc.constantFrom("meter:3.60", "meter:4.30", "module:1.31"), fc.integer(), (name, seed) => {
        const env = withChanges(name, 3);
        for (const table of [ET57, ET58, ET75] as AnyTable[]) {
          const data = noise(seed, sizeOf(table, env));
          assert.deepEqual(encode(table, decode(table, data, env), env), data, table.id);
          assert.deepEqual(annotate(table, data, env).unknown, [], table.id);
        }
      }),
      { numRuns: 30 },
    );
  });
});
