import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { toHex } from "@meterport/protocol/bytes";
import { type AnyTable, decode, parseProfile, sizeOf, tableExists } from "@meterport/protocol/layout/index";
import { Secret } from "@meterport/protocol/mep/security/key";
import {
  factoryValues,
  factoryValuesPastA,
} from "@meterport/protocol/tables/extended/et55-meter-configuration.vectors";
import { BT07, BT25, ET42, ET52, ET53, ET55, tables, tablesById } from "@meterport/protocol/tables/index";
import { VirtualMeter, type VirtualMeterOptions } from "../meter/virtual-meter.ts";

const keys = { basic: new Secret(new Uint8Array(16).fill(2)), advanced: new Secret(new Uint8Array(16).fill(1)) };
const open = (profile: string, options: Partial<VirtualMeterOptions> = {}): VirtualMeter =>
  new VirtualMeter({
    profile: parseProfile(profile),
    keys,
    scenario: "quiet",
    seed: 1,
    start: Date.UTC(2026, 0, 1),
    ...options,
  });
const bytesOf = (meter: VirtualMeter, id: string): Uint8Array => {
  const bytes = meter.memory.get(tablesById.get(id)?.number ?? -1);
  assert.ok(bytes !== undefined, `${id} is missing`);
  return bytes;
};

const gen3: Readonly<Record<string, string>> = {
  BT20: "3F 0E FD 0F 08 10 01 08 08 37",
  BT21: "03 0C 0C 0B 00 00 00 04 00 37",
  BT22: "00 01 02 03 04 05 06 07 1A 1B 1C",
  BT27: "08 09 0A 0B 0C 0D 0E 0F 10 11 12 13 14 15 16 17 18 19 51 52 53 54 68 69 6A 6B B9 BA BB BC BD BE BF C0 C1 C2 C3 C4 C5 C6 C7 CA CB CC CD CE CF D0 D1 D2 D3 D4 D5 D6 D7",
  BT53: "02 00 00 3C 3C 00",
  ET11: "05 42 24 05 06 05 02 80 03 F9 06 19 10 16 03 04 11 11 0A 0A 41 78 06 0A 0A 10 50 0A 05 01 01 03",
  ET51: "01 3C 00 1E 58 02 2C 01 01 00",
};
const gen4: Readonly<Record<string, string>> = {
  BT20: "3F 0E FD 13 08 10 01 08 08 54",
  BT21: "03 0C 0C 13 00 00 00 04 00 54",
  BT22: "00 01 02 03 04 05 06 07 1A 1B 1C 6C 6D 6E 6F 55 55 55 55",
  ET11: "06 42 24 05 06 05 02 80 03 F9 06 19 10 16 03 04 11 11 0A 0A 41 78 06 0A 0A 10 50 0A 05 01 01 03 06 07 02 0A E2 04 03",
  ET51: "01 3C 00 1E 58 02 2C 01 01 00 01 3C 00 1E 58 02 2C 01 01 00",
};

describe("factory contents", () => {
  for (const [profile, expected] of [
    ["meter:3.70", gen3],
    ["meter:4.30", gen4],
  ] as const) {
    for (const [id, hex] of Object.entries(expected))
      test(`${id} of ${profile}`, () => assert.equal(toHex(bytesOf(open(profile), id), " ").toUpperCase(), hex));
  }

  test("BT01 has model and firmware as printed, with a serial number of its own", () => {
    const old = toHex(bytesOf(open("meter:3.70"), "BT01"));
    assert.match(old, /^4e45532038333333312d3349100038cc00000000\d{8}$/);
    assert.match(toHex(bytesOf(open("meter:4.30"), "BT01")), /^4e45532038333333342d3349100043c500000000\d{8}$/);
    assert.notEqual(toHex(bytesOf(open("meter:3.70", { seed: 2 }), "BT01")), old);
  });

  test("ET04 has the scalars of the guide", () => {
    const bytes = bytesOf(open("meter:3.70"), "ET04");
    const word = (at: number): number => (bytes[at] as number) + 256 * (bytes[at + 1] as number);
    const single = { 13: 50, 53: 10, 54: 4, 55: 4, 60: 230, 110: 72, 111: 61, 116: 1, 117: 30, 120: 17 };
    for (const [at, value] of Object.entries(single)) assert.equal(bytes[Number(at)], value, `ET04.${at}`);
    for (const [at, value] of [
      [58, 100],
      [88, 1000],
      [100, 128],
      [118, 17],
    ] as const)
      assert.equal(word(at), value);
  });

  test("ET54 and ET70 say what the generation can do", () => {
    assert.equal(toHex(bytesOf(open("meter:3.70"), "ET54").subarray(0, 2)), "4600");
    assert.equal(toHex(bytesOf(open("meter:4.30"), "ET54").subarray(0, 2)), "c601");
    assert.equal(bytesOf(open("meter:4.30"), "ET70")[142], 1);
    assert.equal(open("meter:3.70").memory.has(0x0846), false);
  });

  test("ET55 holds the factory values at both columns' offsets", () => {
    for (const [profile, column] of [
      ["meter:3.70", 0],
      ["meter:4.30", 1],
    ] as const) {
      const bytes = bytesOf(open(profile), "ET55");
      const expect = (offset: number, values: readonly number[]) =>
        assert.deepEqual([...bytes.subarray(offset, offset + values.length)], [...values], `ET55.${offset}`);
      for (const [old, young, values] of factoryValues) {
        const offset = column === 0 ? old : young;
        if (offset !== null) expect(offset, values);
      }
      expect(80 + column, [1]);
      for (const [past, values] of factoryValuesPastA)
        if (column === 1 || past < 40) expect(174 + column + past, values);
    }
  });

  test("registers without and with demand have the printed sizes", () => {
    assert.equal(bytesOf(open("meter:3.70"), "BT23").length, 220);
    assert.equal(bytesOf(open("meter:4.30"), "BT23").length, 380);
    assert.equal(bytesOf(open("meter:3.30", { demand: true }), "BT23").length, 981);
    assert.equal(bytesOf(open("meter:3.30", { demand: true }), "BT28").length, 136);
  });

  for (const profile of [
    "meter:2.10",
    "meter:2.12",
    "meter:3.01",
    "meter:3.10",
    "meter:3.13",
    "meter:3.30",
    "meter:3.50",
    "meter:3.60",
    "meter:3.70",
    "meter:3.80",
    "meter:4.00",
    "meter:4.10",
    "meter:4.30",
    "meter:4.50",
    "module:1.11",
    "module:1.20",
    "module:1.21",
    "module:1.32",
  ]) {
    for (const demand of [false, true])
      test(`every declared table of ${profile}${demand ? " with demand" : ""} decodes whole`, () => {
        const meter = open(profile, { demand, seed: 7 });
        for (const table of tables as readonly AnyTable[]) {
          if (!tableExists(table, meter.profile)) continue;
          // Sixty days take half a second, and are the same everywhere.
          if (table.id === "BT64" && !(profile === "meter:4.30" && demand)) continue;
          const bytes = bytesOf(meter, table.id);
          if (table.number === BT07.number) continue;
          // Transactions are as long as they say, with room after them; some tables give their own size.
          const transaction = [ET52.number, ET53.number].includes(table.number);
          const ownSize = transaction || ["BT00", "BT08", "ET59", "ET85", "ET36", "ET42", "ET89"].includes(table.id);
          if (!ownSize) assert.equal(bytes.length, sizeOf(table, meter.dimensions), table.id);
          decode(table, bytes, meter.dimensions, { trailing: transaction ? "keep" : "refuse" });
        }
      });
  }

  test("eight tiers are eight blocks of registers, also in every copy of them", () => {
    for (const profile of ["meter:3.70", "meter:4.30", "module:1.32"]) {
      const meter = open(profile, { tiers: 8 });
      const { summations } = meter.dimensions.BT21;
      assert.equal(bytesOf(meter, "BT23").length, 9 * 4 * summations);
      for (const id of ["BT21", "BT23", "BT24", "BT25", "BT26", "ET31", "ET41"]) {
        const table = tablesById.get(id) as AnyTable;
        decode(table, bytesOf(meter, id), meter.dimensions);
      }
      const copy = decode(BT25, bytesOf(meter, "BT25"), meter.dimensions);
      assert.equal(copy.registerData.tiers.length, 8);
    }
    for (const tiers of [0, 9, 1.5, Number.NaN])
      assert.throws(() => open("meter:4.30", { tiers }), { name: "UsageError", code: "tiers" });
    assert.throws(() => open("meter:3.30", { tiers: 8 }), {
      message: `meter:3.30 has 1 to 4 tiers, not 8`,
    });
  });

  for (const profile of ["meter:3.10", "meter:3.30", "meter:3.70", "meter:4.30", "module:1.20"])
    for (const demand of [false, true])
      test(`dimensions of ${profile}${demand ? " with demand" : ""} are what its tables say`, () => {
        const meter = open(profile, { demand });
        const told = (id: string): object => {
          const table = tablesById.get(id) as AnyTable;
          // Its sets, which begin at byte 19, are not dimensions.
          const bytes = id === "BT00" ? bytesOf(meter, id).subarray(0, 19) : bytesOf(meter, id);
          return decode(table, bytes, meter.dimensions) as object;
        };
        for (const [id, value] of Object.entries(meter.dimensions) as [string, object][]) {
          if (!tablesById.has(id) || !tableExists(tablesById.get(id) as AnyTable, meter.profile)) continue;
          // Of these only the numbers that layouts depend on are dimensions.
          const parts = id === "ET04" ? ["maxPowerOutagesRecorded"] : ["et74EntryCount", "et79EntryCount"];
          if (id !== "ET04" && id !== "ET54") assert.deepEqual(told(id), value, id);
          else
            for (const part of parts)
              assert.equal((told(id) as Record<string, unknown>)[part], (value as Record<string, unknown>)[part], part);
        }
      });

  test("BT33, BT50, BT60 to BT62, BT71, ET36, ET47, ET57, ET66, ET71, ET80 and ET90 are those of the guide", () => {
    const printed: Readonly<Record<string, string>> = {
      BT30: "01 C2 03 02 1E 00 01 00 00 00",
      BT33: "06 10 03 20 01 20 00",
      BT50: "03 18 2C 19 17 C8 00 28 03",
      BT61: "80 99 01 00 00 0C 20 3C 00 60 00 04 0F 1E 00 18 00 02 3C",
      BT62: "00 00 00 00 01 00 00 02 00 00 03 00 20 00 00 00 00 70 00 20 20 20",
      BT70: "06 40 98 02 02 C8 00 00 00",
      BT71: "06 08 13 02 02 64 00 00 00",
      ET47: "FF 00 00",
      ET57: "05 0C 93 3A 00",
      ET66: "01 40 00",
      ET71: "FF 00 00 00 00 00 00 00 00 00 00 00 00 FF",
      ET80: "00 01 00 0F 00 00 00 00",
    };
    for (const profile of ["meter:3.70", "meter:4.30"])
      for (const [id, start] of Object.entries(printed))
        assert.equal(
          toHex(bytesOf(open(profile), id), " ")
            .toUpperCase()
            .slice(0, start.length),
          start,
          id,
        );
    const hex = toHex(bytesOf(open("meter:4.30"), "ET90"), " ").toUpperCase();
    assert.equal(hex, "32 00 14 02 40 20 20 05 20 20 20 20 20 28 02 0A 03 C8 00 17");
  });

  test("ET42 has 102 bytes and describes the load profile's two data sets", () => {
    const meter = open("meter:3.70");
    const value = decode(ET42, bytesOf(meter, "ET42"), meter.dimensions);
    assert.deepEqual([value.tableLength, value.blockSize, value.tierSize], [102, 1841, 44]);
    assert.deepEqual(
      value.dataSets?.map(({ blockSize }) => blockSize),
      [248],
    );
    assert.deepEqual(value.dataSets?.[0]?.loadProfileExtendedSources, [0, 0x4001]);
  });

  test("registers follow the energy unit of ET55", () => {
    const meter = open("meter:3.70");
    const wh = bytesOf(meter, "BT23");
    meter.memory.patch(ET55.number, 174 + 39, Uint8Array.of(100));
    const counts = (bytes: Uint8Array, at: number): number =>
      new DataView(bytes.buffer, bytes.byteOffset).getInt32(at, true);
    assert.equal(counts(bytesOf(meter, "BT23"), 0), Math.floor(counts(wh, 0) / 100));
    // Seconds without power are not energy.
    assert.equal(counts(bytesOf(meter, "BT23"), 16), counts(wh, 16));
  });
});
