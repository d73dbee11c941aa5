import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
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
import { et23, et29, et46, et47, et61, type Row, sizes } from "./control-tables.vectors.ts";
import { ET23 } from "./et23-miscellaneous-information.ts";
import { ET29 } from "./et29-hardware-configuration.ts";
import { ET46 } from "./et46-control-output-read-only-data.ts";
import { ET47 } from "./et47-calendar-override-settings.ts";
import { ET61 } from "./et61-time-based-relay-control-calendar.ts";

const envOf = (profile: string) => defaultDimensions(parseProfile(profile));
const rowOf = ({ path, offset, size, bits }: Leaf): Row =>
  bits === undefined ? [path, offset, size] : [path, offset, size, ...bits];
const hex = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits.replaceAll(" ", ""), "hex"));

const tables: readonly AnyTable[] = [ET23, ET29, ET46, ET47, ET61];
const rows: Record<string, Record<string, readonly Row[]>> = {
  ET23: et23,
  ET29: et29,
  ET46: et46,
  ET47: et47,
  ET61: et61,
};

for (const table of tables)
  describe(table.id, () => {
    const cuts = Object.entries(sizes[table.id] ?? {});

    for (const [profile, size] of cuts)
      test(`has ${size} bytes on ${profile}, at the printed offsets`, () => {
        assert.equal(tableExists(table, parseProfile(profile)), true);
        assert.equal(sizeOf(table, envOf(profile)), size);
        assert.deepEqual(misplaced(table, envOf(profile)), []);
      });

    for (const [profile, expected] of Object.entries(rows[table.id] ?? {}))
      test(`puts every leaf of ${profile} where the pages say`, () => {
        const elements = table === ET61 ? "first" : "all";
        assert.deepEqual(leaves(table, envOf(profile), elements).map(rowOf), expected);
      });

    test("gives back the bytes that it was given, whatever they are", () => {
      for (const [profile, size] of cuts) {
        const env = envOf(profile);
        fc.assert(
          fc.property(fc.uint8Array({ minLength: size, maxLength: size }), (data) => {
            assert.deepEqual(encode(table, decode(table, data, env), env), data);
          }),
          { numRuns: 20 },
        );
      }
    });

    test("refuses every other length with a LayoutError", () => {
      fc.assert(
        fc.property(fc.constantFrom(...cuts), fc.uint8Array({ maxLength: 400 }), ([profile, size], data) => {
          fc.pre(data.length !== size);
          assert.throws(
            () => decode(table, data, envOf(profile)),
            (error) => error instanceof LayoutError && error.code === (data.length < size ? "truncated" : "trailing"),
          );
        }),
      );
    });
  });

describe("the values of control tables", () => {
  test("have the numbers on the wire that their ids give", () => {
    assert.deepEqual(
      tables.map(({ id, number }) => [id, number]),
      [
        ["ET23", 2071],
        ["ET29", 2077],
        ["ET46", 2094], // the heading of p. 127 prints 2046
        ["ET47", 2095],
        ["ET61", 2109],
      ],
    );
  });

  test("tell the hardware of a meter of 3.70 and of one of 4.30", () => {
    const gen3 = new Uint8Array(20);
    gen3.set(hex("20 45 00"));
    const old = decode(ET29, gen3, envOf("meter:3.70"));
    const options = (value: object) => Object.entries(value).flatMap(([name, on]) => (on === true ? [name] : []));
    const present = ["disconnectAndBuzzer", "mbusModule", "mepClient1Port", "twoLineDisconnect"];
    assert.deepEqual(options(old), present);
    assert.equal(old.commAssignmentMatrix1, undefined);

    const gen4 = new Uint8Array(54);
    gen4.set(hex("20 45 80"));
    gen4.set(hex("02 01 01 02 01 02 02 02 00"), 24);
    gen4.set(hex("a2 70"), 33);
    gen4[47] = 0x41;
    gen4.set(hex("04 04 01 06 03 02"), 48);
    const young = decode(ET29, gen4, envOf("meter:4.30"));
    assert.deepEqual(options(young), [
      ...present,
      "mepClient2Port",
      "disconnectToggleButton",
      "earthFault",
      "lastGaspModule",
      "controlRelay1Type",
      "controlRelay2Type",
    ]);
    assert.deepEqual([young.batteryType, young.lineSensor, young.neutralSensor], [1, 1, 2]);
    assert.deepEqual(young.commAssignmentMatrix1, [
      { board: 2, port: 1, sequenceNumber: 1 },
      { board: 2, port: 1, sequenceNumber: 2 },
      { board: 2, port: 2, sequenceNumber: 0 },
    ]);
    assert.deepEqual(young.commAssignmentMatrix2, [
      { board: 4, port: 4, logicalPortNumber: 1 },
      { board: 6, port: 3, logicalPortNumber: 2 },
    ]);
  });

  test("read the overdraft of prepayment with its sign", () => {
    const data = new Uint8Array(23);
    data[11] = 1;
    data.set(hex("18 fc ff ff"), 13);
    data.set(hex("15 07 1f 17 3b 3a"), 17);
    assert.deepEqual(decode(ET46, data, envOf("module:1.20")), {
      disconnectControlType: 1,
      prepayNegativeCredit: -1000,
      maximumDisconnectOpenTime: { year: 21, month: 7, day: 31, hour: 23, minute: 59, second: 58 },
    });
  });

  test("read a tariff override that is not there, and write one for an hour", () => {
    const env = envOf("meter:3.70");
    const none = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 };
    assert.deepEqual(decode(ET47, hex("FF 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"), env), {
      tariff: 255,
      cancellation: 0,
      overrideDuration: 0,
      cancellationTime: none,
      calendarId: 0,
    });
    const override = { tariff: 3, cancellation: 2, overrideDuration: 3600, cancellationTime: none, calendarId: 0x1234 };
    assert.deepEqual(encode(ET47, override, env), hex("03 02 10 0e 00 00 00 00 00 00 00 00 34 12 00 00"));
    assert.equal(locate(ET47, ["cancellationTime"], env).offset, 6);
  });

  test("pack a relay switch from the lowest bit on", () => {
    const env = envOf("meter:4.30");
    const data = new Uint8Array(320);
    // Second relay, third switch: close at 22:45.
    data.set([0b1010_0001, 0b1011_0101], 160 + 4);
    const { relays } = decode(ET61, data, env);
    assert.deepEqual(relays[1]?.switches[2], { relayState: true, minute: 45, hour: 22 });
    assert.equal(locate(ET61, ["relays", 1, "switches", 2, "hour"], env).offset, 165);
    assert.equal(sizeOf(ET61, { ...env, ET11: { ...env.ET11, relaySwitches: 100 } }), 400);
    assert.equal(tableExists(ET61, parseProfile("meter:3.10")), false);
  });
});
