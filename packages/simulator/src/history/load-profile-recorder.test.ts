import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decode, utcMillis } from "@meterport/protocol/layout/index";
import { BT61, BT63, BT64, BT65, ET21 } from "@meterport/protocol/tables/index";
import type { VirtualMeter } from "../meter/virtual-meter.ts";
import { openMeter } from "../testing/conversation.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const start = Date.UTC(2026, 3, 10, 10, 20, 33);
const open = (options = {}): VirtualMeter => openMeter({ start, seed: 5, scenario: "house", ...options });

/** One meter for all tests that do not move its clock: sixty days take a second. */
const still = open();

interface Interval {
  readonly end: number;
  readonly flags: number;
  readonly status: readonly number[];
  readonly values: readonly number[];
}

/** All recorded intervals of a data set, oldest first, from the tables alone. */
const intervalsOf = (meter: VirtualMeter, set: 0 | 1): Interval[] => {
  const get = (table: { number: number }): Uint8Array => meter.memory.get(table.number) ?? new Uint8Array(0);
  const { dimensions } = meter;
  const shape = decode(BT61, get(BT61), dimensions).dataSets[set];
  const status = decode(BT63, get(BT63), dimensions).dataSets[set];
  const { blocks } = decode(set === 0 ? BT64 : BT65, get(set === 0 ? BT64 : BT65), dimensions);
  assert.ok(shape !== undefined && status !== undefined);
  const minutes = shape.maximumIntervalTime;
  return Array.from({ length: status.validBlocks }, (_, i) => {
    const index = (status.lastBlock + 1 + i + shape.blocks - status.validBlocks) % shape.blocks;
    const block = blocks[index];
    assert.ok(block !== undefined);
    const recorded = block.intervals.filter((_, k) => ((block.simpleStatus[k >> 3] ?? 0) >> (k & 7)) & 1);
    const last = utcMillis(block.endTime);
    assert.ok(last !== undefined);
    return recorded.map(({ extendedStatus, values }, k) => ({
      end: last - (recorded.length - 1 - k) * minutes * minute,
      flags: extendedStatus[0] ?? 0,
      status: extendedStatus.slice(1),
      values,
    }));
  }).flat();
};

describe("load profile", () => {
  test("of a meter that remembers two days begins at midnight two days before", () => {
    const ends = intervalsOf(open({ days: 2, scenario: "quiet" }), 0).map(({ end }) => end);
    assert.deepEqual([ends[0], ends.length], [Date.UTC(2026, 3, 8, 0, 15), 2 * 96 + 41]);
  });

  test("has the registers of each quarter of an hour for sixty blocks, to the Wh", () => {
    const meter = still;
    const intervals = intervalsOf(meter, 0);
    assert.equal(intervals.length, 59 * 96 + 41);
    assert.equal(intervals.at(-1)?.end, Date.UTC(2026, 3, 10, 10, 15));
    for (const [i, { end, values }] of intervals.entries()) {
      assert.equal(end, (intervals[0]?.end ?? 0) + i * 15 * minute);
      if (i % 37 === 0) {
        const truth = meter.valuesAt(end);
        assert.deepEqual(
          values,
          [0, 1, 2, 3].map((id) => truth.get(id)),
        );
      }
      const before = intervals[i - 1]?.values ?? values;
      assert.ok(values.every((value, channel) => value >= (before[channel] ?? 0)));
    }
  });

  test("marks daylight saving time, power failures and the change of the clock", () => {
    const meter = still;
    const { outages, clockChange, origin } = meter.history.past;
    const summer = Date.UTC(2026, 2, 29, 1);
    let dark = 0;
    for (const { end, flags, status } of intervalsOf(meter, 0)) {
      const begin = end - 15 * minute;
      const failed = outages.some(({ off, on }) => off < end && on > begin);
      const set = clockChange.time > begin && clockChange.time <= end;
      if (failed) dark++;
      assert.equal(flags, (end > summer ? 1 : 0) | (failed ? 2 : 0) | (set ? 4 : 0));
      assert.deepEqual(status.slice(0, 4), Array(4).fill(set ? 2 : 0));
    }
    assert.ok(dark > 0 && clockChange.time > origin);
  });

  test("keeps recording as time passes, block after block", () => {
    const meter = open({ scenario: "quiet" });
    const status = () => decode(BT63, meter.memory.get(BT63.number) ?? new Uint8Array(0), meter.dimensions).dataSets[0];
    const first = status();
    meter.handle("tick", Date.UTC(2026, 3, 11, 0, 0) - start);
    // At midnight the block is full; the next one begins with its first interval.
    assert.equal(status()?.validIntervals, 96);
    assert.equal(status()?.lastBlock, first?.lastBlock);
    meter.handle("tick", Date.UTC(2026, 3, 11, 0, 15) - start);
    assert.equal(status()?.validIntervals, 1);
    assert.equal(status()?.lastBlockSequenceNumber, (first?.lastBlockSequenceNumber ?? 0) + 1);
    assert.equal(status()?.unreadBlocks, 1);
    assert.equal(intervalsOf(meter, 0).length, 59 * 96 + 1);
    meter.handle("tick", 70 * day);
    const last = intervalsOf(meter, 0).at(-1);
    assert.deepEqual(last?.values[0], meter.valuesAt(last?.end ?? 0).get(0));
    assert.equal(status()?.overflow, true);
  });

  test("has hours in the second data set, with the packed digits of a gas meter beside the energy", () => {
    const meter = still;
    const intervals = intervalsOf(meter, 1);
    assert.equal(intervals.length, 29 * 24 + 10);
    for (const { end, status, values } of intervals.slice(-50)) {
      assert.equal(values[0], meter.valuesAt(end).get(0));
      const litres = Number.parseInt((values[1] ?? 0).toString(16), 10);
      assert.deepEqual([status[1], litres], [0, meter.history.litresAt(end)]);
    }
  });

  test("is described by ET21, whose offsets find the newest interval", () => {
    const meter = still;
    const { dataSets } = decode(ET21, meter.memory.get(ET21.number) ?? new Uint8Array(0), meter.dimensions);
    const [set] = dataSets;
    assert.ok(set !== undefined);
    const offset = set.lastBlockIndex * set.blockSize + set.interval0Offset + set.lastIntervalNumber * set.intervalSize;
    const bytes = meter.memory.read(BT64.number, offset, set.intervalSize) ?? new Uint8Array(0);
    const values = new DataView(bytes.buffer);
    const end = utcMillis(set.intervalEndTimeUtc ?? { year: 0, month: 0, day: 0 });
    assert.equal(end, Date.UTC(2026, 3, 10, 10, 15));
    assert.equal(values.getInt32(set.channel0Offset, true), meter.valuesAt(end ?? 0).get(0));
    assert.deepEqual([set.blockSize, set.blockHeaderSize, set.intervalSize], [1841, 17, 19]);
    assert.deepEqual(set.intervalEndTimeLocal, { year: 26, month: 4, day: 10, hour: 12, minute: 15, second: 0 });
  });

  test("gives the same bytes in pieces as in one", () => {
    const meter = still;
    const whole = meter.memory.get(BT64.number) ?? new Uint8Array(0);
    assert.equal(whole.length, 60 * 1841);
    for (const [offset, count] of [
      [0, 465],
      [1800, 465],
      [1841 * 59, 1841],
      [110_000, 465],
      [110_460, 10],
    ] as const) {
      const expected = new Uint8Array(count);
      expected.set(whole.subarray(offset, offset + count));
      assert.deepEqual(meter.memory.read(BT64.number, offset, count), expected);
    }
  });
});
