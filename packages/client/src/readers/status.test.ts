import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ResponseError } from "@meterport/protocol/errors";
import { encode, parseProfile, place, sizeOf } from "@meterport/protocol/layout/index";
import type { AnyTable } from "@meterport/protocol/layout/table";
import { type Dimensions, defaultDimensions } from "@meterport/protocol/tables/defaults";
import { BT03, ET09, ET14, ET45, ET74 } from "@meterport/protocol/tables/index";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { readAlarms } from "./alarms.ts";
import { benchOf, le16 } from "./logs.test-kit.ts";
import { readPowerQuality } from "./power-quality.ts";
import { readRecurring } from "./recurring.ts";

const profile = "meter:3.70";
const env = defaultDimensions(parseProfile(profile));

/** A table of zeros with some fields set. */
const zerosWith = (table: AnyTable, dimensions: Dimensions, fields: Readonly<Record<string, unknown>>): Uint8Array => {
  const bytes = new Uint8Array(sizeOf(table, dimensions));
  for (const [path, value] of Object.entries(fields)) {
    const part = place(
      table,
      path.split(".").map((key) => (/^\d+$/.test(key) ? Number(key) : key)),
      dimensions,
    );
    bytes.set(part.encode(value), part.offset);
  }
  return bytes;
};

describe("readAlarms", () => {
  // Optical guide 1.1, p. 48: byte 1 bit 6 is the clock error, byte 6 bit 1 the M-Bus alarm.
  const bt03 = new Uint8Array(sizeOf(BT03, env));
  bt03.set([1, 0x40, 0, 0, 0, 0, 0x02]);
  // MEP guide 1.1, pp. 91-94: entries of 36 bytes from byte 6; alarms are 14 bytes into one.
  const et14 = new Uint8Array(6 + 36 * 5);
  et14.set([...le16(1), 2], 6);
  et14.set([0x10, 0], 6 + 14);
  et14.set([0x81], 6 + 23);
  et14.set([26, 1, 2, 3, 4, 5, 26, 2, 31, 0, 0, 0], 6 + 24);
  et14.set([...le16(1001), 3], 6 + 36 * 4);

  test("names the active alarms of the meter and of each connected device", async () => {
    const { clock, meter } = await benchOf(new VirtualClock(), profile, [
      [BT03.number, bt03],
      [ET14.number, et14],
    ]);
    const alarms = await clock.run(readAlarms(meter));
    assert.deepEqual(alarms.meter, {
      alarms: [
        { key: "clockError", name: "Clock error" },
        { key: "mbusAlarm", name: "M-Bus alarm" },
      ],
      meteringMode: true,
      testMode: false,
      meterShopMode: false,
    });
    assert.deepEqual(alarms.devices, [
      {
        slot: 0,
        handle: 1,
        kind: "mbus",
        state: "down",
        alarms: [{ key: "failedCommsOnRead", name: "Communication failed on a read" }],
        ownAlarms: 0x81,
        statusRead: "2026-01-02T03:04:05",
        lastReadAttempt: null,
        quality: "suspect",
        doubts: ["time"],
      },
      {
        slot: 4,
        handle: 1001,
        kind: "mep",
        state: "up",
        alarms: [],
        ownAlarms: 0,
        statusRead: null,
        lastReadAttempt: null,
        quality: "good",
        doubts: [],
      },
    ]);
  });

  test("leaves refused parts unknown, and fails if the meter refuses everything", async () => {
    const { clock, meter, line } = await benchOf(new VirtualClock(), profile, [
      [BT03.number, { refuse: 3 }],
      [ET14.number, et14],
    ]);
    const alarms = await clock.run(readAlarms(meter));
    assert.equal(alarms.meter, null);
    assert.equal(alarms.devices?.length, 2);
    line.memory.set(ET14.number, { refuse: 3 });
    await assert.rejects(clock.run(readAlarms(meter)), ResponseError);
  });
});

describe("devices of a meter that has 255 places for them", () => {
  test("are read in bounded time, with impossible values marked", async () => {
    // Each place is 255 bytes of ones.
    const { clock, meter } = await benchOf(
      new VirtualClock(),
      profile,
      [
        [BT03.number, { refuse: 3 }],
        [ET14.number, new Uint8Array(6 + 255 * 255).fill(0xff)],
      ],
      (dimensions) => ({ ...dimensions, ET11: { ...dimensions.ET11, deviceCount: 255, statusEntrySize: 255 } }),
    );
    const { devices } = await clock.run(readAlarms(meter));
    assert.equal(devices?.length, 255);
    // Memory full of ones was never written: its state is invalid, and it has no time.
    assert.deepEqual(
      [devices?.[254]?.state, devices?.[254]?.statusRead, devices?.[254]?.handle],
      ["unknown", null, 0xffff],
    );
  });
});

describe("readPowerQuality", () => {
  test("gives each phase its own counters, in plain units", async () => {
    const time = { year: 26, month: 5, day: 6, hour: 7, minute: 8, second: 9 };
    const table = zerosWith(ET09, env, {
      sag1SurgeTimeThreshold: 2,
      sag1SurgeThresholdSeconds: 5,
      l2Sag1Events: 3,
      l2MostRecentSag1Event: time,
      l2MostRecentSag1Voltage: 187_500,
      l1MostRecentSag1Voltage: 123,
      l3SurgeEvents: 1,
      l3MostRecentSurgeEvent: { ...time, month: 13 },
      minFrequency: 49_870,
      minFreqTime: time,
      l1OverCurrentEvents: 70_000,
      "thdRecords.1.events.2.eventCount": 4,
      "thdRecords.1.events.2.maxThd": 123,
      "thdRecords.1.thdThreshold": 85,
      "drpDrcEvents.0.drp": 12,
      "drpDrcEvents.0.drc": 30,
      "drpDrcEvents.0.timeStamp": time,
      "drpDrcEvents.1.timeStamp": { ...time, month: 2, day: 31 },
    });
    const { clock, meter } = await benchOf(new VirtualClock(), profile, [[ET09.number, table]]);
    const quality = await clock.run(readPowerQuality(meter));
    const { L1, L2, L3 } = quality.phases;
    assert.deepEqual(L2.sags, { count: 3, last: "2026-05-06T07:08:09Z", timeKnown: true, voltage_v: 187.5 });
    assert.deepEqual(L1.sags, { count: 0, last: null, timeKnown: true, voltage_v: null });
    assert.deepEqual(L3.surges, { count: 1, last: null, timeKnown: false, voltage_v: 0 });
    assert.equal(L1.overCurrents, 70_000);
    assert.deepEqual([L3.currentDistortion?.count, L3.currentDistortion?.highest_percent], [4, 12.3]);
    assert.deepEqual([L3.voltageDistortion?.count, L3.deepSags], [0, null]);
    assert.deepEqual([quality.frequency.lowest_hz, quality.frequency.lowestAt], [49.87, "2026-05-06T07:08:09Z"]);
    assert.deepEqual([quality.frequency.highest_hz, quality.frequency.highestAt], [null, null]);
    assert.equal(quality.thresholds.sagOrSurge_s, 125);
    assert.deepEqual(quality.criticalVoltages, [
      { at: "2026-05-06T07:08:09Z", drp_percent: 1.2, drc_percent: 3 },
      { at: null, drp_percent: 0, drc_percent: 0 },
    ]);
    assert.deepEqual([quality.thresholds.currentDistortion_percent, quality.thresholds.deepSag_percent], [8.5, null]);
    // The month 13 of a surge, and 31 February.
    assert.deepEqual([quality.quality, quality.doubts], ["suspect", ["time"]]);
  });
});

describe("readPowerQuality of other meters", () => {
  test("works without what the firmware lacks, and an empty table raises no doubt", async () => {
    for (const name of ["meter:3.10", "meter:4.30", "module:1.20"]) {
      const dimensions = defaultDimensions(parseProfile(name));
      const { clock, meter } = await benchOf(new VirtualClock(), name, [
        [ET09.number, zerosWith(ET09, dimensions, {})],
      ]);
      const quality = await clock.run(readPowerQuality(meter));
      assert.deepEqual([quality.quality, quality.frequency.lowest_hz], ["good", null], name);
      assert.equal(quality.criticalVoltages === null, name !== "meter:4.30", name);
      assert.equal(quality.thresholds.deepSag_percent === null, name !== "meter:4.30", name);
    }
  });

  test("a truncated table is an error", async () => {
    const { clock, meter } = await benchOf(new VirtualClock(), profile, [[ET09.number, { short: new Uint8Array(90) }]]);
    await assert.rejects(clock.run(readPowerQuality(meter)), { name: "LayoutError" });
  });
});

describe("readRecurring", () => {
  test("gives the entries of ET74 before those of ET45", async () => {
    const read = (table: AnyTable, list: string, header: number, sequence: number, handles: readonly number[]) => {
      const bytes = new Uint8Array(sizeOf(table, env));
      const wide = header === 9;
      const last = handles.length - 1;
      bytes.set(
        wide ? [4, handles.length, 0, last, 0, ...le16(sequence)] : [4, handles.length, last, ...le16(sequence)],
      );
      for (const [i, handle] of handles.entries()) {
        const { offset } = place(table, [list, i, "handle"], env);
        bytes.set([...le16(handle), 0, 4, 26, 1, 1 + i, 0, 0, 0], offset);
      }
      return bytes;
    };
    const { all } = await benchOf(new VirtualClock(), profile, [
      [ET45.number, read(ET45, "entries", 6, 40, [1, 2])],
      [ET74.number, read(ET74, "entries", 9, 90, [1003])],
    ]);
    const found = await all((meter) => readRecurring(meter));
    assert.deepEqual(
      found.map(({ table, sequence, handle, readTime, succeeded, quality }) => [
        table,
        sequence,
        handle,
        readTime,
        succeeded,
        quality,
      ]),
      [
        ["ET74", 90, 1003, "2026-01-01T00:00:00", true, "good"],
        // Answers without bytes count as none.
        ["ET45", 40, 2, "2026-01-02T00:00:00", true, "suspect"],
        ["ET45", 39, 1, "2026-01-01T00:00:00", true, "suspect"],
      ],
    );
    assert.ok(found[0]?.response !== undefined && "mep" in found[0].response);
  });
});

/** BT03 has an alarm for each flag, and every name belongs to an existing flag. */
describe("meterAlarms", () => {
  test("names every flag of BT03 that is an alarm", async () => {
    const { meterAlarms } = await import("@meterport/protocol/meaning/alarms");
    const on = Object.fromEntries(Object.keys(meterAlarms).map((key) => [key, true]));
    const modes = { meteringMode: false, testMode: false, meterShopMode: false };
    const bytes = encode(BT03, { ...modes, ...on, reserved10: new Uint8Array(3) } as unknown as BT03, env);
    assert.deepEqual([...bytes], [0, 255, 255, 15, 255, 255, 255, 255, 255, 1, 0, 0, 0]);
  });
});
