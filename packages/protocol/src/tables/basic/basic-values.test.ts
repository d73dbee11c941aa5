/** What bytes of the basic tables and of ET11 mean: from the factory, in the guide's examples, from real meters. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import captures from "../../../vectors/captures.json" with { type: "json" };
import { toHex } from "../../bytes.ts";
import {
  type AnyTable,
  decode,
  encode,
  type Layout,
  leaves,
  locate,
  parseProfile,
  place,
  sizeOf,
} from "../../layout/index.ts";
import { sourceOf } from "../../meaning/source-ids.ts";
import { presentValueOrder, summationOrder } from "../../meaning/source-order.ts";
import {
  BT00,
  BT01,
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

const hex = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits, "hex"));
const envOf = (profile: string) => defaultDimensions(parseProfile(profile));
const profiles = Object.keys(pages.et11Sizes);

describe("tables from the factory", () => {
  for (const profile of ["meter:3.70", "meter:4.30"] as const) {
    const bytes = pages.factory[profile];
    const env = envOf(profile);

    test(`${profile}: the default dimensions encode to them`, () => {
      assert.equal(toHex(encode(ET11, env.ET11, env)), bytes.ET11);
      assert.equal(toHex(encode(BT20, env.BT20, env)), bytes.BT20);
      assert.equal(toHex(encode(BT21, env.BT21, env)), bytes.BT21);
      assert.deepEqual(decode(ET11, hex(bytes.ET11), env), env.ET11);
      assert.deepEqual(decode(BT20, hex(bytes.BT20), env), env.BT20);
      assert.deepEqual(decode(BT21, hex(bytes.BT21), env), env.BT21);
    });

    test(`${profile}: each decodes, and encodes again`, () => {
      for (const [id, body] of Object.entries(bytes)) {
        const table = tablesById.get(id) ?? assert.fail();
        assert.equal(toHex(encode(table, decode(table, hex(body), env), env)), body, id);
      }
    });

    test(`${profile}: their sources are those of the default order`, () => {
      const { summationSources } = decode(BT22, hex(bytes.BT22), env);
      assert.deepEqual(summationSources, summationOrder(env.profile, false));
      assert.deepEqual(decode(BT27, hex(bytes.BT27), env).presentValueSources, presentValueOrder(env.profile));
    });
  }

  test("BT00 states what pp. 202-204 print", () => {
    const generation3 = decode(BT00, hex(pages.factory["meter:3.70"].BT00), {});
    assert.deepEqual(generation3, {
      dataOrder: 0,
      charFormat: 1,
      timeFormat: 2,
      dataAccessMethod: 1,
      identificationFormat: 1,
      integerFormat: 0,
      nonIntegerFormat1: 8,
      nonIntegerFormat2: 8,
      manufacturer: "NES",
      nameplateType: 2,
      defaultSetUsed: 0,
      procedureParameterLength: 255,
      responseDataLength: 12,
      standardVersion: 1,
      standardRevision: 0,
      basicTablesUsedSize: 10,
      extendedTablesUsedSize: 13,
      basicProceduresUsedSize: 2,
      extendedProceduresUsedSize: 12,
      manufacturerStatusLength: 9,
      pendingTables: 3,
    });
    const generation4 = decode(BT00, hex(pages.factory["meter:4.30"].BT00), {});
    assert.deepEqual(generation4, { ...generation3, extendedTablesUsedSize: 20, pendingTables: 4 });
  });

  test("the factory values in the declarations of BT00, BT20, BT21 and ET11 are those of 3.70", () => {
    const env = envOf("meter:3.70");
    const values = { ...env, BT00: decode(BT00, hex(pages.factory["meter:3.70"].BT00), {}) };
    for (const [table, value] of [
      [BT00, values.BT00],
      [BT20, values.BT20],
      [BT21, values.BT21],
      [ET11, values.ET11],
    ] as const)
      for (const { path, meta } of leaves(table as AnyTable, env))
        if (meta.value !== undefined) assert.equal((value as Record<string, unknown>)[path], meta.value, path);
  });

  test("BT01 packs the firmware as x.yy.zz in 4, 7 and 5 bits (p. 205)", () => {
    const firmware = (body: string): readonly number[] => {
      const { firmwareVersion, firmwareRevision } = decode(BT01, hex(body), {});
      const packed = firmwareVersion * 256 + firmwareRevision;
      return [packed >> 12, (packed >> 5) & 0x7f, packed & 0x1f];
    };
    const body = pages.factory["meter:3.70"].BT01;
    assert.deepEqual(firmware(body), [3, 70, 12]);
    assert.deepEqual(firmware(pages.factory["meter:4.30"].BT01), [4, 30, 5]);
    const printed = (word: string) => `${body.slice(0, 28)}${word}${body.slice(32)}`;
    assert.deepEqual(firmware(printed("3018")), [3, 0, 24]);
    assert.deepEqual(firmware(printed("3155")), [3, 10, 21]);
    const { manufacturer, model, serialNumber } = decode(BT01, hex(body), {});
    assert.deepEqual([manufacturer, model, serialNumber], ["NES", "83331-3I", "0000000012345678"]);
  });

  test("BT53 and BT52", () => {
    const { BT53: offset, BT52: clock } = pages.factory["meter:3.70"];
    assert.deepEqual(decode(BT53, hex(offset), {}), {
      dstTimeEffective: { hour: 2, minute: 0, second: 0 },
      dstTimeAdjustment: 60,
      timeZoneOffset: 60,
    });
    assert.deepEqual(decode(BT53, hex("0200003c30fd"), {}).timeZoneOffset, -720);
    assert.deepEqual(decode(BT52, hex(clock), {}), {
      clock: { year: 4, month: 2, day: 16, hour: 15, minute: 59, second: 55 },
      dayOfWeek: 1,
      daylightSavingTime: false,
      greenwichMeanTime: true,
      timeZoneApplied: false,
      dstApplied: false,
    });
  });

  test("BT55: tier, drive, schedule and season share one word", () => {
    // tier 5, drive 3, schedule 2, season 11, daylight saving in effect and applied, zone applied, Saturday.
    const value = decode(BT55, hex("1607020c0f00" + "6e" + "c5b2"), {});
    assert.deepEqual(value, {
      clock: { year: 22, month: 7, day: 2, hour: 12, minute: 15, second: 0 },
      dayOfWeek: 6,
      daylightSavingTime: true,
      greenwichMeanTime: false,
      timeZoneApplied: true,
      dstApplied: true,
      currentTier: 5,
      tierDrive: 3,
      specialSchedule: 2,
      season: 11,
    });
    assert.deepEqual([locate(BT55, ["season"], {}).offset, locate(BT55, ["season"], {}).length], [8, 1]);
  });
});

describe("the meter of the printed transaction (pp. 54-56)", () => {
  const env = envOf("meter:3.40");
  const golden = { ...env, BT21: decode(BT21, hex(pages.printed.bt21), env) };

  test("tells its dimensions", () => {
    assert.deepEqual(decode(ET11, hex(`${pages.printed.et11}06${"00".repeat(17)}`), env), {
      deviceCount: 5,
      configEntrySize: 66,
      statusEntrySize: 36,
      onDemandQueueSize: 5,
      onDemandEntrySize: 6,
      dataEntrySize: 517,
      transactionRequestLength: 769,
      transactionResponseLength: 1785,
      onDemandWriteEntrySize: 0,
      phaseMeasurementSize: 0,
      configEntry2Size: 0,
      meterOneTimeReadQueueSize: 0,
      mbusOneTimeReadQueueSize: 0,
      meterOneTimeReadEntrySize: 0,
      mbusOneTimeReadEntrySize: 0,
      groupIdCount: 0,
      harmonicCount: 0,
      mbusMulticastLength: 0,
      et22AlarmSize: 0,
      mepDataSources: 0,
      et48EntryCount: 0,
      criticalEventBitmaps: 0,
      et57EntryCount: 0,
      relaySwitches: 0,
      mepDataAlertSources: 0,
    });
    const able = decode(BT20, hex(pages.printed.bt20), env);
    const { season, selfReads, summations, demands, coincidents, occurrences, tiers } = able;
    assert.deepEqual(
      { season, selfReads, summations, demands, coincidents, occurrences, tiers },
      { season: true, selfReads: 253, summations: 15, demands: 8, coincidents: 16, occurrences: 1, tiers: 4 },
    );
    assert.deepEqual([able.presentDemands, able.presentValues, able.timeRemaining], [8, 26, false]);
    const { presentDemands, presentValues } = golden.BT21;
    assert.deepEqual(
      [golden.BT21.selfReads, golden.BT21.summations, golden.BT21.demands, golden.BT21.coincidents],
      [12, 15, 8, 0],
    );
    assert.deepEqual([golden.BT21.occurrences, golden.BT21.tiers, presentDemands, presentValues], [1, 4, 8, 26]);
    for (const body of [pages.printed.bt20, pages.printed.bt21]) {
      const { demandResetCounter, cumulativeDemand, continuousCumulativeDemand } = decode(BT21, hex(body), env);
      assert.deepEqual([demandResetCounter, cumulativeDemand, continuousCumulativeDemand], [true, true, true]);
    }
  });

  test("has 981 bytes in BT23 and 136 in BT28", () => {
    assert.equal(sizeOf(BT23, golden), 1 + 5 * (60 + 8 * 17));
    assert.equal(sizeOf(BT23, golden), 981);
    assert.equal(sizeOf(BT28, golden), 136);
    const offset = (path: string) => place(BT23 as Layout<unknown, typeof golden>, path.split("."), golden).offset;
    assert.equal(offset("total.demands.7.demands.0"), 61 + 7 * 17 + 13);
    assert.equal(offset("tiers.3.summations.14"), 197 + 3 * 196 + 56);
  });

  test("its clock (p. 256) is read from 6 bytes", () => {
    const clock = locate(BT52, ["clock"], {});
    assert.deepEqual([clock.offset, clock.length], [0, 6]);
    assert.deepEqual(clock.decode(hex(pages.printed.bt52)), {
      year: 4,
      month: 2,
      day: 16,
      hour: 15,
      minute: 59,
      second: 55,
    });
  });

  test("eleven summations are read from 44 bytes (p. 22)", () => {
    const summations = locate(BT23, ["total", "summations"], envOf("meter:3.30"));
    assert.deepEqual([summations.offset, summations.length], [0, 0x2c]);
    assert.deepEqual(summations.decode(hex(pages.printed.bt23)), [0, 0, 0, 0, 8, 3, 0, 0, 0, 0, 6]);
  });
});

describe("packets of real meters", () => {
  const env = envOf("meter:3.70");
  const tables = {
    BT23: {
      order: summationOrder(env.profile, false),
      read: (body: Uint8Array) => decode(BT23, body, env).total.summations,
    },
    BT28: { order: presentValueOrder(env.profile), read: (body: Uint8Array) => decode(BT28, body, env).presentValues },
  };
  const nameOf = (id: number): string =>
    sourceOf(id)
      .name.replace(/^RMS Current (L\d)$/, "RMS Current (mA) $1")
      .replace(/^RMS Voltage (L\d)$/, "RMS Voltage (mV) $1")
      .replace(/^Power Factor (L\d)$/, "Power Factor $1 (1/1000)")
      .replace(/^Frequency$/, "Frequency (mHz)")
      .replace(/^VA Power L1L2L3$/, "VA L1L2L3");

  const whole = captures.captures.filter((capture) => !("truncated" in capture));
  test("are all there", () => assert.equal(whole.length, 4));

  for (const { id, table, response, stated } of whole)
    test(`${id}: ${table}`, () => {
      const frame = hex(response.replaceAll(" ", ""));
      // length (2), response code, count (2), table, digest (8)
      const body = frame.subarray(5, -8);
      assert.equal(body.length, 220);
      const { order, read } = tables[table as keyof typeof tables];
      const values = read(body);
      assert.equal(values.length, order.length);
      const named = new Map(order.map((source, i) => [nameOf(source), values[i]]));
      assert.ok(Object.keys(stated).length > 0);
      for (const [name, value] of Object.entries(stated)) assert.equal(named.get(name), value, name);
      const description = tablesById.get(table) ?? assert.fail();
      assert.deepEqual(encode(description, decode(description, body, env), env), Uint8Array.from(body));
    });

  test("BT23: tiers add up to the total, in what tiers carry", () => {
    const capture = whole.find(({ id }) => id === "i2-03") ?? assert.fail();
    const { total, tiers } = decode(BT23, hex(capture.response.replaceAll(" ", "")).subarray(5, -8), env);
    assert.equal(tiers.length, 4);
    for (const [i, source] of summationOrder(env.profile, false).entries()) {
      const sum = tiers.reduce((whole, tier) => whole + (tier.summations[i] ?? assert.fail()), 0);
      // Outages, pulses and errors are not kept by tier (pp. 214-215).
      const kept = ![4, 5, 26, 27, 28].includes(source);
      assert.equal(sum, kept ? total.summations[i] : 0, sourceOf(source).name);
    }
  });
});

test("the default dimensions agree with the default order of sources", () => {
  for (const profile of profiles) {
    const env = envOf(profile);
    assert.equal(env.BT21.presentValues, presentValueOrder(env.profile).length, profile);
    assert.equal(env.BT21.summations, summationOrder(env.profile, false).length, profile);
  }
});
