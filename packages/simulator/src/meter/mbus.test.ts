import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { mbusTelegram } from "@meterport/mbus/kept/telegram";
import { toHex } from "@meterport/protocol/bytes";
import { type AnyTable, decode } from "@meterport/protocol/layout/index";
import { BT00, ET16, ET45, ET52, ET53, ET57, tables } from "@meterport/protocol/tables/index";
import { HeadEnd } from "../head-end/head-end.ts";
import { requestType } from "../head-end/received.ts";
import { newYear, openMeter } from "../testing/conversation.ts";
import { et11, MepClient, table } from "../testing/mep-client.ts";
import type { VirtualMeter } from "./virtual-meter.ts";

const hour = 3_600_000;
const day = 24 * hour;
const [water, heat, gas, electricity] = [0, 1, 2, 3] as const;

const open = (start = newYear) => {
  const meter = openMeter({ children: "four", start });
  const headEnd = new HeadEnd({ meter });
  const client = new MepClient(meter);
  return { meter, headEnd, client };
};

const telegrams = (meter: VirtualMeter) => {
  const { devices } = decode(ET16, meter.memory.get(ET16.number) ?? new Uint8Array(0), meter.dimensions);
  return devices.slice(0, 4).map((read) => mbusTelegram(read));
};
const recordOf = (meter: VirtualMeter, slot: number, quantity: string): number | null | undefined =>
  telegrams(meter)[slot]?.records.find((record) => record.quantity === quantity)?.value;

describe("four M-Bus devices", () => {
  test("answer with several records each, which decode without a doubt", () => {
    const { meter } = open();
    const seen = telegrams(meter);
    assert.deepEqual(
      seen.map((telegram) => [telegram?.medium, telegram?.manufacturer, telegram?.problem, telegram?.records.length]),
      [
        ["water", "VRT", null, 6],
        ["heat, by the return temperature", "VRH", null, 9],
        ["gas", "VRG", null, 5],
        ["electricity", "VRE", null, 6],
      ],
    );
    for (const telegram of seen)
      for (const record of telegram?.records ?? []) assert.deepEqual([record.quality, record.doubts], ["good", []]);
    const units = seen.map((telegram) => telegram?.records.map(({ quantity, unit }) => `${quantity} ${unit}`));
    assert.deepEqual(units[heat]?.slice(0, 3), ["energy Wh", "volume m³", "power W"]);
    assert.match(seen[gas]?.records[0]?.notes.join() ?? "", /uncorrected/);
    const time = seen[electricity]?.records.find((record) => record.time !== null)?.time;
    assert.equal(time, "2026-01-01T00:00:00", "local midnight");
  });

  test("stand in ET14 and ET16 where the pages have them", () => {
    const { client } = open();
    const status = client.line.readAt(table.ET14, 0, 6 + 4 * et11.statusEntry);
    assert.equal((status[5] ?? 0) & 0x0f, 0x0f, "occupied");
    for (const slot of [water, heat, gas, electricity])
      assert.deepEqual(
        [...status.slice(6 + slot * et11.statusEntry, 10 + slot * et11.statusEntry)],
        [slot + 1, 0, 1, 4],
      );
    // The gas meter: length at 7, medium at 15, its first record at 20.
    const entry = client.line.readAt(table.ET16, gas * et11.dataEntry, 64);
    assert.deepEqual([entry[15], toHex(entry.slice(20, 23))], [3, "0c933a"]);
    const length = entry[7] ?? 0;
    const at = 6 + gas * et11.statusEntry;
    assert.equal((status[at + 4] ?? 0) + 256 * (status[at + 5] ?? 0), 8 + length);
    assert.equal(entry[7 + length], 0, "the zero at the end");
  });

  test("count up believably, and never fall", () => {
    const { meter } = open();
    for (const child of meter.mbus.children) {
      let before = child.countAt(newYear - 400 * day);
      for (let time = newYear - 400 * day; time <= newYear; time += 7 * hour) {
        const count = child.countAt(time);
        assert.ok(count >= before, `${child.kind.name} fell from ${before} to ${count}`);
        before = count;
      }
      const daily = (child.countAt(newYear) - child.countAt(newYear - 365 * day)) / 365;
      assert.ok(daily > 10 && daily < 20_000, `${child.kind.name} counts ${daily} a day`);
    }
  });

  test("are read by ET13 into ET45, each with its own handle", () => {
    const { meter, headEnd, client } = open();
    headEnd.configure(water, { billingFrequency: 0, billingMinute: 30 });
    client.line.listen(3 * hour);
    const { entries, lastEntrySequenceNumber, lastEntryElement } = decode(
      ET45,
      meter.memory.get(ET45.number) ?? new Uint8Array(0),
      meter.dimensions,
    );
    const newest = entries[lastEntryElement];
    assert.equal(newest?.handle, 1);
    assert.deepEqual([newest?.readTime.hour, newest?.readTime.minute], [3, 30]);
    assert.ok(lastEntrySequenceNumber > 30);
    assert.equal(
      recordOf(meter, water, "volume"),
      (meter.mbus.children[water]?.countAt(newYear + 2.5 * hour) ?? 0) / 1000,
    );
  });

  test("an on-demand read is of this moment and reaches the head-end, not ET45", () => {
    const { meter, headEnd, client } = open();
    client.line.listen(10 * hour);
    const request = headEnd.ask({ device: heat, type: requestType.read });
    assert.equal(request.outcome, "answered");
    const [received] = headEnd.received;
    assert.deepEqual([received?.device, received?.kind, received?.handle], [heat, "on-demand", 2]);
    const { readAttempts, readAnswers } = meter.mep.devices.status(heat) ?? assert.fail();
    assert.equal(readAttempts, readAnswers);
    assert.equal(received?.data.length, request.answer?.length);
    const kwh = meter.mbus.children[heat]?.countAt(newYear + 10 * hour) ?? 0;
    const digits = toHex(received?.data.slice(12, 18) ?? new Uint8Array(0));
    assert.equal(digits.slice(0, 4), "0c06");
    const bcd = digits.slice(4).match(/../g)?.reverse().join("");
    assert.equal(bcd, String(kwh).padStart(8, "0"));
    assert.equal(recordOf(meter, heat, "energy"), kwh * 1000);
  });

  test("a valve closes by a write, ET58 shows it, clients are alerted, and nothing flows", () => {
    const { meter, headEnd, client } = open();
    client.register(1, 0x07);
    headEnd.configure(4, { billingDay: 39, billingFrequency: 2 });
    client.line.listen(hour / 2);
    client.post({ kind: "clear-mbus-alert" });
    assert.deepEqual([client.line.readAt(table.ET58, gas * 20, 1)[0], client.flags], [1, 0]);
    headEnd.ask({ device: gas, type: requestType.write, data: Uint8Array.of(0x51, 0x01, 0xfd, 0x1a, 0) });
    assert.deepEqual([client.line.readAt(table.ET58, gas * 20, 1)[0], client.flags], [0, 8]);
    client.post({ kind: "clear-mbus-alert" });
    const child = meter.mbus.children[gas];
    const [closed, later] = [child?.countAt(meter.time), child?.countAt(meter.time + day)];
    assert.equal(closed, later);
    // By multicast to its group it opens again; the water meter is in no group.
    headEnd.ask({ device: water, type: requestType.writeByIndex, data: Uint8Array.of(0x01, 0xfd, 0x1a, 0) });
    assert.equal(client.line.readAt(table.ET58, water * 20, 1)[0], 0);
    client.line.writeAt(0x0822, gas * 22 + 2, [0x04]);
    headEnd.multicast(Uint8Array.of(0x53, 0x51, 0x01, 0xfd, 0x1a, 1), 0x04);
    assert.deepEqual(
      [gas, water].map((slot) => client.line.readAt(table.ET58, slot * 20, 1)[0]),
      [1, 0],
    );
  });

  test("new load profile data alert those who asked for M-Bus alerts", () => {
    const { client, headEnd } = open();
    headEnd.configure(4, { billingDay: 39, billingFrequency: 2 });
    client.register(1, 0x07);
    client.line.listen(59 * 60_000);
    assert.equal(client.flags, 0);
    client.line.listen(61 * 60_000);
    assert.equal(client.flags, 8);
  });

  test("an alarm of a device is latched at its status read", () => {
    const { meter, headEnd, client } = open();
    headEnd.configure(heat, { deviceAlarmBitmask: 0x08 });
    meter.mbus.setStatus(heat, 0x08);
    const entry = client.line.readAt(table.ET14, 6 + heat * et11.statusEntry, et11.statusEntry);
    assert.deepEqual([entry[23], (entry[14] ?? 0) & 4], [8, 4]);
    headEnd.ask({ device: heat, type: requestType.status });
    headEnd.ask({ device: heat, type: requestType.read });
    const counts = meter.mep.devices.status(heat) ?? assert.fail();
    assert.equal(counts.readAttempts, counts.readAnswers);
    assert.equal(telegrams(meter)[heat]?.status.permanentError, true);
    headEnd.clearAlarms(heat);
    assert.equal(client.line.readAt(table.ET14, 6 + heat * et11.statusEntry + 23, 1)[0], 0);
  });

  test("a removed device comes back with another handle when the meter searches, and its first read goes to ET16", () => {
    const { meter, headEnd, client } = open();
    assert.equal(headEnd.remove(gas), true);
    assert.deepEqual(
      headEnd.devices.map(({ device }) => device),
      [0, 1, 3],
    );
    const { length } = meter.history.deviceReads.log;
    assert.deepEqual(meter.mbus.discover(), [gas]);
    assert.equal(meter.history.deviceReads.log.length, length);
    assert.equal(client.line.readAt(table.ET14, 6 + gas * et11.statusEntry, 1)[0], 5);
    assert.deepEqual(meter.mbus.discover(), []);
  });

  test("their counters are in the load profile, by ET57 and ET66", () => {
    const { meter } = open();
    const types = decode(ET57, meter.memory.get(ET57.number) ?? new Uint8Array(0), meter.dimensions).entries;
    assert.deepEqual(
      types.slice(0, 5).map(({ mdt, drh }) => [mdt, toHex(Uint8Array.from(drh))]),
      [
        [1, "0c933a"],
        [2, "0c1300"],
        [3, "0c0600"],
        [4, "040300"],
        [5, "01fd1a"],
      ],
    );
    // ET66: device index in bits 8 to 11, data type in bits 0 to 4 (p. 38).
    assert.equal(toHex((meter.memory.get(0x0842) ?? new Uint8Array(0)).slice(0, 8)), "0240034101420443");
    assert.equal(meter.dimensions.BT61.dataSets[1]?.channels, 5);
  });
});

/** Buffers, and BT00, whose size its own bytes say. */
const padded: ReadonlySet<number> = new Set([BT00.number, ET52.number, ET53.number]);

for (const firmware of [
  [2, 12],
  [3, 30],
  [3, 70],
  [4, 30],
] as const)
  test(`every table of a meter ${firmware.join(".")} with four devices decodes to its last byte`, () => {
    const meter = openMeter({ children: "four", profile: { family: "meter", firmware: [...firmware] } });
    const sized = tables.filter(({ number }) => meter.memory.has(number) && !padded.has(number));
    assert.ok(sized.length > 40);
    for (const layout of sized) {
      const bytes = meter.memory.get(layout.number) ?? new Uint8Array(0);
      assert.doesNotThrow(
        () => decode(layout as AnyTable, bytes, meter.dimensions),
        `${layout.id} of ${bytes.length} bytes`,
      );
    }
  });

test("a meter with one gas meter answers an on-demand read with this moment's value", () => {
  const meter = openMeter();
  const headEnd = new HeadEnd({ meter });
  const client = new MepClient(meter);
  client.line.listen(12 * hour);
  headEnd.ask({ device: 0, type: requestType.read });
  const litres = meter.history.litresAt(newYear + 12 * hour);
  assert.equal(recordOf(meter, 0, "volume"), litres / 1000);
});
