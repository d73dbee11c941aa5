import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { toHex } from "../../bytes.ts";
import { LayoutError } from "../../errors.ts";
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
  tableExists,
} from "../../layout/index.ts";
import { defaultDimensions } from "../defaults.ts";
import * as printed from "./billing-reads.vectors.ts";
import type { Printed } from "./et04-system-information.vectors.ts";
import { downloadCodePacket, ET15 } from "./et15-on-demand-requests.ts";
import { ET16 } from "./et16-device-data.ts";
import { ET34 } from "./et34-additional-device-configuration.ts";
import { ET36 } from "./et36-mfg-table-actual-dimensions.ts";
import { ET45 } from "./et45-recurring-read-log.ts";
import { ET54 } from "./et54-meter-status.ts";
import { ET71 } from "./et71-delta-data-alerts.ts";
import { ET74 } from "./et74-recurring-read-extended-log.ts";
import { ET80 } from "./et80-average-power-settings.ts";
import { ET81 } from "./et81-power-outage-log.ts";

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));
const envOf = (name: string) => {
  const env = defaultDimensions(parseProfile(name));
  return {
    ...env,
    ET36: decode(ET36, hex(printed.et36Default), env),
    ET54: { ...decode(ET54, new Uint8Array(sizeOf(ET54, env)), env), et74EntryCount: 8 },
  };
};
const tables: readonly AnyTable[] = [ET15, ET16, ET34, ET45, ET71, ET74, ET80, ET81];
/** Bytes of each by profile; 0 where the firmware does not have it. */
const sizes: Readonly<Record<string, readonly number[]>> = {
  "meter:3.10": [221, 2585, 110, 2106, 0, 0, 0, 0],
  "meter:3.30": [221, 2585, 110, 2106, 0, 0, 0, 0],
  "meter:3.34": [221, 2585, 110, 2106, 0, 0, 0, 0],
  "meter:3.40": [221, 2585, 110, 2106, 130, 0, 0, 0],
  "meter:3.50": [221, 2585, 110, 2106, 130, 0, 0, 0],
  "meter:3.60": [221, 2585, 110, 2106, 130, 4209, 0, 0],
  "meter:3.70": [221, 2585, 110, 2106, 130, 4209, 8, 126],
  "meter:3.80": [221, 2585, 110, 2106, 130, 4209, 8, 126],
  "meter:4.00": [221, 3102, 132, 2106, 130, 4209, 8, 126],
  "meter:4.10": [221, 3102, 132, 2106, 130, 4209, 8, 126],
  "meter:4.20": [221, 3102, 132, 2106, 130, 4209, 8, 126],
  "meter:4.30": [221, 3102, 132, 2106, 130, 4209, 8, 126],
  "module:1.11": [221, 2585, 110, 2106, 0, 0, 0, 0],
  "module:1.20": [221, 2585, 110, 2106, 130, 4209, 8, 126],
  "module:1.21": [221, 2585, 110, 2106, 130, 4209, 8, 126],
  "module:1.31": [221, 2585, 110, 2106, 130, 4209, 8, 126],
  "module:1.32": [221, 2585, 110, 2106, 130, 4209, 8, 126],
};
const row = ({ path, offset, size, bits }: Leaf): Printed =>
  bits === undefined ? [path, offset, size] : [path, offset, size, [...bits]];
const entries = (name: string, count: number, stride: number, rowsOf: (i: number) => readonly Printed[]): Printed[] =>
  Array.from({ length: count }, (_, i) =>
    rowsOf(i).map(([path, offset, size, bits]): Printed => {
      const [key, at] = [`${name}.${i}.${path}`, offset + i * stride];
      return bits === undefined ? [key, at, size] : [key, at, size, bits];
    }),
  ).flat();
const moved = (by: number, rows: readonly Printed[]): Printed[] =>
  rows.map(([path, offset, size, bits]) =>
    bits === undefined ? [path, offset + by, size] : [path, offset + by, size, bits],
  );
const { readHead, readVariable, readFixed, readMep } = printed;
const anyRead = [...readHead, ...readMep, ...readVariable, ...readFixed];

describe("sizes and places for every firmware", () => {
  for (const [name, expected] of Object.entries(sizes))
    test(name, () => {
      const env = envOf(name);
      const { deviceCount } = env.ET11;
      const sizeIfThere = (table: AnyTable) => (tableExists(table, env.profile) ? sizeOf(table, env) : 0);
      assert.deepEqual(tables.map(sizeIfThere), expected);
      const lists: Record<string, readonly Printed[]> = {
        ET15: [
          ...printed.et15Pointers,
          ...entries("requestQueue", 5, 6, () => printed.et15Request),
          ...entries("writeMessages", 5, 25, () => printed.et15Write),
          ...printed.et15Multicast,
        ],
        ET16: entries("devices", deviceCount, 517, (i) => [
          ...readHead,
          ...(i < 4 ? [...readVariable, ...readFixed] : readMep),
        ]),
        ET34: entries("devices", deviceCount, 22, () => printed.et34Entry),
        ET45: [
          ...printed.shortHeader,
          ...entries("entries", 4, 525, () => [...printed.et45Entry, ...moved(14, anyRead)]),
        ],
        ET71: entries("deltaData", 10, 13, () => printed.et71Entry),
        ET74: [
          ...printed.longHeader,
          ...entries("entries", 8, 525, () => [...printed.et74Entry, ...moved(17, anyRead)]),
        ],
        ET80: printed.et80,
        ET81: [...printed.shortHeader, ...entries("entries", 10, 12, () => printed.et81Entry)],
      };
      for (const table of tables) {
        if (!tableExists(table, env.profile)) continue;
        assert.deepEqual(misplaced(table, env), [], table.id);
        assert.deepEqual(leaves(table, env).map(row), lists[table.id], table.id);
      }
    });

  test("the first element of each kind shows all three forms of ET16", () => {
    const first = leaves(ET16, envOf("meter:4.30"), "first").map(({ path }) => path);
    assert.deepEqual(first, [
      ...[...readHead, ...readVariable, ...readFixed].map(([path]) => `devices.0.${path}`),
      ...readMep.map(([path]) => `devices.4.${path}`),
    ]);
  });

  test("ET74 has no entries where ET54 gives none or does not say", () => {
    const { ET54: status, ...env } = envOf("meter:3.70");
    assert.equal(sizeOf(ET74, { ...env, ET54: { ...status, et74EntryCount: 0 } }), 9);
    const { et74EntryCount, ...older } = status;
    assert.equal(et74EntryCount, 8);
    assert.equal(sizeOf(ET74, { ...env, ET54: older }), 9);
  });
});

describe("billing reads", () => {
  /** A gas meter, "ELS" 12345678, version 0x33, status power low, one record of 6 bytes, then the start of another telegram. */
  const gas = "180315083000 04 1378563412933533037b04000 00c137856341200 0f68".replaceAll(" ", "");
  const env = envOf("meter:4.30");
  const et16 = new Uint8Array(3102);
  et16.set(hex(gas));

  test("of variable structure have a header and records", () => {
    const { readTime, responseType, keyAvailability, response } = decode(ET16, et16, env).devices[0] ?? assert.fail();
    assert.deepEqual(readTime, { year: 24, month: 3, day: 21, hour: 8, minute: 48, second: 0 });
    assert.deepEqual([responseType, keyAvailability], [false, true]);
    assert.deepEqual(Object.keys(response), ["variable"]);
    const { dataRecords, ...header } = response.variable ?? assert.fail();
    assert.deepEqual(header, {
      length: 19,
      serialNumber: "78563412",
      manufacturerId: 0x3593,
      version: 0x33,
      medium: 3,
      accessNumber: 0x7b,
      applicationError: 0,
      powerLow: true,
      permanentError: false,
      temporaryError: false,
      manufacturerStatus: 0,
      signature: 0,
    });
    // 19 bytes of telegram: 12 of header, 6 of records, the zero at the end.
    assert.equal(toHex(dataRecords.subarray(0, header.length - 12)), "0c137856341200");
    assert.equal(dataRecords.length, 497);
  });

  test("of fixed structure have two counters", () => {
    const data = et16.slice();
    data.set(hex("180315083000" + "02" + "10" + "78563412" + "0a" + "09" + "e97e" + "01000000" + "35010000"), 517);
    const { response } = decode(ET16, data, env).devices[1] ?? assert.fail();
    assert.deepEqual(response, {
      fixed: {
        length: 16,
        serialNumber: "78563412",
        accessNumber: 10,
        countersBinary: true,
        countersAtFixedDate: false,
        powerLow: false,
        permanentError: true,
        temporaryError: false,
        manufacturerStatus: 0,
        mediumUnit: 0x7ee9,
        counter1: 1,
        counter2: 0x135,
      },
    });
  });

  test("of MEP clients stand from the fifth entry on, whatever the M-Bus bits say", () => {
    const data = et16.slice();
    for (const slot of [4, 5]) data.set(hex(`18031508300002${"0700"}${"0300"}${"aabbcc"}`), 517 * slot);
    const { devices } = decode(ET16, data, env);
    for (const slot of [4, 5]) {
      const { mep } = devices[slot]?.response ?? assert.fail();
      assert.deepEqual([mep?.readCount, mep?.length], [7, 3]);
      assert.equal(toHex(mep?.data.subarray(0, 3) ?? new Uint8Array(0)), "aabbcc");
    }
    assert.deepEqual(encode(ET16, decode(ET16, data, env), env), data);
  });

  test("are found by path in each form", () => {
    assert.equal(locate(ET16, ["devices", 1, "response", "fixed", "counter2"], env).offset, 517 + 20);
    assert.equal(locate(ET16, ["devices", 5, "response", "mep", "data"], env).offset, 5 * 517 + 11);
    assert.throws(() => locate(ET16, ["devices", 3, "response", "mep", "data"], env), LayoutError);
    assert.throws(() => locate(ET16, ["devices", 4, "response", "variable"], env), LayoutError);
    const handle = locate(ET45, ["entries", 2, "handle"], env);
    assert.deepEqual([handle.offset, handle.length], [6 + 2 * 525 + 4, 2]);
  });

  test("in a log are of a MEP client where the handle is", () => {
    const log = new Uint8Array(2106);
    log.set(hex("04" + "02" + "01" + "0900" + "02"));
    log.set(hex(`1900${"0210"}${"0300"}${"0004"}${gas}`), 6);
    log.set(hex(`1400${"0210"}${"e803"}${"0204"}18031508300000${"0100"}${"0200"}${"beef"}`), 6 + 525);
    const value = decode(ET45, log, env);
    assert.deepEqual([value.listType, value.validEntries, value.lastEntryElement], [true, 2, 1]);
    const [first, second] = value.entries;
    assert.deepEqual([first?.handle, first?.identifier, first?.namespace, first?.result], [3, 2, 2, 4]);
    assert.equal(first?.response.variable?.serialNumber, "78563412");
    assert.deepEqual([second?.handle, second?.executionStatus], [1000, 2]);
    assert.equal(second?.response.mep?.length, 2);
    assert.deepEqual(encode(ET45, value, env), log);

    const longer = new Uint8Array(4209);
    longer.set([4, 2, 0, 1, 0, 9, 0, 2]);
    longer.set(log.subarray(6, 6 + 525), 9 + 7 * 525);
    assert.equal(decode(ET74, longer, env).entries[7]?.response.variable?.medium, 3);
  });

  test("whose form and bits disagree are not written", () => {
    const value = decode(ET16, et16, env);
    const { fixed } = decode(ET16, new Uint8Array(3102).fill(2), env).devices[0]?.response ?? assert.fail();
    const [first, ...others] = value.devices;
    assert.ok(first !== undefined && fixed !== undefined);
    const written = (response: typeof first.response) => () =>
      encode(ET16, { devices: [{ ...first, response }, ...others] }, env);
    const refused = (message: RegExp) => (error: unknown) =>
      error instanceof LayoutError && message.test(error.message);
    assert.throws(written({ fixed }), refused(/devices\.0\.response.*needs the form "variable"/));
    assert.throws(written({ ...first.response, fixed }), refused(/the form "fixed" does not exist here/));
  });
});

describe("values that the guide states", () => {
  const env = envOf("meter:3.70");

  test("ET15 of the printed transaction", () => {
    const data = new Uint8Array(221);
    data.set(hex(printed.et15Example));
    data.set([0x53, 3], 0);
    const value = decode(ET15, data, env);
    assert.deepEqual([value.writePointer, value.readPointer], [3, 5]);
    const [, , , fourth] = value.requestQueue;
    assert.deepEqual(fourth, { transactionNbr: 3, deviceHandleOrGroupMask: 0x3f8, requestType: 2, result: 1 });
  });

  test("a download packet is what the multicast message holds", () => {
    const packet = decode(
      downloadCodePacket,
      Uint8Array.from({ length: 64 }, (_, i) => i),
      env,
    );
    assert.deepEqual([packet.packetNumber, packet.codePacket.length, packet.codePacket[0]], [0x100, 62, 2]);
  });

  test("ET34: locators are a start and a count", () => {
    const data = new Uint8Array(110);
    data.set([60, 0], 22 + 4);
    data.set([(5 << 5) | 9, (6 << 5) | 1], 22 + 9);
    const device = decode(ET34, data, env).devices[1];
    assert.equal(device?.loadProfilePollRate, 60);
    assert.deepEqual([device?.hourLocatorStart, device?.hourLocatorCount], [9, 5]);
    assert.deepEqual([device?.minuteLocatorStart, device?.minuteLocatorCount], [1, 6]);
  });

  test("ET71 and ET80 from the factory", () => {
    const [entry] = decode(ET71, hex(printed.et71Factory.repeat(10)), env).deltaData;
    assert.deepEqual(entry, {
      deltaDataMonitorSource: 255,
      configuredDelta: 0,
      comparisonValue: 0,
      sampledDataValue: 0,
      sourceIdInvalid: false,
    });
    assert.deepEqual(decode(ET80, hex(printed.et80Factory), env), {
      averagePowerEnabled: 0,
      averagePowerControlSubInterval: 1,
      averagePowerControlIntervalMultiplier: 15,
      averagePowerDisconnectThreshold: 0,
    });
  });

  test("ET81 tells outages by start and end", () => {
    const data = new Uint8Array(126);
    data.set(hex("04" + "01" + "09" + "2c01" + "01"));
    data.set(hex("180315083000" + "18031508311e"), 6 + 9 * 12);
    const value = decode(ET81, data, env);
    assert.equal(value.lastEntrySequenceNumber, 300);
    assert.deepEqual(value.entries[value.lastEntryElement]?.end, {
      year: 24,
      month: 3,
      day: 21,
      hour: 8,
      minute: 49,
      second: 30,
    });
  });
});

describe("any bytes", () => {
  const cases = fc
    .tuple(fc.constantFrom(...tables), fc.constantFrom("meter:3.70", "meter:4.30", "module:1.20"))
    .map(([table, name]) => ({ table, env: envOf(name), [fc.toStringMethod]: () => `${table.id} of ${name}` }));

  test("of the right length are a value that encodes to them; others are refused", () => {
    fc.assert(
      fc.property(
        cases,
        fc.infiniteStream(fc.nat(255)),
        fc.integer({ min: -2, max: 2 }),
        ({ table, env }, bytes, by) => {
          const data = Uint8Array.from(bytes.take(sizeOf(table, env) + by));
          if (by === 0) assert.equal(toHex(encode(table, decode(table, data, env), env)), toHex(data));
          else assert.throws(() => decode(table, data, env), LayoutError);
        },
      ),
      { numRuns: 100 },
    );
  });

  test("with any dimensions give a value or a LayoutError", () => {
    const count = fc.oneof(fc.nat(4), fc.nat(65535));
    const odd = fc.record({ deviceCount: fc.nat(255), dataEntrySize: count, mbusMulticastLength: fc.nat(255) });
    const log = fc.record({ entrySize: count, currentEntries: count });
    fc.assert(
      fc.property(cases, odd, log, fc.nat(700), ({ table, env }, et11, sizes, length) => {
        const actualDimensions = env.ET36.actualDimensions.map((entry) => ({ ...entry, ...sizes }));
        const wild = { ...env, ET11: { ...env.ET11, ...et11 }, ET36: { ...env.ET36, actualDimensions } };
        const data = new Uint8Array(length).fill(length);
        try {
          const value: unknown = decode(table, data, wild);
          assert.deepEqual(encode(table, value, wild), data);
        } catch (error) {
          if (!(error instanceof LayoutError)) throw error;
        }
      }),
      { numRuns: 300 },
    );
  });
});
