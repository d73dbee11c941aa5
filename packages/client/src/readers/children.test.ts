import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { MbusDataType } from "@meterport/mbus/kept/data-types";
import { childChannel, childChannels } from "./child-channels.ts";
import { commandMonitorOf, deviceControlOf, matchedSlot } from "./device-control.ts";
import { findDevice } from "./find-device.ts";
import type { Device } from "./mbus.ts";
import { ageOfRead } from "./read-age.ts";
import { type ReadTimes, readScheduleOf, scheduleText } from "./read-schedule.ts";

const device = (slot: number, telegram: Readonly<Record<string, unknown>> | null): Device =>
  ({ slot, handle: slot + 1, latest: telegram === null ? null : { telegram } }) as unknown as Device;

const gas = device(0, { serialNumber: "00112345", medium: "gas", mediumCode: 3 });
const heat = device(1, { serialNumber: "70112345", medium: "heat, by the return temperature", mediumCode: 4 });
const warm = device(2, { serialNumber: "00112345", medium: "warm water", mediumCode: 6 });
const unread = device(3, null);
const client = device(4, null);
const all = [gas, heat, warm, unread, client];

describe("findDevice", () => {
  test("finds a device by its eight digits, its medium, or both", () => {
    assert.equal(findDevice(all, { serial: "70112345" }), heat);
    assert.equal(findDevice(all, { serial: "00112345", medium: "gas" }), gas);
    assert.equal(findDevice(all, { medium: "Heat" }), heat);
    assert.equal(findDevice(all, { medium: "hot water" }), warm);
    assert.equal(findDevice(all, { medium: 3 }), gas);
  });

  test("finds nothing that was not read, and does not take one medium for another", () => {
    assert.equal(findDevice(all, { serial: "99999999" }), undefined);
    assert.equal(findDevice(all, { medium: "water" }), undefined);
    assert.equal(findDevice(all, { serial: "70112345", medium: "gas" }), undefined);
    assert.equal(findDevice([unread, client], { medium: "gas" }), undefined);
  });

  test("refuses a query that several devices match, is empty, or is not eight digits", () => {
    assert.throws(() => findDevice(all, { serial: "00112345" }), {
      code: "ambiguous",
      message: "2 devices match, handles 1, 3; add the serial number",
    });
    assert.throws(() => findDevice(all, {}), { code: "device-query" });
    for (const serial of ["", "1234567", "123456789", "1234567a", "x".repeat(9999)])
      assert.throws(
        () => findDevice(all, { serial }),
        (error: Error) => error.message.length < 140 && /eight digits/.test(error.message),
        serial.slice(0, 20),
      );
  });
});

describe("the age of a read", () => {
  const cases: readonly (readonly [string | null, string | null, number | null])[] = [
    ["2026-01-31T06:30:05", "2026-01-31T06:31:00", 55],
    // The local clock moves each minute, so a read of this minute seems to lie ahead of it.
    ["2026-01-31T06:31:40", "2026-01-31T06:31:00", 0],
    ["2026-01-31T06:32:00", "2026-01-31T06:31:00", null],
    ["2025-12-31T23:59:59", "2026-01-01T00:00:00", 1],
    [null, "2026-01-01T00:00:00", null],
    ["2025-12-31T23:59:59", null, null],
  ];
  for (const [read, now, age] of cases)
    test(`of ${read} at ${now} is ${age} s`, () => assert.equal(ageOfRead(read, now), age));
});

describe("a schedule", () => {
  // MEP guide 1.1, pp. 86-88: day, hour, minute, frequency as ET13 stores them.
  const cases: readonly (readonly [readonly [number, number, number, number], ReadTimes, string])[] = [
    [[0, 99, 15, 0], { kind: "hourly", minute: 15 }, "read hourly at minute 15"],
    [[77, 6, 5, 1], { kind: "daily", hour: 6, minute: 5 }, "read daily at 06:05"],
    [[32, 0, 0, 2], { kind: "weekly", weekday: 0, hour: 0, minute: 0 }, "read weekly on Sunday at 00:00"],
    [[38, 23, 59, 2], { kind: "weekly", weekday: 6, hour: 23, minute: 59 }, "read weekly on Saturday at 23:59"],
    [[39, 0, 0, 2], { kind: "never" }, "never read by schedule"],
    [[1, 0, 0, 4], { kind: "never" }, "never read by schedule"],
    [[0, 1, 2, 3], { kind: "monthly", day: 1, skips: false, hour: 1, minute: 2 }, "read monthly on day 1 at 01:02"],
    [[28, 1, 2, 3], { kind: "monthly", day: 28, skips: false, hour: 1, minute: 2 }, "read monthly on day 28 at 01:02"],
    [
      [31, 1, 2, 3],
      { kind: "monthly", day: 31, skips: true, hour: 1, minute: 2 },
      "read monthly on day 31 at 01:02, in months that have it",
    ],
    [[12, 6, 0, 2], { kind: "unknown" }, "read at times that are not a schedule"],
    [[33, 6, 0, 3], { kind: "unknown" }, "read at times that are not a schedule"],
    [[39, 6, 0, 3], { kind: "unknown" }, "read at times that are not a schedule"],
    [[1, 24, 0, 1], { kind: "unknown" }, "read at times that are not a schedule"],
    [[1, 0, 60, 0], { kind: "unknown" }, "read at times that are not a schedule"],
    [[1, 0, 0, 5], { kind: "unknown" }, "read at times that are not a schedule"],
  ];
  for (const [[billingDay, billingHour, billingMinute, billingFrequency], times, text] of cases)
    test(`of day ${billingDay}, ${billingHour}:${billingMinute}, frequency ${billingFrequency} is: ${text}`, () => {
      const schedule = readScheduleOf({ billingDay, billingHour, billingMinute, billingFrequency }, null);
      assert.deepEqual(schedule.times, times);
      assert.equal(scheduleText(schedule), text);
    });

  test("without a limit polls for the load profile at each interval", () => {
    const daily = { billingDay: 0, billingHour: 0, billingMinute: 0, billingFrequency: 1 };
    assert.equal(scheduleText(readScheduleOf(daily, 0)), "read daily at 00:00; for the load profile at each interval");
    assert.equal(scheduleText(readScheduleOf(daily, 60)), "read daily at 00:00; for the load profile every 60 min");
  });
});

const types: readonly MbusDataType[] = [
  { number: 1, special: false, header: Uint8Array.of(0x0c, 0x93, 0x3a) },
  { number: 2, special: false, header: Uint8Array.of(0x01, 0xfd, 0x1a) },
  { number: 3, special: false, header: Uint8Array.of(0x0c, 0x13) },
  { number: 3, special: true, header: Uint8Array.of(0x0c, 0x14) },
];

describe("load profile channels of devices", () => {
  test("are decoded with the header of their data type", () => {
    // 0x4001: M-Bus index 0, data type 1 (MEP guide 1.1, pp. 39-40).
    const channels = [
      { index: 0, source: 0 },
      { index: 1, source: 0x4001 },
    ];
    const [channel, ...others] = childChannels(channels, types, all);
    assert.deepEqual(others, []);
    const { decode, ...rest } = channel ?? assert.fail("no channel");
    assert.deepEqual(rest, {
      index: 1,
      source: 0x4001,
      slot: 0,
      dataType: 1,
      quantity: "volume",
      unit: "m³",
      notes: ["uncorrected"],
      serialNumber: "00112345",
      medium: "gas",
    });
    assert.equal(decode(0x12345678)?.value, 12_345.678);
    // Not a digit: no number, rather than a wrong one.
    assert.equal(decode(0x1234567f)?.value ?? null, null);
  });

  test("stay raw if their data type is unknown, or its headers contradict each other", () => {
    for (const source of [0x4001 + 6, 0x4003]) {
      const channel = childChannel({ index: 0, source }, types, all);
      assert.deepEqual([channel?.quantity, channel?.unit, channel?.decode(1)], [null, null, null], String(source));
    }
    const unseen = childChannel({ index: 0, source: 0x4301 }, types, all);
    assert.deepEqual([unseen?.slot, unseen?.serialNumber, unseen?.medium], [3, null, null]);
    assert.equal(childChannel({ index: 0, source: 0x3001 }, types), undefined);
  });
});

describe("the control of a device", () => {
  test("is told in the words of its data type, and as a raw number without one", () => {
    assert.equal(deviceControlOf(1, 0, types), null);
    assert.equal(deviceControlOf(1, 2, types)?.text, "digital output 1");
    assert.deepEqual(deviceControlOf(7, 9, types), { raw: 7, record: null, dataType: 9, text: "data type 9, raw 7" });
    // A value of four bytes, of which the meter stores one.
    assert.equal(deviceControlOf(7, 1, types)?.text, "data type 1, raw 7");
  });

  test("names the commands that are watched, and whom a matched one was for", () => {
    assert.equal(commandMonitorOf(0, types), null);
    assert.deepEqual(commandMonitorOf(3, types), { dataType: 3, headers: ["0c 13", "0c 14"] });
    assert.deepEqual(commandMonitorOf(30, types), { dataType: 30, headers: [] });
    assert.deepEqual([0, 0x1fff, 0x2000, 0x6001, 0xe000].map(matchedSlot), [0, 0, 1, 3, 7]);
  });
});
