import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AlarmTracker, type TrackedAlarm } from "./alarm-tracker.ts";
import type { Alarms, DeviceAlarms, MeterAlarms } from "./alarms.ts";

const meter = (...keys: string[]): MeterAlarms =>
  ({
    alarms: keys.map((key) => ({ key, name: key.toUpperCase() })),
    meteringMode: true,
    testMode: false,
    meterShopMode: false,
  }) as unknown as MeterAlarms;
const device = (slot: number, handle: number, keys: readonly string[], ownAlarms = 0): DeviceAlarms =>
  ({
    slot,
    handle,
    alarms: keys.map((key) => ({ key, name: key.toUpperCase() })),
    ownAlarms,
  }) as unknown as DeviceAlarms;
const alarms = (of: MeterAlarms | null, ...devices: DeviceAlarms[]): Alarms => ({ meter: of, devices });
const keys = (list: readonly TrackedAlarm[]): string[] => list.map(({ slot, key }) => `${slot ?? "meter"}:${key}`);

describe("AlarmTracker", () => {
  test("tells when an alarm was first seen, last seen and gone", () => {
    const tracker = new AlarmTracker();
    const first = tracker.handle(alarms(meter("lowBattery")), 1_000);
    assert.deepEqual(first, {
      began: [
        {
          slot: null,
          handle: null,
          key: "lowBattery",
          name: "LOWBATTERY",
          firstSeen: 1_000,
          lastSeen: 1_000,
          cleared: null,
        },
      ],
      ended: [],
    });
    assert.deepEqual(tracker.handle(alarms(meter("lowBattery")), 2_000), { began: [], ended: [] });
    const { began, ended } = tracker.handle(alarms(meter("phaseLoss")), 3_000);
    assert.deepEqual(keys(began), ["meter:phaseLoss"]);
    assert.deepEqual(
      ended.map(({ key, firstSeen, lastSeen, cleared }) => [key, firstSeen, lastSeen, cleared]),
      [["lowBattery", 1_000, 2_000, 3_000]],
    );
    assert.deepEqual(keys(tracker.active), ["meter:phaseLoss"]);
    // It comes again: another alarm with a beginning of its own.
    const again = tracker.handle(alarms(meter("phaseLoss", "lowBattery")), 4_000);
    assert.deepEqual([keys(again.began), again.began[0]?.firstSeen], [["meter:lowBattery"], 4_000]);
  });

  test("does not take what the meter refuses for cleared", () => {
    const tracker = new AlarmTracker();
    tracker.handle(alarms(meter("lowBattery"), device(0, 7, ["failedCommsOnRead"])), 1_000);
    assert.deepEqual(tracker.handle({ meter: null, devices: null }, 2_000), { began: [], ended: [] });
    assert.deepEqual(keys(tracker.handle({ meter: meter(), devices: null }, 3_000).ended), ["meter:lowBattery"]);
    assert.deepEqual(keys(tracker.handle({ meter: null, devices: [] }, 4_000).ended), ["0:failedCommsOnRead"]);
  });

  test("ends the alarms of a device that another one has replaced", () => {
    const tracker = new AlarmTracker();
    tracker.handle(alarms(null, device(0, 7, ["newDeviceAlarm"]), device(4, 1_000, ["newDeviceAlarm"])), 1_000);
    const { began, ended } = tracker.handle(
      alarms(null, device(0, 8, ["newDeviceAlarm"]), device(4, 1_000, ["newDeviceAlarm"])),
      2_000,
    );
    assert.deepEqual(
      [began, ended].map((list) => list.map(({ handle }) => handle)),
      [[8], [7]],
    );
  });

  test("numbers the bits that only the device's maker knows", () => {
    const tracker = new AlarmTracker();
    assert.deepEqual(keys(tracker.handle(alarms(null, device(1, 7, [], 0x81)), 1).began), ["1:own1", "1:own8"]);
    assert.deepEqual(keys(tracker.handle(alarms(null, device(1, 7, [], 0x01)), 2).ended), ["1:own8"]);
  });

  test("begins nothing again after a restart", () => {
    const before = new AlarmTracker();
    before.handle(alarms(meter("lowBattery", "phaseLoss")), 1_000);
    const kept = JSON.parse(JSON.stringify(before.active));
    const tracker = new AlarmTracker(kept);
    const { began, ended } = tracker.handle(alarms(meter("lowBattery")), 9_000);
    assert.deepEqual([keys(began), keys(ended)], [[], ["meter:phaseLoss"]]);
    assert.deepEqual(
      tracker.active.map(({ firstSeen, lastSeen }) => [firstSeen, lastSeen]),
      [[1_000, 9_000]],
    );
  });
});
