import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LayoutError } from "@meterport/protocol/errors";
import { encode, parseProfile, sizeOf } from "@meterport/protocol/layout/index";
import { tierAt } from "@meterport/protocol/meaning/tariff-calendar";
import { defaultDimensions } from "@meterport/protocol/tables/defaults";
import { BT53, BT54, BT55, BT4150, ET61 } from "@meterport/protocol/tables/index";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import type { Contents } from "../testing/endpoint-line.test-kit.ts";
import { type CalendarOptions, readCalendar } from "./calendar.ts";
import { benchOf } from "./logs.test-kit.ts";

const profile = "meter:3.70";
const env = defaultDimensions(parseProfile(profile));

/** MEP guide 1.1, pp. 231-237: the first day of each month begins season 0, and tier 5 lasts all day there. */
const bt54 = (id: number): Uint8Array => {
  const bytes = new Uint8Array(sizeOf(BT54, env));
  bytes.set([13, 8, 3 | 0x80], 75);
  bytes.set([5, 0, 0], 144);
  bytes.set([id, 0, 0, 0], 804);
  return bytes;
};
const bt55 = Uint8Array.of(26, 1, 31, 23, 45, 0, 0x66, 0x44, 0x30);
const bt53 = encode(
  BT53,
  { dstTimeEffective: { hour: 2, minute: 0, second: 0 }, dstTimeAdjustment: 60, timeZoneOffset: -210 },
  env,
);
const et61 = new Uint8Array(2 * 2 * 80);
// Closed at 6:05, in the second relay's second ten.
et61.set([1 | ((5 << 5) & 0xff), (5 >> 3) | (6 << 3)], 160 + 20);

const read = async (tables: readonly [number, Contents][], options: CalendarOptions = {}) => {
  const { clock, meter } = await benchOf(new VirtualClock(), profile, tables);
  return clock.run(readCalendar(meter, options));
};
const all: [number, Contents][] = [
  [BT54.number, bt54(9)],
  [BT55.number, bt55],
  [BT53.number, bt53],
  [ET61.number, et61],
];

describe("readCalendar", () => {
  test("gives the calendar, the present tariff, the clock's rules and the relays", async () => {
    const reading = await read(all);
    assert.equal(reading?.calendar.id, 9);
    assert.equal(tierAt(reading.calendar, "2026-01-31T23:45"), 5);
    assert.deepEqual(reading.present, {
      time: "2026-01-31T23:45:00",
      daylightSaving: false,
      tier: 4,
      season: 3,
      by: "hand until the next switch",
    });
    assert.deepEqual(reading.clock, { zone_min: -210, daylightSaving_min: 60, at: "02:00:00" });
    assert.deepEqual(reading.relays, [
      { relay: 1, groups: [] },
      { relay: 2, groups: [{ group: 1, switches: [{ minute: 365, closed: true }] }] },
    ]);
    assert.equal(reading.activation, null);
  });

  test("leaves refused parts unknown", async () => {
    const [calendar] = all;
    const refused = [BT53, BT55, ET61].map(({ number }): [number, Contents] => [number, { refuse: 3 }]);
    const reading = await read([...(calendar === undefined ? [] : [calendar]), ...refused]);
    assert.deepEqual([reading?.present, reading?.clock, reading?.relays], [null, null, null]);
    await assert.rejects(read([[BT54.number, { refuse: 3 }]]), { code: "no-permission" });
  });

  const pending = (descriptor: readonly number[]): [number, Contents] => [
    BT4150.number,
    Uint8Array.from([...descriptor, ...bt54(10)]),
  ];

  test("gives the pending calendar and when it takes effect", async () => {
    const at = await read([...all, pending([0x10, 26, 12, 31, 23, 0])], { pending: true });
    assert.equal(at?.calendar.id, 10);
    const selfRead = { selfRead: true, demandReset: false };
    assert.deepEqual(at?.activation, { kind: "at a time", at: "2026-12-31T23:00:00Z", after_s: null, ...selfRead });
    const impossible = await read([...all, pending([0x20, 26, 2, 31, 23, 0])], { pending: true });
    assert.deepEqual([impossible?.activation?.at, impossible?.activation?.demandReset], [null, true]);
    const after = await read([...all, pending([1, 1, 1, 1, 1, 1])], { pending: true });
    assert.deepEqual([after?.activation?.kind, after?.activation?.after_s], ["after a time", 694_861]);
    const called = await read([...all, pending([2, 9, 9, 9, 9, 9])], { pending: true });
    assert.deepEqual([called?.activation?.kind, called?.activation?.at], ["by a procedure", null]);
  });

  test("gives none as pending if the meter has none, or an empty one", async () => {
    assert.equal(await read(all, { pending: true }), undefined);
    assert.equal(await read([...all, pending([0, 0, 0, 0, 0, 0])], { pending: true }), undefined);
    await assert.rejects(read([...all, [BT4150.number, { refuse: 3 }]], { pending: true }), { code: "no-permission" });
  });

  test("refuses a calendar that is shorter than its dimensions, and survives counts of 255", async () => {
    await assert.rejects(read([[BT54.number, { short: bt54(9).subarray(0, 300) }]]), LayoutError);
    const { clock, meter } = await benchOf(
      new VirtualClock(),
      profile,
      [[BT54.number, new Uint8Array(10_000).fill(0xff)]],
      (dimensions) => ({
        ...dimensions,
        BT50: { ...dimensions.BT50, nonRecurringDates: 255, recurringDates: 255, tierSwitches: 2550, seasons: 15 },
      }),
    );
    const reading = await clock.run(readCalendar(meter));
    // Memory full of ones was never written.
    assert.deepEqual([reading?.calendar.dates.length, reading?.calendar.schedules.length], [0, 255]);
    assert.equal(reading === undefined ? 0 : tierAt(reading.calendar, "2026-01-31"), null);
  });
});
