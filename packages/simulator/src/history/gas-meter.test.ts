import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decode, utcMillis } from "@meterport/protocol/layout/index";
import { ET14, ET16, ET45 } from "@meterport/protocol/tables/index";
import { denmark } from "../contents/zone.ts";
import { openMeter } from "../testing/conversation.ts";
import { localDay } from "./calendar-days.ts";
import { localMillis } from "./local-time.ts";

const day = 86_400_000;
const none = { year: 0, month: 0, day: 0 };

/** Litres from the data record of a telegram: eight packed digits, lowest pair first. */
const litresOf = (dataRecords: Uint8Array): number => {
  assert.deepEqual([...dataRecords.subarray(0, 3)], [0x0c, 0x93, 0x3a]);
  const digits = [...dataRecords.subarray(3, 7)].reverse().map((byte) => byte.toString(16).padStart(2, "0"));
  return Number(digits.join(""));
};

describe("the gas meter", () => {
  test("is read each midnight, into ET16 and into the newest entry of ET45", () => {
    const meter = openMeter({ start: Date.UTC(2026, 3, 10, 10) });
    for (const days of [0, 1, 6]) {
      meter.handle("tick", days * day);
      const { devices } = decode(ET16, meter.memory.get(ET16.number) ?? new Uint8Array(0), meter.dimensions);
      const read = devices[0];
      const log = decode(ET45, meter.memory.get(ET45.number) ?? new Uint8Array(0), meter.dimensions);
      assert.equal(log.validEntries, 4);
      for (let i = 0; i < 4; i++) {
        const entry = log.entries[(log.lastEntryElement - i + 4) % 4];
        const midnight = (localDay(meter.time) - i) * day;
        assert.equal(utcMillis(entry?.readTime ?? none), midnight);
        const time = midnight - (localMillis(meter.time, denmark) - meter.time);
        const { variable } = entry?.response ?? {};
        assert.equal(litresOf(variable?.dataRecords ?? new Uint8Array(0)), meter.history.litresAt(time));
        assert.deepEqual([entry?.handle, entry?.length], [1, 32]);
        if (i === 0) assert.deepEqual(variable?.dataRecords, read?.response.variable?.dataRecords);
      }
      const { devices: states } = decode(ET14, meter.memory.get(ET14.number) ?? new Uint8Array(0), meter.dimensions);
      assert.deepEqual([states[0]?.deviceHandle, states[0]?.billingReadLength], [1, 28]);
    }
  });

  test("never counts backwards", () => {
    const { history } = openMeter({ start: Date.UTC(2026, 0, 1) });
    for (let hour = 1; hour < 9000; hour++) {
      const time = Date.UTC(2026, 0, 1) + hour * 3_600_000;
      assert.ok(history.litresAt(time) >= history.litresAt(time - 3_600_000));
    }
  });
});
