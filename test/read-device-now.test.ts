/** A device behind a meter that is read at once: the client against the virtual meter, and against hand-made queues. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { nextTransaction, readDeviceNow, requestState } from "@meterport/device/children/read-device-now";
import { encode } from "@meterport/protocol/layout/index";
import { ET14, ET15, ET16 } from "@meterport/protocol/tables/index";
import type { VirtualMeter } from "@meterport/simulator";
import { virtualWorld, type WorldOptions } from "./support/virtual-world.ts";

const gasHandle = 1;

const world = async (options: WorldOptions = {}) => {
  const { clock, virtual: meter, meter: client } = await virtualWorld(options);
  const queue = async () => (await clock.run(client.read(ET15))).requestQueue;
  return { clock, meter, client, queue };
};

/** Puts the results of posted requests back to "not completed", as a device that takes its time. */
const holdBack = (meter: VirtualMeter, until: () => number): void => {
  const { ET11 } = meter.dimensions;
  const original = meter.memory.patch.bind(meter.memory);
  meter.memory.patch = (table, offset, bytes) => {
    if (table !== ET15.number) return original(table, offset, bytes);
    const held = bytes.slice();
    for (let i = 0; i < (ET11.onDemandQueueSize ?? 0); i++) {
      const at = 1 + i * (ET11.onDemandEntrySize ?? 0);
      if (held[at + 4] !== 0) held[at + 5] = until();
    }
    return original(table, offset, held);
  };
};

describe("readDeviceNow", () => {
  for (const profile of ["meter:3.70", "meter:4.30"])
    test(`posts one request and gives what the device answered, on ${profile}`, async () => {
      const { clock, client, queue } = await world({ profile });
      const now = await clock.run(readDeviceNow(client, gasHandle));
      assert.deepEqual([now.slot, now.handle, now.transaction], [0, gasHandle, 0x0400]);
      assert.equal(now.read.quality, "good");
      const [volume] = now.read.telegram?.records ?? [];
      assert.deepEqual([volume?.quantity, volume?.unit, typeof volume?.value], ["volume", "m³", "number"]);
      assert.ok(now.age_s !== null && now.age_s >= 0, String(now.age_s));
      const again = await clock.run(readDeviceNow(client, gasHandle));
      assert.equal(again.transaction, 0x0401);
      const posted = (await queue()).filter(({ requestType }) => requestType !== 0);
      assert.deepEqual(
        posted.map(({ transactionNbr, deviceHandleOrGroupMask, requestType }) => [
          transactionNbr,
          deviceHandleOrGroupMask,
          requestType,
        ]),
        [
          [0x0400, gasHandle, 2],
          [0x0401, gasHandle, 2],
        ],
      );
    });

  test("sends nothing over a connection that only reads, or with the basic key", async () => {
    for (const [options, code] of [
      [{ writable: false }, "not-writable"],
      [{ level: "basic" }, "key-level"],
    ] as const) {
      const { clock, client, queue } = await world(options);
      await assert.rejects(clock.run(readDeviceNow(client, gasHandle)), { name: "UsageError", code });
      assert.ok((await queue()).every(({ requestType }) => requestType === 0));
    }
  });

  test("says which handles there are", async () => {
    const { clock, client } = await world();
    await assert.rejects(clock.run(readDeviceNow(client, 77)), {
      code: "no-such-device",
      message: "no device has handle 77; known: 1",
    });
    await assert.rejects(clock.run(readDeviceNow(client, 0)), { code: "no-such-device" });
  });

  for (const [result, code, sentence] of [
    [2, "no-response", /read device 1: the device did not answer the meter; try again later \(result 2\)/],
    [3, "failed", /read device 1: the meter could not read the device \(result 3\)/],
  ] as const)
    test(`ends with one sentence if ET15 says ${result}`, async () => {
      const { clock, client, meter } = await world();
      holdBack(meter, () => result);
      await assert.rejects(clock.run(readDeviceNow(client, gasHandle)), {
        name: "ProcedureError",
        code,
        message: sentence,
      });
    });

  test("waits for a slow device, and no longer than it was told", async () => {
    const { clock, client, meter } = await world();
    holdBack(meter, () => 0);
    const began = clock.now();
    await assert.rejects(clock.run(readDeviceNow(client, gasHandle, { timeout: 5_000 })), {
      code: "not-complete",
      message: /still waiting in the meter's queue after 5 s/,
    });
    const took = clock.now() - began;
    assert.ok(took >= 5_000 && took < 10_000, `${took} ms`);
    // The queue still holds the request, and the next one gets another number.
    const reading = readDeviceNow(client, gasHandle);
    await clock.advance(3_000);
    const { ET11 } = meter.dimensions;
    meter.memory.set(ET15.number, finished(meter.memory.get(ET15.number), ET11.onDemandEntrySize ?? 0));
    assert.equal((await clock.run(reading)).transaction, 0x0401);
  });

  test("ends if its request is pushed out of the queue", async () => {
    const { clock, client, meter } = await world();
    holdBack(meter, () => 0);
    const reading = assert.rejects(readDeviceNow(client, gasHandle), { code: "gone" });
    await clock.advance(3_000);
    meter.memory.set(ET15.number, new Uint8Array((meter.memory.get(ET15.number) ?? new Uint8Array()).length));
    await clock.run(reading);
  });

  test("says so if another device has taken the slot", async () => {
    const { clock, client, meter } = await world();
    const { devices, ...rest } = await clock.run(client.read(ET14));
    holdBack(meter, () => {
      const moved = devices.map((device, slot) => (slot === 0 ? { ...device, deviceHandle: 9 } : device));
      meter.memory.set(ET14.number, encode(ET14, { ...rest, devices: moved }, meter.dimensions));
      return 1;
    });
    await assert.rejects(clock.run(readDeviceNow(client, gasHandle)), { code: "changed", message: /handle 9/ });
  });

  test("says so if the meter holds no answer, or does not show it", async () => {
    const { clock, client, meter } = await world();
    const { devices, ...rest } = await clock.run(client.read(ET14));
    const empty = devices.map((device) => ({ ...device, billingReadLength: 0 }));
    meter.memory.set(ET14.number, encode(ET14, { ...rest, devices: empty }, meter.dimensions));
    holdBack(meter, () => {
      meter.memory.set(ET14.number, encode(ET14, { ...rest, devices: empty }, meter.dimensions));
      return 1;
    });
    await assert.rejects(clock.run(readDeviceNow(client, gasHandle)), { name: "ProcedureError", code: "no-data" });
    const locked = await world({ locked: [ET16.number] });
    await assert.rejects(locked.clock.run(readDeviceNow(locked.client, gasHandle)), {
      name: "ResponseError",
      code: "no-permission",
    });
  });

  test("stops when its caller does", async () => {
    const { clock, client, meter } = await world();
    holdBack(meter, () => 0);
    const controller = new AbortController();
    const reading = assert.rejects(readDeviceNow(client, gasHandle, { signal: controller.signal }), {
      name: "LinkError",
      code: "aborted",
    });
    await clock.advance(3_000);
    controller.abort();
    await clock.run(reading);
  });
});

/** The newest request in the queue, as done. */
const finished = (queue: Uint8Array | undefined, entrySize: number): Uint8Array => {
  const bytes = (queue ?? new Uint8Array()).slice();
  for (let at = 1; at + entrySize <= bytes.length; at += entrySize)
    if ((bytes[at] ?? 0) === 0x01 && bytes[at + 1] === 0x04) bytes[at + 5] = 1;
  return bytes;
};

describe("transaction numbers", () => {
  test("are of the range of MEP clients, and never one that is in the queue", () => {
    const of = (...numbers: number[]) => nextTransaction(numbers.map((transactionNbr) => ({ transactionNbr })));
    assert.equal(of(), 0x0400);
    assert.equal(of(0x0042, 0x0500, 0xff00), 0x0400);
    assert.equal(of(0x0400), 0x0401);
    assert.equal(of(0x04ff), 0x0400);
    assert.equal(of(0x04ff, 0x0400, 0x0401), 0x0402);
    assert.equal(of(0x0403, 0x0401), 0x0404);
  });

  test("find only the own request: same number, same device, same kind", () => {
    const entry = { transactionNbr: 0x0400, deviceHandleOrGroupMask: 1, requestType: 2, result: 1 };
    assert.equal(requestState([entry], 0x0400, 1), "done");
    for (const other of [
      { ...entry, transactionNbr: 0x0401 },
      { ...entry, deviceHandleOrGroupMask: 2 },
      { ...entry, requestType: 4 },
    ])
      assert.equal(requestState([other], 0x0400, 1), "gone");
    assert.deepEqual(
      [0, 1, 2, 3, 9].map((result) => requestState([{ ...entry, result }], 0x0400, 1)),
      ["waiting", "done", "no response", "failed", "failed"],
    );
  });
});
