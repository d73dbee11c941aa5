/** What a virtual meter's event log records of its past and of what is done to it, with the arguments as bytes. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decode, encode } from "@meterport/protocol/layout/index";
import { encodeRequest } from "@meterport/protocol/mep/frame/apdu";
import { encodeCall } from "@meterport/protocol/procedures/call";
import { EP17 } from "@meterport/protocol/procedures/ep17-remove-device";
import { EP19, onDemandRequest } from "@meterport/protocol/procedures/ep19-post-on-demand-request";
import { transaction } from "@meterport/protocol/tables/extended/transaction";
import { BT07, BT74, ET50, ET52 } from "@meterport/protocol/tables/index";
import { openHousehold } from "../household/household.ts";
import type { VirtualMeter } from "../meter/virtual-meter.ts";
import { basicKey, Conversation, openMeter } from "../testing/conversation.ts";

const start = Date.UTC(2026, 3, 10, 10, 20, 33);
const mep = 0xfffd;
const network = 0xfffe;

interface Shown {
  readonly event: number | undefined;
  readonly userId: number | undefined;
  readonly argument: number;
}

const logOf = (meter: VirtualMeter) =>
  decode(BT74, meter.memory.get(BT74.number) ?? assert.fail("no log"), meter.dimensions);

/** The newest entries of BT74, oldest first, as its bytes have them. */
const newest = (meter: VirtualMeter, count: number): readonly Shown[] => {
  const { historyRecords, lastEntryElement } = logOf(meter);
  return Array.from({ length: count }, (_, i) => {
    const at = (lastEntryElement - (count - 1 - i) + historyRecords.length) % historyRecords.length;
    const { event, userId, argument } = historyRecords[at] ?? {};
    const [low = 0, high = 0] = argument ?? [];
    return { event, userId, argument: low + 256 * high };
  });
};

describe("the past in the event log", () => {
  test("has events with their arguments: causes, seasons, tiers, lists, devices, phases", () => {
    const seen = new Map<number, Set<number>>();
    for (let seed = 0; seed < 12; seed++) {
      const meter = openMeter({ start, seed, scenario: "solar", demand: true });
      for (const { event, argument } of meter.history.eventsUntil(meter.time))
        seen.set(event, (seen.get(event) ?? new Set()).add(argument));
    }
    const all = (event: number): readonly number[] => [...(seen.get(event) ?? [])].sort((a, b) => a - b);
    const manufacturer = 2048;
    for (const [event, expected] of [
      [1, [0]],
      [2, [3]],
      [9, [5, 10]],
      [15, [2, 3, 8, 255]],
      [22, [0]],
      [24, [1]],
      [27, [0, 1]],
      [47, [1]],
      [manufacturer | 68, [1, 2, 4]],
      [manufacturer | 82, [0]],
      [manufacturer | 96, [0x2000]],
    ] as const)
      assert.deepEqual(all(event), expected, `event ${event}`);
    assert.ok(all(48).every((phases) => phases >= 1 && phases <= 7) && all(48).length > 0);
  });

  test("has reverse energy at most once a month, and never for a house without solar panels", () => {
    const meter = openMeter({ start, seed: 3, scenario: "solar" });
    const household = openHousehold({ scenario: "solar", seed: 3 });
    const reversals = meter.history.eventsUntil(meter.time).filter(({ event }) => event === 48);
    assert.ok(reversals.length >= 2 && reversals.length <= 4, `${reversals.length}`);
    for (const { time, argument } of reversals)
      for (const at of [time - 10_000, time])
        for (const [i, { activePower }] of household.state(at).phases.entries())
          if ((argument >> i) & 1) assert.ok(activePower < 0, `L${i + 1} at ${new Date(at).toISOString()}`);
    // An earlier or later look sees the same.
    const [first] = reversals;
    const other = openMeter({ start, seed: 3, scenario: "solar" });
    assert.deepEqual(
      other.history.eventsUntil(first?.time ?? 0).filter(({ event }) => event === 48),
      [first],
    );
    assert.deepEqual(
      other.history.eventsUntil(other.time).filter(({ event }) => event === 48),
      reversals,
    );
    const flat = openMeter({ start, seed: 3, scenario: "flat" });
    assert.ok(flat.history.eventsUntil(flat.time).every(({ event }) => event !== 48));
  });

  test("has nothing that needs power during an outage", () => {
    for (let seed = 0; seed < 20; seed++) {
      const meter = openMeter({ start, seed });
      for (const { off, on } of meter.history.outages)
        for (const { time, event } of meter.history.eventsUntil(meter.time))
          if (time > off && time < on) assert.ok(![9, 15, 27, 47].includes(event & 0x7ff), `${event}`);
    }
  });
});

describe("what is done to a meter", () => {
  const write = (table: number, ...data: number[]) =>
    ({ kind: "write-at", table, offset: 3, data: Uint8Array.from(data) }) as const;

  test("is in its event log: tables written, procedures called, devices removed", () => {
    const meter = openMeter({ start });
    const client = new Conversation(meter);
    client.ask(write(53, 30));
    assert.deepEqual(newest(meter, 1), [{ event: 10, userId: mep, argument: 53 }]);
    const call = encodeCall(EP17, { action: 0, deviceHandle: 1 }, 1, {});
    client.ask({ kind: "write", table: BT07.number, data: call });
    assert.deepEqual(newest(meter, 2), [
      { event: 9, userId: mep, argument: 2048 + 17 },
      { event: 2048 | 96, userId: mep, argument: 0x2004 },
    ]);
  });

  test("is there when the M-Bus device of a slot was read on request", () => {
    const meter = openMeter({ start });
    const client = new Conversation(meter);
    const ask = (sequence: number, requestType: number): void => {
      const data = encodeCall(EP19, { transactionNumber: 1, deviceHandle: 1, requestType }, sequence, meter);
      client.ask({ kind: "write", table: BT07.number, data });
    };
    ask(1, onDemandRequest.billingRead);
    assert.deepEqual(newest(meter, 1), [{ event: 2048 | 81, userId: mep, argument: 0x2000 }]);
    ask(2, onDemandRequest.timeSync);
    assert.deepEqual(newest(meter, 1), [{ event: 9, userId: mep, argument: 2048 + 19 }]);
  });

  test("is there when a MEP client is registered, as the device of its slot", () => {
    const meter = openMeter({ start });
    const client = new Conversation(meter);
    client.ask({ kind: "write-at", table: ET50.number, offset: 30, data: Uint8Array.of(1) });
    assert.deepEqual(newest(meter, 2), [
      { event: 10, userId: mep, argument: 2048 + 50 },
      { event: 2048 | 96, userId: mep, argument: 0xa000 },
    ]);
  });

  test("is there once for each request of a transaction, and not for one that was refused", () => {
    const meter = openMeter({ start });
    const client = new Conversation(meter);
    const messages = [53, 2061].map((table) => encodeRequest(write(table, 1)));
    client.ask({ ...write(ET52.number), offset: 0, data: encode(ET52, transaction({ number: 7, messages }), {}) });
    assert.deepEqual(
      newest(meter, 2).map(({ event, argument }) => [event, argument]),
      [
        [10, 53],
        [10, 2061],
      ],
    );
    const { lastEntrySequenceNumber } = logOf(meter);
    const basic = new Conversation(meter, { key: basicKey });
    basic.now = 5000;
    basic.ask(write(53, 30));
    assert.equal(logOf(meter).lastEntrySequenceNumber, lastEntrySequenceNumber);
  });

  test("and a start after a brown-out too, which is not a power failure", () => {
    const meter = openMeter({ start });
    const outages = meter.history.outages.length;
    meter.reboot();
    assert.deepEqual(newest(meter, 1), [{ event: 2, userId: 0xffff, argument: 8 }]);
    assert.equal(meter.history.outages.length, outages);
  });

  test("keeps its number and its place when more is done than the meter remembers", () => {
    const meter = openMeter({ start });
    const before = logOf(meter);
    for (let i = 0; i < 2537; i++) meter.history.note({ time: meter.time, event: 10, argument: i, userId: network });
    meter.memory.patch(53, 3, Uint8Array.of(60));
    const after = logOf(meter);
    assert.equal(after.lastEntrySequenceNumber - before.lastEntrySequenceNumber, 2537);
    const steps = after.lastEntryElement - before.lastEntryElement - 2537;
    assert.equal(((steps % 100) + 100) % 100, 0);
    assert.deepEqual(newest(meter, 1), [{ event: 10, userId: network, argument: 2536 }]);
  });
});
