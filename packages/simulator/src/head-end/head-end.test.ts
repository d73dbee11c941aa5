import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { toHex } from "@meterport/protocol/bytes";
import { thirdPartyForms } from "@meterport/protocol/procedures/post-messages";
import type { VirtualMeterOptions } from "../meter/virtual-meter.ts";
import { newYear, openMeter } from "../testing/conversation.ts";
import { et11, identification, MepClient, table } from "../testing/mep-client.ts";
import { HeadEnd, type HeadEndOptions } from "./head-end.ts";
import { type HeadEndEvent, requestType } from "./received.ts";

const meter4 = { family: "meter", firmware: [4, 30] } as const;
const second = 1000;
const minute = 60 * second;
const never = { billingDay: 39, billingFrequency: 2 };

const open = (meterOptions: Partial<VirtualMeterOptions> = {}, options: Partial<HeadEndOptions> = {}) => {
  const meter = openMeter(meterOptions);
  const events: HeadEndEvent[] = [];
  const headEnd = new HeadEnd({ meter, tell: (event) => events.push(event), ...options });
  for (const device of meter.portCount === 2 ? [4, 5] : [4]) headEnd.configure(device, never);
  const happened = (type: HeadEndEvent["type"]) => events.filter((event) => event.type === type);
  return { meter, headEnd, events, happened };
};

/** With one registered client. */
const registered = (meterOptions: Partial<VirtualMeterOptions> = {}, options: Partial<HeadEndOptions> = {}) => {
  const world = open(meterOptions, options);
  const client = new MepClient(world.meter);
  client.register();
  return { ...world, client };
};

describe("registration", () => {
  test("a client that registers gets handle 1000 and is seen with its identification", () => {
    const { headEnd, meter, happened } = open();
    const client = new MepClient(meter);
    assert.equal(client.register(7), 1000);
    // Status 3, at byte 8 of the page: 2 of the entry.
    assert.equal(client.status[2], 3);
    assert.deepEqual(headEnd.devices.at(-1), { device: 4, handle: 1000, identification: identification(7) });
    assert.equal(happened("registered").length, 2, "the gas meter and the client");
    assert.equal((meter.memory.read(3, 6, 1)?.[0] ?? 0) & 1, 1, "BT03 says that a client came");
  });

  test("the head-end removes a device: registration, entry and requests end, and the next one has another handle", () => {
    const { headEnd, client } = registered();
    const request = headEnd.ask({ device: 4, type: requestType.read });
    assert.equal(client.flags, 2);
    assert.equal(headEnd.remove(4), true);
    assert.equal(headEnd.remove(4), false);
    assert.equal(client.handle, 0);
    assert.equal(client.line.readAt(table.ET50, 30, 1)[0], 0x02, "the other flags of ET50 stay");
    assert.deepEqual([client.flags, request.outcome], [0, "failed"]);
    assert.equal(client.queue.entries[0]?.result, 3);
    assert.equal(client.register(), 1001);
  });

  test("the same identification keeps its handle, another one gets the next", () => {
    const { client, happened } = registered();
    client.line.writeAt(table.ET50, 30, [0]);
    assert.equal(client.register(1), 1000);
    assert.equal(client.register(2), 1001);
    assert.equal(happened("removed").length, 1);
    assert.equal(client.register(2), 1001);
  });

  test("ET97 decides: under a mask, always a new device, or always the same one", () => {
    const world = registered({ profile: meter4 });
    const { client } = world;
    // A = 3 FTz messages of 8 bytes; the mode of client 1, then its mask (p. 199).
    const mode = (value: number, mask: readonly number[] = []): void => {
      assert.equal(client.line.writeAt(0x0861, 24, [value, ...mask]), "done");
    };
    const again = (unique: number): number => {
      client.line.writeAt(table.ET50, 30, [0]);
      return client.register(unique);
    };
    mode(3);
    assert.equal(again(99), 1000);
    mode(2);
    assert.equal(again(99), 1001);
    assert.deepEqual(world.headEnd.devices.at(-1)?.identification, identification(99));
    const onlyManufacturer = [0xff, 0xff, 0xff, ...new Array<number>(27).fill(0)];
    mode(1, onlyManufacturer);
    assert.equal(again(5), 1001);
    mode(0);
    assert.equal(again(6), 1002);
  });
});

describe("scheduled reads", () => {
  test("are flagged at their time, answered once, and go to ET16 first and then to ET45", () => {
    const { headEnd, client } = registered();
    const day = [0x11, 0x22, 0x33];
    headEnd.configure(4, { billingDay: 0, billingHour: 0, billingMinute: 5, billingFrequency: 0 });
    assert.equal(client.flags, 0);
    client.line.listen(5 * minute);
    assert.equal(client.flags, 1);
    const attempts = client.status.slice(6, 10);
    assert.deepEqual([...attempts], [1, 0, 0, 0]);
    assert.equal(client.post({ kind: "scheduled-read", data: Uint8Array.from(day) }), 0);
    assert.equal(client.flags, 0);
    // ET16: time, flags, then count and length, then the data at 11 (p. 101).
    const entry = client.line.readAt(table.ET16, 4 * et11.dataEntry, 14);
    assert.equal(toHex(entry), `1a0101010500${"00"}0100${"0300"}112233`);
    // ET14: billing read length 14 at 10, answers 1 at 16, "billing data collected" at 20 (pp. 92-93).
    assert.deepEqual([...client.status.slice(4, 6), client.status[10], client.status[14]], [14, 0, 1, 1]);

    client.line.listen(65 * minute);
    assert.equal(client.flags, 1);
    assert.equal(client.post({ kind: "scheduled-read", data: Uint8Array.of(9) }), 0);
    // ET45: the newest entry, its length without itself, then the handle (pp. 126-127).
    const [, , last = 0] = client.line.readAt(table.ET45, 0, 6);
    const logged = client.line.readAt(table.ET45, 6 + last * (8 + et11.dataEntry), 8 + 12);
    assert.equal(toHex(logged), "10000000e8030004" + "1a0101020500" + "00" + "0200" + "0100" + "09");
    assert.equal(toHex(client.line.readAt(table.ET16, 4 * et11.dataEntry + 7, 2)), "0100", "ET16 keeps the first");
    assert.deepEqual(
      headEnd.received.map(({ kind, data, handle }) => [kind, toHex(data), handle]),
      [
        ["scheduled", "112233", 1000],
        ["scheduled", "09", 1000],
      ],
    );
  });

  test("nobody asked: the data go to ET16 and count as unsolicited", () => {
    const { headEnd, client } = registered();
    client.post({ kind: "scheduled-read", data: Uint8Array.of(1) });
    client.post({ kind: "scheduled-read", data: Uint8Array.of(2) });
    assert.deepEqual(
      headEnd.received.map(({ kind }) => kind),
      ["unsolicited", "unsolicited"],
    );
    assert.equal(client.line.readAt(table.ET16, 4 * et11.dataEntry + 11, 1)[0], 2);
  });

  test("compatible installations find scheduled reads in ET16 too", () => {
    const { headEnd, client } = registered({}, { compatible: true });
    for (const byte of [1, 2]) {
      headEnd.readNow(4);
      client.post({ kind: "scheduled-read", data: Uint8Array.of(byte) });
    }
    assert.equal(client.line.readAt(table.ET16, 4 * et11.dataEntry + 11, 1)[0], 2);
  });

  test("alarms are latched, those that ET13 calls urgent also by the meter, until the head-end clears them", () => {
    const { headEnd, client, meter, happened } = registered();
    const post = (alarms: number) =>
      client.post({ kind: "scheduled-read-and-alarms", alarms, data: new Uint8Array(0) });
    // Device alarms at 29, MEP alarms at 20 of the page: 23 and 14 of the entry.
    headEnd.clearAlarms(4);
    post(0x04);
    assert.deepEqual([client.status[23], (client.status[14] ?? 0) & 4], [4, 0]);
    headEnd.configure(4, { deviceAlarmBitmask: 0x10 });
    post(0x10);
    assert.deepEqual([client.status[23], (client.status[14] ?? 0) & 4], [0x14, 4]);
    assert.equal((meter.memory.read(3, 6, 1)?.[0] ?? 0) & 2, 2);
    headEnd.clearAlarms(4);
    assert.deepEqual([client.status[23], client.status[14], meter.memory.read(3, 6, 1)?.[0]], [0, 0, 0]);
    assert.equal(headEnd.received.at(-1)?.alarms, 0x10);
    const latched = happened("alarm").map((event) => event.type === "alarm" && [event.alarms, event.deviceAlarms]);
    assert.deepEqual(latched.slice(-2), [
      [1, 4],
      [5, 0x14],
    ]);
  });

  test("more than ET16 has room for is cut, and latched as an overflow", () => {
    const { headEnd, client, meter } = registered();
    assert.equal(meter.dimensions.ET11.dataEntrySize - 11, 506);
    // In BT07 there is no room for so much: a transaction carries it (p. 57).
    const parameters = [201, 600 & 0xff, 600 >> 8, ...new Array<number>(600).fill(7)];
    const call = [0x27, 0x08, 5, ...parameters];
    const request = [0x40, 0, 7, call.length >> 8, call.length & 0xff, ...call];
    const size = 5 + 2 + request.length + 2;
    const bytes = [size & 0xff, size >> 8, 0, 1, 0, request.length & 0xff, request.length >> 8, ...request, 1, 0];
    for (let at = 0; at < bytes.length; at += 400)
      assert.equal(client.line.writeAt(0x0834, at, bytes.slice(at, at + 400)), "done");
    assert.equal(headEnd.received[0]?.data.length, 506);
    assert.equal(headEnd.received[0]?.cut, true);
    assert.equal((client.status[14] ?? 0) & 8, 8);
  });
});

describe("on-demand requests", () => {
  test("stand in ET15 where the pages have them, and end with what the client posts", () => {
    const { headEnd, client } = registered();
    const read = headEnd.ask({ device: 4, type: requestType.read });
    const write = headEnd.ask({ device: 4, type: requestType.write, data: Uint8Array.of(1, 2, 3) });
    const indexed = headEnd.ask({ device: 4, type: requestType.writeByIndex, data: Uint8Array.of(4) });
    assert.equal(client.flags, 2);
    const { entries } = client.queue;
    assert.deepEqual(entries.slice(0, 4), [
      { transaction: 0xff00, handle: 1000, type: 2, result: 0, data: "" },
      { transaction: 0xff01, handle: 1000, type: 4, result: 0, data: "010203" },
      { transaction: 0xff02, handle: 1000, type: 4, result: 0, data: "04" },
      { transaction: 0, handle: 0, type: 0, result: 0, data: "" },
    ]);
    assert.deepEqual([client.queue.read, client.queue.write], [0, 3]);
    assert.equal(client.answer([0xaa, 0xbb]), 0);
    assert.deepEqual([read.outcome, toHex(read.answer ?? new Uint8Array(0))], ["answered", "aabb"]);
    assert.equal(client.queue.read, 1);
    assert.equal(client.answer([]), 0);
    assert.equal(client.answer([], false), 0);
    assert.deepEqual([write.outcome, indexed.outcome], ["answered", "failed"]);
    assert.deepEqual(
      client.queue.entries.map(({ result }) => result),
      [1, 1, 3, 0, 0],
    );
    assert.equal(client.flags, 0);
    assert.equal(toHex(client.line.readAt(table.ET16, 4 * et11.dataEntry + 7, 6)), "01000200aabb");
  });

  test("an answer for another handle or transaction, or without a request, changes nothing", () => {
    const { headEnd, client } = registered();
    const request = headEnd.ask({ device: 4, type: requestType.read });
    const data = Uint8Array.of(1);
    const answer = { kind: "on-demand", success: true, data } as const;
    assert.equal(client.post({ ...answer, transaction: 0xff00, handle: 1001 }), 2);
    assert.equal(client.post({ ...answer, transaction: 0xff01, handle: 1000 }), 3);
    assert.equal(client.call(0x0827, Uint8Array.of(203, 0)), 2);
    assert.equal(client.call(0x0827, Uint8Array.of(99)), 2);
    assert.deepEqual([request.outcome, headEnd.received.length, client.flags], ["posted", 0, 2]);
    assert.equal(client.post({ ...answer, transaction: 0xff00, handle: 1000 }), 0);
    assert.equal(client.post({ ...answer, transaction: 0xff00, handle: 1000 }), 3);
    assert.equal(headEnd.received.length, 1);
  });

  test("one that nobody answers expires after ET51's seconds, and then cannot be answered", () => {
    const { headEnd, client } = registered();
    const request = headEnd.ask({ device: 4, type: requestType.read });
    const posted = client.line.now;
    client.line.listen(posted + 29 * second);
    assert.equal(request.outcome, "posted");
    client.line.listen(posted + 30 * second);
    assert.equal(request.outcome, "expired");
    assert.equal((request.endedAt ?? 0) - (request.postedAt ?? 0), 30 * second);
    assert.equal(client.queue.entries[0]?.result, 2);
    assert.equal(client.flags, 0);
    const late = {
      kind: "on-demand",
      transaction: 0xff00,
      handle: 1000,
      success: true,
      data: Uint8Array.of(1),
    } as const;
    assert.equal(client.post(late), 3);
  });

  test("a full queue waits, and all are answered in order", () => {
    const { headEnd, client } = registered();
    const requests = Array.from({ length: 12 }, (_, i) =>
      headEnd.ask({ device: 4, type: requestType.write, data: Uint8Array.of(i) }),
    );
    assert.deepEqual(
      requests.map(({ outcome }) => outcome),
      [...new Array<string>(5).fill("posted"), ...new Array<string>(7).fill("waiting")],
    );
    const seen: (string | undefined)[] = [];
    while (client.flags === 2) {
      seen.push(client.oldest?.data);
      client.answer([]);
    }
    assert.deepEqual(seen, ["00", "01", "02", "03", "04", "05", "06", "07", "08", "09", "0a", "0b"]);
    assert.ok(requests.every(({ outcome }) => outcome === "answered"));
  });

  test("two clients: only the owner of the oldest entry is alerted and can answer it, the other is held up", () => {
    const { headEnd, meter } = open({ profile: meter4 });
    const [one, two] = [new MepClient(meter), new MepClient(meter, { port: 2 })];
    assert.deepEqual([one.register(1), two.register(2)], [1000, 2000]);
    const first = headEnd.ask({ device: 4, type: requestType.read });
    const second = headEnd.ask({ device: 5, type: requestType.read });
    assert.deepEqual([one.flags, two.flags], [2, 0]);
    const answer = { kind: "on-demand", success: true, data: Uint8Array.of(5) } as const;
    assert.equal(two.post({ ...answer, transaction: 0xff01, handle: 2000 }), 3);
    assert.equal(two.post({ ...answer, transaction: 0xff00, handle: 1000 }), 2);
    assert.equal(one.answer([4]), 0);
    assert.deepEqual([one.flags, two.flags], [0, 2]);
    assert.equal(two.answer([5]), 0);
    assert.deepEqual([toHex(first.answer ?? first.data ?? new Uint8Array(0)), second.outcome], ["04", "answered"]);
    assert.equal(toHex(one.line.readAt(table.ET16, 5 * et11.dataEntry + 7, 5)), "0100010005");
  });

  test("a form that names no handle does not let a client answer for another", () => {
    const forms = { "on-demand": { type: 7, fields: ["success", "length16", "data"] } } as const;
    const { headEnd, meter } = open({ profile: meter4 }, { forms });
    const [one, two] = [new MepClient(meter, { forms }), new MepClient(meter, { port: 2, forms })];
    one.register(1);
    two.register(2);
    const request = headEnd.ask({ device: 4, type: requestType.read });
    assert.equal(two.answer([1]), 3);
    assert.equal(request.outcome, "posted");
    assert.equal(one.answer([2]), 0);
    assert.equal(toHex(request.answer ?? new Uint8Array(0)), "02");
  });

  test("M-Bus devices answer at once, multicasts too, but behind the requests before them", () => {
    const { headEnd, client } = registered();
    const read = headEnd.ask({ device: 0, type: requestType.read });
    assert.equal(read.outcome, "answered");
    assert.equal(headEnd.received[0]?.device, 0);
    assert.equal(
      toHex((headEnd.received[0]?.data ?? new Uint8Array(0)).slice(4, 6)),
      "9315",
      "the maker of the gas meter",
    );
    headEnd.ask({ device: 4, type: requestType.read });
    const cast = headEnd.multicast(Uint8Array.of(0x53, 0x51, 1));
    assert.equal(cast.outcome, "posted");
    client.answer([]);
    assert.equal(cast.outcome, "answered");
    assert.equal(toHex(client.multicast), "535101");
  });

  test("who is not registered is neither alerted nor heard", () => {
    const { headEnd, client } = registered();
    headEnd.ask({ device: 4, type: requestType.read });
    client.line.writeAt(table.ET50, 30, [0x02]);
    assert.equal(client.flags, 2);
    assert.equal(client.line.listen(client.line.now + 10 * second), 0);
    assert.equal(client.answer([1]), 3);
  });

  test("the forms decide what is understood: the public client's have no on-demand answer", () => {
    const { headEnd, meter } = open({}, { forms: thirdPartyForms });
    const client = new MepClient(meter, { forms: thirdPartyForms });
    client.register();
    headEnd.readNow(4);
    assert.equal(client.post({ kind: "scheduled-read-and-alarms", alarms: 0, data: Uint8Array.of(8) }), 0);
    assert.deepEqual([client.flags, headEnd.received[0]?.kind], [0, "scheduled"]);
  });

  test("what cannot be asked is one sentence", () => {
    const { headEnd } = registered();
    assert.throws(() => headEnd.ask({ device: 9, type: 2 }), { name: "UsageError", message: /devices 0 to 4, not 9/ });
    assert.throws(() => headEnd.ask({ device: 4, type: 5 }), { message: /device 4 has no type 5/ });
    assert.throws(() => headEnd.ask({ device: 4, type: 4, data: new Uint8Array(25) }), { message: /24 bytes, not 25/ });
    assert.throws(() => headEnd.sendFile({ device: 0, file: Uint8Array.of(1) }), { message: /for MEP clients/ });
    assert.equal(headEnd.ask({ device: 3, type: 2 }).outcome, "failed", "there is no device in slot 3");
  });
});

describe("alerts", () => {
  test("come each second on the port whose flag is set, and a second after a frame at the earliest", () => {
    const { headEnd, meter } = open({ profile: meter4 });
    const [one, two] = [new MepClient(meter), new MepClient(meter, { port: 2 })];
    one.register(1);
    two.register(2);
    const begin = Math.max(one.line.now, two.line.now) + 5 * second;
    assert.deepEqual([one.line.listen(begin), two.line.listen(begin)], [0, 0]);
    headEnd.readNow(5);
    assert.equal(two.line.listen(begin + 10 * second), 11);
    assert.equal(one.line.listen(begin + 10 * second), 0);
    // A frame of the one does not hold off the other.
    headEnd.readNow(4);
    assert.equal(one.line.listen(begin + 20 * second), 11);
    assert.equal(one.flags, 1);
    const asked = one.line.now;
    assert.equal(one.line.listen(asked + 999), 0);
    assert.equal(one.line.listen(asked + 1100), 1);
  });

  test("flags that a client writes into ET13 do not stay", () => {
    const { headEnd, client } = registered();
    headEnd.readNow(4);
    client.line.writeAt(table.ET13, 4 * et11.configEntry + 8, [0]);
    assert.equal(client.flags, 1);
  });

  test("non-urgent data stand in ET13 from byte 9 on", () => {
    const { headEnd, client } = registered();
    headEnd.putDownlink(4, Uint8Array.of(0xde, 0xad));
    assert.equal(toHex(client.line.readAt(table.ET13, 4 * et11.configEntry + 8, 4)), "00dead00");
    assert.throws(() => headEnd.putDownlink(4, new Uint8Array(58)), { message: /57 bytes/ });
  });

  test("M-Bus changes are for those who asked for them, until they are cleared", () => {
    const { headEnd, client, happened } = registered();
    headEnd.mbusChanged();
    assert.equal(client.flags, 0);
    client.line.writeAt(table.ET50, 30, [0x07]);
    headEnd.mbusChanged();
    assert.equal(client.flags, 8);
    assert.equal(client.post({ kind: "clear-mbus-alert" }), 0);
    assert.equal(client.post({ kind: "clear-mbus-alert" }), 0);
    assert.deepEqual([client.flags, happened("alert-cleared").length], [0, 1]);
  });

  test("delta data: a source that moves by its delta raises the flag, and the comparison moves with it", () => {
    const { client, meter } = registered();
    client.line.writeAt(table.ET50, 30, [0x0b]);
    const watts = meter.valuesAt(newYear).get(8) ?? 0;
    const held = new DataView(new ArrayBuffer(4));
    held.setInt32(0, watts, true);
    // Source 8 (total power), delta 5, compared with what it is now; then a source that does not exist (p. 181).
    client.line.writeAt(table.ET71, 0, [8, 0, 5, 0, ...new Uint8Array(held.buffer)]);
    client.line.writeAt(table.ET71, 13, [0xee, 0xee, 1, 0]);
    client.line.listen(client.line.now + 3 * second);
    assert.equal(client.flags, 0, "a quiet household does not move");
    assert.equal(client.line.readAt(table.ET71, 13 + 12, 1)[0], 1);
    // Energies are in the unit of ET55, here Wh as at the factory.
    client.line.writeAt(table.ET71, 26, [0, 0, 0, 0]);
    client.line.listen(client.line.now + 2 * second);
    const energy = new DataView(Uint8Array.from(client.line.readAt(table.ET71, 26 + 8, 4)).buffer).getInt32(0, true);
    assert.equal(energy, Math.floor((meter.valuesAt(meter.time).get(0) ?? 0) / meter.history.live.energyUnit));
    held.setInt32(0, watts - 6, true);
    client.line.writeAt(table.ET71, 4, new Uint8Array(held.buffer));
    client.line.listen(client.line.now + 2 * second);
    assert.equal(client.flags, 16);
    const [comparison, sample] = [4, 8].map((at) => toHex(client.line.readAt(table.ET71, at, 4)));
    assert.equal(comparison, sample);
    assert.equal(client.post({ kind: "clear-delta-alert" }), 0);
    client.line.listen(client.line.now + 5 * second);
    assert.equal(client.flags, 0);
  });
});

describe("power failures", () => {
  test("leave the meter silent, lose ET71 and what waited in ET15, and keep registration and a due read", () => {
    const { headEnd, client, happened } = registered();
    client.line.writeAt(table.ET50, 30, [0x0b]);
    client.line.writeAt(table.ET71, 0, [8, 0, 1, 0, 0, 0, 0, 0]);
    const request = headEnd.ask({ device: 4, type: requestType.read });
    headEnd.readNow(4);
    const failed = client.line.now;
    headEnd.failPower(10 * second);
    assert.equal(client.line.listen(failed + 10 * second - 1), 0);
    assert.equal(client.line.listen(failed + 12 * second) > 0, true, "alerts again");
    assert.equal(request.outcome, "expired");
    assert.equal(client.flags, 1);
    assert.equal(client.handle, 1000);
    assert.deepEqual([...client.line.readAt(table.ET71, 0, 4)], [255, 0, 0, 0]);
    assert.deepEqual([client.queue.read, client.queue.write, client.queue.entries[0]?.type], [0, 0, 0]);
    assert.deepEqual([happened("power-failed").length, happened("power-restored").length], [1, 1]);
  });
});

describe("the health of a client", () => {
  test("silence longer than ET51 allows puts it down and latches an alarm; a request puts it up again", () => {
    const { client, happened, headEnd } = registered();
    // Monitoring on, 60 s (pp. 134-135).
    client.line.writeAt(table.ET51, 0, [0x03, 60, 0]);
    const heard = client.line.now;
    client.line.listen(heard + 59 * second);
    assert.equal(happened("down").length, 0);
    client.line.listen(heard + 61 * second);
    assert.equal(happened("down").length, 1);
    const { status } = client;
    assert.deepEqual([status[2], (status[14] ?? 0) & 0x10], [3, 0x10], "the request that asked has put it up");
    assert.equal(happened("up").length, 1);
    headEnd.clearAlarms(4);
    assert.equal((client.status[14] ?? 0) & 0x10, 0);
  });
});

describe("files", () => {
  const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8)) & 0xff);

  test("200 kB arrive packet by packet, then the switchover with length and MAC", () => {
    const file = bytes(200_000);
    const { headEnd, meter } = open({ profile: meter4 });
    const client = new MepClient(meter);
    client.register();
    headEnd.sendFile({ device: 4, file, mac: (image) => image.slice(0, 16) });
    assert.deepEqual([client.oldest?.type, headEnd.files[0]?.packets], [7, 3704]);
    client.answer([]);
    const assembled = new Uint8Array(3704 * 54);
    let number = 0;
    while (client.oldest?.type === 8) {
      const packet = client.multicast;
      assert.equal(packet.length, 56);
      assert.equal((packet[0] ?? 0) + 256 * (packet[1] ?? 0), number);
      assembled.set(packet.subarray(2), 54 * number++);
      client.answer([]);
    }
    assert.equal(number, 3704);
    assert.deepEqual(assembled.slice(0, file.length), file);
    assert.deepEqual([client.oldest?.type, client.oldest?.data], [9, `400d0300${toHex(file.slice(0, 16))}`]);
    client.answer([]);
    assert.deepEqual([headEnd.files[0]?.state, headEnd.files[0]?.sent], ["done", 3704]);
    assert.equal((client.status[14] ?? 0) & 0x40, 0x40, "switchover succeeded");
    assert.equal(client.line.readAt(0x0804, 127, 1)[0], 2, "ET04: OSGP-AES-128-PSK");
  });

  test("a packet that expires is sent again; a switchover that fails is not", () => {
    const { headEnd, client } = registered();
    headEnd.sendFile({ device: 4, file: bytes(100) });
    client.answer([]);
    client.line.listen(client.line.now + 31 * second);
    assert.deepEqual([client.oldest?.type, client.multicast[0]], [8, 0]);
    client.answer([]);
    assert.deepEqual([client.oldest?.type, client.multicast[0]], [8, 1]);
    assert.throws(() => headEnd.sendFile({ device: 4, file: bytes(1) }), { message: /under way/ });
    client.answer([]);
    assert.deepEqual([client.oldest?.type, client.oldest?.data], [9, ""]);
    client.answer([], false);
    assert.equal(headEnd.files[0]?.state, "failed");
    assert.equal((client.status[14] ?? 0) & 0x80, 0x80);
    assert.equal(client.flags, 0);
  });
});
