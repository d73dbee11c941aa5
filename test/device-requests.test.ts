/** A device role and a virtual head-end, in virtual time: what the grid asks is answered once, by the right device. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { connect, rc4 } from "@meterport/client";
import { parseProfile } from "@meterport/protocol/layout/index";
import { BT52, ET13, ET52 } from "@meterport/protocol/tables/index";
import { modelledLine, VirtualMeter } from "@meterport/simulator";
import { HeadEnd } from "@meterport/simulator/head-end/head-end";
import { type HeadEndEvent, requestType } from "@meterport/simulator/head-end/received";
import { virtualForms } from "@meterport/simulator/head-end/virtual-forms";
import { type DeviceSettingOptions, deviceSetting, memorySink, testMac, testMacOf } from "./support/device-setting.ts";
import { keys, setting } from "./support/gen4-setting.ts";
import { VirtualClock } from "./support/virtual-clock.ts";

const second = 1_000;
const minute = 60 * second;
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

const open = async (profile = "meter:4.30") => {
  const clock = new VirtualClock();
  const device = new VirtualMeter({
    profile: parseProfile(profile),
    keys,
    scenario: "quiet",
    seed: 1,
    start: clock.wall(),
  });
  const events: HeadEndEvent[] = [];
  const headEnd = new HeadEnd({ meter: device, tell: (event) => events.push(event) });
  const join = async (number: 1 | 2, options: DeviceSettingOptions = {}) => {
    const line = modelledLine({ meter: device.port(number), clock });
    const security = rc4({ key: keys.basic, entropy: (length) => new Uint8Array(length).fill(number) });
    const meter = await clock.run(connect(line, { security, clock, writable: true }));
    const app = deviceSetting({ number, forms: virtualForms, ...options });
    app.start(meter);
    await clock.advance(5 * second);
    assert.equal(app.device.phase, "registered");
    return { app, meter, line };
  };
  return { clock, device, headEnd, events, join };
};

const outcomes = (headEnd: HeadEnd) => headEnd.requests.map(({ outcome }) => outcome);

describe("device requests", () => {
  test("a scheduled read with alarms reaches the head-end, at each port", async () => {
    const { clock, headEnd, join } = await open();
    for (const number of [1, 2] as const) {
      const { app } = await join(number, { respond: () => ({ data: bytes(number, 2, 3), alarms: 5 }) });
      headEnd.readNow(3 + number);
      await clock.advance(10 * second);
      const received = headEnd.received.at(-1);
      assert.deepEqual(
        [received?.kind, received?.handle, received?.alarms, received?.data],
        ["scheduled", 1000 * number, 5, bytes(number, 2, 3)],
      );
      assert.ok(app.texts().includes("answered scheduled read"));
    }
    assert.equal(headEnd.received.length, 2);
  });

  test("on-demand reads and messages come back with their transaction, within two seconds", async () => {
    const { clock, headEnd, join } = await open();
    let count = 0;
    const { app } = await join(1, { respond: () => ({ data: bytes(++count) }) });
    for (const type of [requestType.read, requestType.write, requestType.writeByIndex]) {
      const data = type === requestType.read ? undefined : bytes(7, 8, 9);
      const request = headEnd.ask({ device: 4, type, data });
      await clock.advance(2 * second);
      assert.equal(request.outcome, "answered");
      assert.deepEqual(request.answer, bytes(count));
    }
    assert.deepEqual(
      app.asked.map((ask) => (ask.kind === "message" ? [...ask.data] : ask.kind)),
      ["on-demand-read", [7, 8, 9], [7, 8, 9]],
    );
  });

  test("requests for two devices, interleaved in one queue, each get the answer of their own device", async () => {
    const { clock, headEnd, join } = await open();
    await join(1, { respond: () => ({ data: bytes(1) }) });
    await join(2, { respond: () => ({ data: bytes(2) }) });
    for (let i = 0; i < 12; i++) headEnd.ask({ device: 4 + ((i * 5) % 3 === 0 ? 1 : 0), type: requestType.read });
    await clock.advance(5 * minute);
    assert.deepEqual(
      outcomes(headEnd),
      Array.from({ length: 12 }, () => "answered"),
    );
    for (const { device, answer } of headEnd.requests) assert.deepEqual(answer, bytes((device ?? 0) - 3));
  });

  test("an application that takes too long fails the request in time, and one without a form lets it expire", async () => {
    const slow = await open();
    await slow.join(1, { respond: () => new Promise(() => {}) });
    const failed = slow.headEnd.ask({ device: 4, type: requestType.read });
    await slow.clock.advance(40 * second);
    assert.equal(failed.outcome, "failed");
    const mute = await open();
    const { app } = await mute.join(1, { forms: {} });
    const expired = mute.headEnd.ask({ device: 4, type: requestType.read });
    await mute.clock.advance(40 * second);
    assert.equal(expired.outcome, "expired");
    assert.equal(app.asked.length, 1);
  });

  test("a device that is removed in the middle answers nothing, and registers again after its rest", async () => {
    const { clock, headEnd, join } = await open();
    let answer: (data: Uint8Array) => void = () => {};
    const { app } = await join(1, {
      respond: () => new Promise((resolve) => (answer = (data) => resolve({ data }))),
    });
    const request = headEnd.ask({ device: 4, type: requestType.read });
    await clock.advance(5 * second);
    headEnd.remove(4);
    answer(bytes(1));
    await clock.advance(30 * second);
    assert.equal(request.outcome, "failed");
    assert.equal(headEnd.received.length, 0);
    await clock.advance(2 * minute);
    assert.equal(app.device.handle, 1001);
  });

  test("M-Bus alerts and non-urgent data arrive", async () => {
    const { clock, headEnd, events, join } = await open();
    const { app } = await join(1, { mbusAlerts: true });
    headEnd.mbusChanged();
    headEnd.putDownlink(4, bytes(1, 2, 3));
    await clock.advance(5 * second);
    app.device.readDownlink();
    await clock.advance(5 * second);
    assert.deepEqual(
      app.asked.map(({ kind }) => kind),
      ["mbus-change"],
    );
    assert.equal(events.filter(({ type }) => type === "alert-cleared").length, 1);
    const data = app.events.flatMap((event) => (event.type === "downlink-data" ? [event.data] : []));
    assert.deepEqual(data[0]?.subarray(0, 3), bytes(1, 2, 3));
  });

  test("a file with a MAC arrives whole, also over a restart of the program", async () => {
    const { clock, headEnd, join } = await open();
    const { sink, completed } = memorySink();
    const { app, meter } = await join(1, { files: { sink, mac: testMacOf } });
    const file = Uint8Array.from({ length: 5_000 }, (_, i) => (i * 7) & 0xff);
    headEnd.sendFile({ device: 4, file, mac: testMac });
    await clock.advance(minute);
    app.device.stop();
    await clock.advance(10 * second);
    app.start(meter);
    await clock.advance(10 * minute);
    assert.equal(headEnd.files[0]?.state, "done");
    assert.deepEqual(completed, [file]);
    assert.ok(app.texts().includes("file complete, 5000 bytes, MAC verified"));
  });

  test("a file with a wrong MAC, and any file where they are off, ends as failed", async () => {
    const wrong = await open();
    const { sink, completed } = memorySink();
    await wrong.join(1, { files: { sink, mac: async () => new Uint8Array(16) } });
    wrong.headEnd.sendFile({ device: 4, file: new Uint8Array(200).fill(1), mac: testMac });
    await wrong.clock.advance(3 * minute);
    assert.equal(wrong.headEnd.files[0]?.state, "failed");
    assert.deepEqual(completed, []);
    const off = await open();
    await off.join(1);
    off.headEnd.sendFile({ device: 4, file: new Uint8Array(200) });
    await off.clock.advance(3 * minute);
    assert.equal(off.headEnd.files[0]?.state, "failed");
  });

  test("an answer that BT07 has no room for goes through a transaction", async () => {
    for (const length of [240, 250, 500]) {
      const { clock, headEnd, device, join } = await open();
      let transactions = 0;
      device.use(({ request }) => {
        if (request.kind === "write-at" && request.table === ET52.number && request.offset === 0) transactions++;
        return undefined;
      });
      const data = Uint8Array.from({ length }, (_, i) => i & 0xff);
      await join(1, { respond: () => ({ data }) });
      const request = headEnd.ask({ device: 4, type: requestType.read });
      await clock.advance(20 * second);
      assert.deepEqual([request.outcome, request.answer, transactions], ["answered", data, length > 245 ? 1 : 0]);
    }
  });

  test("beside a reading each second, which leaves no silence for alerts, it looks at its flags every ten", async () => {
    const { clock, device, headEnd, join } = await open();
    const { meter } = await join(1, { respond: () => ({ data: bytes(1) }) });
    const looks: number[] = [];
    device.use(({ request }) => {
      if (request.kind === "read-at" && request.table === ET13.number) looks.push(clock.now());
      return undefined;
    });
    for (let i = 0; i < 120; i++) {
      void meter.read(BT52);
      await clock.advance(second);
    }
    assert.ok(looks.length >= 11 && looks.length <= 13, `${looks.length} looks in two minutes`);
    const request = headEnd.ask({ device: 4, type: requestType.read });
    for (let i = 0; i < 12; i++) {
      void meter.read(BT52);
      await clock.advance(second);
    }
    assert.equal(request.outcome, "answered");
  });

  test("serves through TLS at both ports", async () => {
    const { clock, device: meter, inTls, to } = setting();
    const headEnd = new HeadEnd({ meter });
    for (const number of [1, 2] as const) {
      const app = deviceSetting({ number, forms: virtualForms, respond: () => ({ data: bytes(number) }) });
      app.start(await to(number, inTls("basic"), { writable: true }));
      await clock.advance(5 * second);
      const request = headEnd.ask({ device: 3 + number, type: requestType.read });
      await clock.advance(5 * second);
      assert.deepEqual([request.outcome, request.answer], ["answered", bytes(number)], app.texts().join("; "));
    }
  });

  test("works as the one client of an older meter", async () => {
    const { clock, headEnd, join } = await open("meter:3.70");
    await join(1, { respond: () => ({ data: bytes(1) }) });
    const request = headEnd.ask({ device: 4, type: requestType.read });
    headEnd.readNow(4);
    await clock.advance(20 * second);
    assert.deepEqual([request.outcome, headEnd.received.length], ["answered", 2]);
  });
});
