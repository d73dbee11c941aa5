/** Procedures called by a client on a virtual meter: numbers, response tables, results, lost answers. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { code } from "@meterport/protocol/mep/frame/response-codes";
import { BP05, EP17, EP19, EP61, thirdPartyPost, unverifiedEP39 } from "@meterport/protocol/procedures/index";
import { BT07, BT08, ET50, ET59, ET85 } from "@meterport/protocol/tables/index";
import type { VirtualMeter } from "@meterport/simulator";
import { basicKey, type Changing, openChanging } from "./support/changing-meter.ts";

const handle = 0x03f8;
/** Registers MEP client 1 with this handle in ET14: slot 5, 36 bytes an entry. */
const register = (device: VirtualMeter): void => {
  device.memory.patch(2062, 5, Uint8Array.of(0x10));
  device.memory.patch(2062, 6 + 4 * 36, Uint8Array.of(handle & 0xff, handle >> 8, 3));
};

/** Answers calls itself: posts what `respond` gives, or nothing. */
const answering = (
  { device }: Changing,
  table: number,
  respond: (sequence: number, call: number, parameters: Uint8Array) => readonly number[] | undefined,
): void => {
  let call = 0;
  device.use(({ request, memory }) => {
    if (request.kind !== "write" || request.table !== BT07.number) return undefined;
    const [low = 0, high = 0, sequence = 0] = request.data;
    const posted = respond(sequence, ++call, request.data.slice(3));
    if (posted !== undefined) memory.patch(table, 0, Uint8Array.of(low, high, sequence, ...posted));
    return { kind: "done" };
  });
};

describe("call", () => {
  test("sends EP17 as page 59 prints it, with numbers from 5 to 9, never the same twice in a row", async () => {
    const { clock, meter, device, written } = await openChanging();
    for (let i = 0; i < 6; i++) {
      register(device);
      assert.deepEqual(await clock.run(meter.call(EP17, { action: 0, deviceHandle: handle })), {});
    }
    assert.deepEqual(
      written,
      [5, 6, 7, 8, 9, 5].map((sequence) => `write 7 0 11080${sequence}00f803`),
    );
    assert.equal(device.memory.read(2062, 5, 1)?.[0], 0);
  });

  test("continues with the number after the previous session's", async () => {
    const { clock, meter, device, written } = await openChanging();
    device.memory.patch(BT08.number, 0, Uint8Array.of(0x11, 8, 7, 0));
    await assert.rejects(clock.run(meter.call(EP17, { action: 0, deviceHandle: handle })), { code: "own-result" });
    assert.deepEqual(written, ["write 7 0 11080800f803"]);
  });

  test("names results, preferring the procedure's own meanings", async () => {
    const { clock, meter } = await openChanging();
    await assert.rejects(clock.run(meter.call(EP17, { action: 0, deviceHandle: 9 })), {
      name: "ProcedureError",
      code: "own-result",
      result: 3,
      message: "call EP17: no installed device has this handle (result 3)",
    });
    await assert.rejects(clock.run(meter.callRaw(0x0fff, Uint8Array.of())), {
      code: "unknown-procedure",
      result: 6,
      request: "call EP2047",
    });
  });

  test("reads the response in the table of its port", async () => {
    const old = await openChanging("meter:3.70");
    answering(old, ET59.number, () => [0, 4]);
    old.device.memory.patch(ET50.number, 30, Uint8Array.of(2));
    const request = { transactionNumber: 0x400, deviceHandle: 1, requestType: 2 };
    assert.deepEqual(await old.clock.run(old.meter.call(EP19, request)), { entryIndex: 4 });
    const second = await openChanging("meter:4.30", { port: 2 });
    assert.equal(second.meter.port, 2);
    answering(second, ET85.number, () => [0, 1]);
    assert.deepEqual(await second.clock.run(second.meter.call(EP19, request)), { entryIndex: 1 });
    const first = await openChanging("meter:4.30");
    assert.equal(first.meter.port, 1);
    answering(first, BT08.number, () => [0, 2]);
    assert.deepEqual(await first.clock.run(first.meter.call(EP19, request)), { entryIndex: 2 });
  });

  test("waits for a late response, and ignores one to another client", async () => {
    const setting = await openChanging();
    const { clock, device, meter } = setting;
    answering(setting, BT08.number, () => undefined);
    device.memory.patch(BT08.number, 0, Uint8Array.of(0x11, 8, 200, 0));
    const calling = meter.call(EP17, { action: 0, deviceHandle: handle });
    await clock.advance(900);
    device.memory.patch(BT08.number, 0, Uint8Array.of(0x11, 8, 5, 0));
    assert.deepEqual(await clock.run(calling), {});
    const began = clock.now();
    await assert.rejects(clock.run(meter.call(EP17, { action: 0, deviceHandle: handle })), {
      name: "LinkError",
      code: "no-answer",
      message: "call EP17: no response in BT08 after 3 s",
    });
    assert.ok(clock.now() - began >= 3_000 && clock.now() - began < 5_000);
  });

  test("polls while a procedure is not finished, up to a limit", async () => {
    const setting = await openChanging();
    const { clock, device, meter } = setting;
    answering(setting, BT08.number, () => [1]);
    const calling = meter.call(EP17, { action: 0, deviceHandle: handle });
    await clock.advance(5_000);
    device.memory.patch(BT08.number, 3, Uint8Array.of(0));
    assert.deepEqual(await clock.run(calling), {});
    const endless = meter.call(EP17, { action: 0, deviceHandle: handle }, { timeout: 8_000 });
    await assert.rejects(clock.run(endless), { name: "ProcedureError", code: "not-complete", result: 1 });
  });

  test("stops waiting when its signal is aborted", async () => {
    const setting = await openChanging();
    answering(setting, BT08.number, () => [1]);
    const controller = new AbortController();
    const calling = setting.meter.call(EP17, { action: 0, deviceHandle: handle }, { signal: controller.signal });
    const ended = assert.rejects(calling, { name: "LinkError", code: "aborted" });
    await setting.clock.advance(2_500);
    controller.abort();
    await setting.clock.run(ended);
    assert.equal(setting.clock.pending, 0);
  });

  test("takes 0x04 as executed if a response is posted, and otherwise as not executed", async () => {
    const setting = await openChanging();
    const { clock, device, meter } = setting;
    let executed = 0;
    device.use(({ request, memory }) => {
      if (request.kind !== "write" || request.table !== BT07.number) return undefined;
      executed++;
      memory.patch(BT08.number, 0, Uint8Array.of(...request.data.subarray(0, 3), 0));
      return { kind: "error", code: code.operationNotPossible };
    });
    assert.deepEqual(await clock.run(meter.call(EP17, { action: 0, deviceHandle: handle })), {});
    assert.equal(executed, 1);

    const fresh = await openChanging();
    let refusals = 0;
    fresh.device.use(({ request, memory }) => {
      if (request.kind !== "write" || request.table !== BT07.number) return undefined;
      if (refusals++ === 0) return { kind: "error", code: code.operationNotPossible };
      memory.patch(BT08.number, 0, Uint8Array.of(...request.data.subarray(0, 3), 0));
      return { kind: "done" };
    });
    assert.deepEqual(await fresh.clock.run(fresh.meter.call(EP17, { action: 0, deviceHandle: handle })), {});
    assert.equal(refusals, 2);

    const delta = await openChanging();
    delta.device.use(({ request }) =>
      request.kind === "write" ? { kind: "error", code: code.operationNotPossible } : undefined,
    );
    await assert.rejects(delta.clock.run(delta.meter.call(BP05, { list: 8, entriesRead: 1 })), {
      name: "ResponseError",
      code: "not-possible",
    });
  });

  test("executes once and finds the result, no matter which answer is lost", async () => {
    for (let lost = 0; lost < 12; lost++) {
      let frames = 0;
      let armed = false;
      const { clock, meter, device, written } = await openChanging("meter:4.30", {
        loses: () => armed && frames++ === lost,
      });
      await clock.run(meter.read(ET50));
      register(device);
      armed = true;
      assert.deepEqual(await clock.run(meter.call(EP17, { action: 0, deviceHandle: handle })), {}, `frame ${lost}`);
      assert.deepEqual(written, ["write 7 0 11080500f803"], `frame ${lost}`);
      await meter.close();
    }
  });

  test("refusals send nothing", async () => {
    const reading = await openChanging("meter:3.70", { writable: false });
    const basic = await openChanging("meter:3.70", { key: basicKey, level: "basic" });
    const request = { transactionNumber: 0x400, deviceHandle: 1, requestType: 2 };
    await assert.rejects(reading.clock.run(reading.meter.call(EP17, { action: 0, deviceHandle: 1 })), {
      code: "not-writable",
    });
    await assert.rejects(reading.clock.run(reading.meter.callRaw(5, Uint8Array.of(1))), { code: "not-writable" });
    await assert.rejects(basic.clock.run(basic.meter.call(EP19, request)), { code: "key-level" });
    await assert.rejects(basic.clock.run(basic.meter.call(EP61, { lock: 1 })), { code: "no-such-procedure" });
    await assert.rejects(basic.clock.run(basic.meter.callRaw(5, new Uint8Array(470))), { code: "too-long" });
    assert.deepEqual([...reading.written, ...basic.written], []);
  });

  test("calls other procedures by number with bytes, and EP39 with a given encoding", async () => {
    const setting = await openChanging();
    const seen: string[] = [];
    answering(setting, BT08.number, (_, __, parameters) => {
      seen.push(parameters.join(","));
      return [0, 9, 8];
    });
    const raw = await setting.clock.run(setting.meter.callRaw(4, Uint8Array.of(255)));
    assert.equal(raw.result, 0);
    assert.deepEqual(raw.data.subarray(0, 3), Uint8Array.of(9, 8, 0));
    await setting.clock.run(
      setting.meter.call(unverifiedEP39(thirdPartyPost), { type: 12, data: Uint8Array.of(1, 2) }),
    );
    assert.deepEqual(seen, ["255", "12,1,2,0,1,2"]);
  });

  test("counts calls on old firmware as wear of its memory", async () => {
    const { clock, meter } = await openChanging("meter:3.30");
    for (let i = 0; i < 4; i++)
      await assert.rejects(clock.run(meter.call(EP17, { action: 0, deviceHandle: 999 })), { result: 3 });
    await assert.rejects(clock.run(meter.call(EP17, { action: 0, deviceHandle: 999 })), { code: "wear" });
  });
});
