/** The daemon as a device of the grid, at a virtual meter with a head-end: each right alone, and each right missing. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { connect, rc4 } from "@meterport/client";
import { mbusRecords } from "@meterport/mbus/records";
import { decode } from "@meterport/protocol/layout/index";
import { ET50, ET71 } from "@meterport/protocol/tables/index";
import { modelledLine } from "@meterport/simulator";
import { requestType } from "@meterport/simulator/head-end/received";
import { type DeviceDaemon, deviceHome, deviceInput } from "./support/device-home.ts";
import { deviceSetting } from "./support/device-setting.ts";
import { keys } from "./support/gen4-setting.ts";

const second = 1_000;
const minute = 60 * second;
/** Bytes of ET50 before the display: identification and flags (MEP guide 1.1, p. 130). */
const registration = 31;
/** 35 bytes and a source of six bytes for each place. */
const et50 = (home: ReturnType<typeof deviceHome>) =>
  decode(ET50, home.device.memory.get(ET50.number) as Uint8Array, home.device.dimensions).clients[0];
const texts = ({ service }: DeviceDaemon): readonly string[] => service.status().lines.map(({ text }) => text);

describe("rights of a device in the daemon", () => {
  test("without register nothing of its identification is written, and only its places of the display are", async () => {
    const home = deviceHome();
    const daemon = await home.start(
      deviceInput(["display"], { display: [{ place: 1, key: "power_w", icons: ["kW"] }] }),
    );
    await home.clock.advance(minute);
    assert.equal(daemon.service.status().phase, "off");
    assert.ok(home.written.length > 0);
    for (const place of home.written) assert.ok(Number.parseInt(place, 10) >= registration, place);
    assert.deepEqual(
      home.headEnd.devices.filter(({ device }) => device > 3),
      [],
    );
    const [shown] = daemon.service.status().display;
    assert.equal(et50(home)?.dataForDisplay[1], shown?.value);
    assert.ok((shown?.value ?? 0) > 0);
    await daemon.stop();
  });

  test("without any request nothing but the registration is written", async () => {
    const home = deviceHome();
    const daemon = await home.start(deviceInput(["register"], { display: [{ place: 0, key: "power_w" }] }));
    await home.clock.advance(5 * minute);
    assert.deepEqual([daemon.service.status().phase, daemon.service.status().handle], ["registered", 1000]);
    assert.deepEqual(home.written, ["0+30", "30+1"]);
    assert.deepEqual(daemon.service.status().display, []);
    await daemon.stop();
  });

  test("another device stays where replace is not granted, and leaves where it is", async () => {
    const home = deviceHome();
    const line = modelledLine({ meter: home.device.port(1), clock: home.clock });
    const security = rc4({ key: keys.basic, entropy: (length) => new Uint8Array(length).fill(1) });
    const meter = await home.clock.run(connect(line, { security, clock: home.clock, writable: true }));
    const other = deviceSetting({ number: 9 });
    other.start(meter);
    await home.clock.advance(10 * second);
    assert.equal(other.device.handle, 1000);
    await home.clock.run(meter.close());
    const timid = await home.start(deviceInput(["register"]));
    await home.clock.advance(minute);
    assert.equal(timid.service.status().phase, "blocked");
    assert.match(texts(timid).join("\n"), /another device is registered .*; allow its replacement, or unplug this one/);
    assert.equal(home.headEnd.devices.find(({ device }) => device === 4)?.handle, 1000);
    await timid.stop();
    const bold = await home.start(deviceInput(["register", "replace"]));
    await home.clock.advance(minute);
    assert.deepEqual([bold.service.status().phase, bold.service.status().handle], ["registered", 1001]);
    await bold.stop();
  });

  test("without answer nothing is posted, whatever the head-end asks", async () => {
    const home = deviceHome();
    const daemon = await home.start(deviceInput(["register"]));
    daemon.service.take("water", { value: 1 }, home.clock.wall());
    home.headEnd.readNow(4);
    const asked = [requestType.read, requestType.write].map((type) => home.headEnd.ask({ device: 4, type }));
    await home.clock.advance(5 * minute);
    assert.deepEqual(home.headEnd.received, []);
    for (const { outcome } of asked) assert.equal(outcome, "expired");
    assert.match(texts(daemon).join("\n"), /does not grant the right to answer/);
    await daemon.stop();
  });

  test("with answer the head-end's view equals the sources, each request once", async () => {
    const home = deviceHome();
    const daemon = await home.start(deviceInput(["register", "answer"]));
    const said: number[] = [];
    for (let i = 0; i < 6; i++) {
      said.push((123_456 + 1_000 * i) / 1_000);
      daemon.service.take("water", { value: 123.456 + i }, home.clock.wall());
      if (i % 2 === 0) home.headEnd.readNow(4);
      else home.headEnd.ask({ device: 4, type: requestType.read });
      await home.clock.advance(30 * second);
    }
    const received = home.headEnd.received.map(({ data }) => mbusRecords(data).records[0]);
    assert.deepEqual(
      received.map((record) => [record?.quantity, record?.unit, record?.value]),
      said.map((value) => ["volume", "m³", value]),
    );
    await daemon.stop();
  });

  test("alarms of a source go with a scheduled read, and with no form for them only the reading goes", async () => {
    for (const withForm of [true, false]) {
      const home = deviceHome();
      const input = deviceInput(["register", "answer"]);
      const forms = (input.forms ?? []).filter(({ message }) => withForm || message !== "scheduled-read-and-alarms");
      const daemon = await home.start({ ...input, forms });
      daemon.service.take("water", { value: 1, alarms: 0x24 }, home.clock.wall());
      home.headEnd.readNow(4);
      await home.clock.advance(10 * second);
      home.headEnd.ask({ device: 4, type: requestType.read });
      await home.clock.advance(10 * second);
      assert.deepEqual(
        home.headEnd.received.map(({ kind, alarms }) => [kind, alarms]),
        [
          ["scheduled", withForm ? 0x24 : undefined],
          ["on-demand", undefined],
        ],
      );
      await daemon.stop();
    }
  });

  test("an old source and one that never spoke are not answered, and the event says why", async () => {
    const home = deviceHome();
    const daemon = await home.start(deviceInput(["register", "answer"]));
    const never = home.headEnd.ask({ device: 4, type: requestType.read });
    await home.clock.advance(30 * second);
    daemon.service.take("water", { value: 5 }, home.clock.wall() - 2 * 3_600_000);
    const old = home.headEnd.ask({ device: 4, type: requestType.read });
    await home.clock.advance(30 * second);
    assert.deepEqual([never.outcome, old.outcome, home.headEnd.received.length], ["failed", "failed", 0]);
    const details = daemon.events.filter(({ kind }) => kind === "device").map(({ detail }) => detail ?? "");
    assert.ok(details.some((detail) => /water has not said anything yet/.test(detail)));
    assert.ok(details.some((detail) => /the value of water is 72\d\d s old/.test(detail)));
    await daemon.stop();
  });

  test("a message of the grid is an event with its bytes", async () => {
    const home = deviceHome();
    const daemon = await home.start(deviceInput(["register", "answer"]));
    const request = home.headEnd.ask({ device: 4, type: requestType.write, data: Uint8Array.of(1, 2, 0xab) });
    await home.clock.advance(10 * second);
    assert.equal(request.outcome, "answered");
    const event = daemon.events.find(({ id }) => id.startsWith("device:message:"));
    assert.equal(JSON.parse(event?.detail ?? "{}").data, "0102ab");
    assert.ok(texts(daemon).includes("message of 3 bytes: 0102ab"));
    await daemon.stop();
  });

  test("files are refused without the right, and come whole with it", async () => {
    for (const granted of [false, true]) {
      // Meters of firmware 4 ask for a MAC, whose algorithm is not public.
      const home = deviceHome("meter:3.70");
      const daemon = await home.start(deviceInput(["register", "answer", ...(granted ? (["files"] as const) : [])]));
      const file = Uint8Array.from({ length: 500 }, (_, i) => i & 0xff);
      home.headEnd.sendFile({ device: 4, file });
      await home.clock.advance(3 * minute);
      assert.equal(home.headEnd.files[0]?.state, granted ? "done" : "failed");
      // Without a MAC there is no length, so the filling of the last packet stays.
      assert.deepEqual(
        home.completed.map((bytes) => bytes.subarray(0, 500)),
        granted ? [file] : [],
      );
      await daemon.stop();
    }
  });

  test("an alert of an M-Bus device makes the daemon look at the meters behind the meter, and is cleared", async () => {
    const home = deviceHome();
    const daemon = await home.start(deviceInput(["register", "answer"]));
    home.headEnd.mbusChanged();
    await home.clock.advance(10 * second);
    assert.equal(daemon.childLooks(), 1);
    assert.ok(texts(daemon).includes("answered M-Bus alert"));
    await daemon.stop();
  });
});

describe("what a device in the daemon keeps", () => {
  const display = { display: [{ place: 0, key: "voltage_l1_v" as const, icons: ["kWh" as const] }] };

  test("the display is put back when it ends", async () => {
    const home = deviceHome();
    const before = et50(home);
    const daemon = await home.start(deviceInput(["display"], display));
    await home.clock.advance(minute);
    assert.deepEqual([et50(home)?.dataForDisplay[0], daemon.service.status().display[0]?.value], [230, 230]);
    await daemon.stop();
    assert.deepEqual(et50(home), before);
    assert.equal(daemon.service.status().display[0]?.value, null);
  });

  test("the house is lit while power is exported, or always, and put back at the end", async () => {
    for (const [scenario, house, lit] of [
      ["solar", "exporting", 1],
      ["quiet", "exporting", 0],
      ["quiet", "on", 1],
    ] as const) {
      const noon = Date.UTC(2026, 5, 21, 11);
      const home = deviceHome("meter:3.70", scenario, noon);
      // What somebody else left there.
      const flashing = 2;
      const houseAt = registration + 6 * home.device.dimensions.ET11.mepDataSources;
      home.device.memory.patch(ET50.number, houseAt, Uint8Array.of(flashing));
      const daemon = await home.start(deviceInput(["display"], { house }));
      await home.clock.advance(minute);
      assert.equal(et50(home)?.houseIcon, lit, `${scenario} ${house}`);
      await daemon.stop();
      assert.equal(et50(home)?.houseIcon, flashing);
    }
  });

  test("after a crash the next start puts the display back, also one that shows nothing", async () => {
    const home = deviceHome();
    const before = et50(home);
    const daemon = await home.start(deviceInput(["display"], display));
    await home.clock.advance(minute);
    await daemon.crash();
    assert.equal(et50(home)?.dataForDisplay[0], 230);
    const next = await home.start(deviceInput(["display"], display));
    await home.clock.advance(minute);
    assert.equal(et50(home)?.dataForDisplay[0], 230);
    await next.stop();
    assert.deepEqual(et50(home), before);
  });

  test("a display that a power failure has emptied is written again, in the same session", async () => {
    const home = deviceHome();
    const daemon = await home.start(deviceInput(["register", "display"], display));
    await home.clock.advance(minute);
    assert.equal(et50(home)?.dataForDisplay[0], 230);
    home.headEnd.failPower(30 * second);
    await home.clock.advance(20 * second);
    home.device.memory.patch(ET50.number, registration, new Uint8Array(40));
    await home.clock.advance(2 * minute);
    assert.equal(et50(home)?.dataForDisplay[0], 230);
    await daemon.stop();
  });

  test("a watched source that changes is an event, with its values from the house", async () => {
    const home = deviceHome("meter:3.70", "house");
    const daemon = await home.start(deviceInput(["register", "watch"], { watch: [{ source: 8, delta: 50 }] }));
    await home.clock.advance(15 * minute);
    const changes = daemon.events.filter(({ id }) => id.startsWith("device:watch-changed:"));
    assert.ok(changes.length > 0);
    for (const { detail } of changes) {
      const { from, to, unit, source } = JSON.parse(detail ?? "{}");
      assert.deepEqual([source, unit], [8, "W"]);
      assert.ok(Math.abs(to - from) >= 50, detail ?? "");
    }
    assert.match(texts(daemon).join("\n"), /went from \d+ to \d+ W/);
    await daemon.stop();
  });

  test("sources are watched again after a power failure", async () => {
    const home = deviceHome();
    const watch = { watch: [{ source: 15, delta: 1 }] };
    const daemon = await home.start(deviceInput(["register", "watch"], watch));
    await home.clock.advance(minute);
    const entries = () =>
      decode(ET71, home.device.memory.get(ET71.number) as Uint8Array, home.device.dimensions).deltaData.map(
        ({ deltaDataMonitorSource }) => deltaDataMonitorSource,
      );
    assert.ok(entries().includes(15), entries().join());
    assert.equal(et50(home)?.deltaDataAlerts, true);
    home.headEnd.failPower(30 * second);
    await home.clock.advance(30 * second + 100);
    assert.ok(!entries().includes(15), "ET71 is in RAM");
    await home.clock.advance(2 * minute);
    assert.ok(entries().includes(15), `${entries().join()} after the power failure`);
    home.headEnd.deltaChanged();
    await home.clock.advance(10 * second);
    assert.ok(texts(daemon).includes("answered delta data alert"), texts(daemon).join("\n"));
    assert.deepEqual(home.headEnd.received, []);
    await daemon.stop();
  });

  test("a registration that the head-end removed is made again within a quarter of an hour, or when the line is back", async () => {
    for (const unplugged of [false, true]) {
      const home = deviceHome();
      const daemon = await home.start(deviceInput(["register"]));
      await home.clock.advance(2 * minute);
      home.headEnd.remove(4);
      await home.clock.advance(minute);
      assert.equal(daemon.service.status().handle, 1000, "nothing tells the device");
      // TLS has no sequence numbers that could jump: only the silence tells.
      if (unplugged) home.headEnd.failPower(10 * second);
      await home.clock.advance((unplugged ? 2 : 17) * minute);
      assert.deepEqual([daemon.service.status().phase, daemon.service.status().handle], ["registered", 1001]);
      assert.match(texts(daemon).join("\n"), /the registration with handle 1000 is gone/);
      await daemon.stop();
    }
  });

  test("a long answer wears the meter's memory, and is counted", async () => {
    const home = deviceHome();
    const daemon = await home.start(deviceInput(["register", "answer"]));
    assert.equal(home.kept.get("wear"), undefined, "ET50 is in RAM");
    // A volume of eight digits.
    const record = [0x0c, 0x13, 0x78, 0x56, 0x34, 0x12];
    const telegram = Uint8Array.from(Array.from({ length: 50 }, () => record).flat());
    daemon.service.take("water", { records: telegram }, home.clock.wall());
    const request = home.headEnd.ask({ device: 4, type: requestType.read });
    await home.clock.advance(20 * second);
    assert.deepEqual([request.outcome, request.answer], ["answered", telegram]);
    assert.ok(JSON.parse(home.kept.get("wear") ?? "{}").writes.length > 0);
    await daemon.stop();
  });

  test("a restart writes nothing", async () => {
    const home = deviceHome();
    const one = await home.start(deviceInput(["register"]));
    await one.stop();
    const two = await home.start(deviceInput(["register"]));
    await two.stop();
    assert.deepEqual(home.written, ["0+30", "30+1"]);
  });

  test("killed while it answers, it answers once: the memory tells the next start", async () => {
    const home = deviceHome();
    // Each moment between the alert and the end of the answer.
    for (let late = 0; late <= 1_400; late += 100) {
      const daemon = await home.start(deviceInput(["register", "answer"]));
      daemon.service.take("water", { value: late }, home.clock.wall());
      const before = home.headEnd.received.length;
      const request = home.headEnd.ask({ device: 4, type: requestType.read });
      await home.clock.advance(late);
      await daemon.crash();
      const next = await home.start(deviceInput(["register", "answer"]));
      next.service.take("water", { value: late + 1 }, home.clock.wall());
      await home.clock.advance(40 * second);
      const came = home.headEnd.received.length - before;
      assert.ok(came <= 1, `${came} answers after a crash ${late} ms after the request`);
      assert.equal(request.outcome === "answered", came === 1, `${request.outcome} after ${late} ms`);
      await next.stop();
    }
    assert.ok(home.headEnd.received.length > 5, "most are answered all the same");
    assert.equal(home.headEnd.devices.find(({ device }) => device === 4)?.handle, 1000, "registered once");
  });

  test("after a crash a reading that is still fresh is sent, and one that is too old is not", async () => {
    const home = deviceHome();
    const daemon = await home.start(deviceInput(["register", "answer"]));
    daemon.service.take("water", { value: 7 }, home.clock.wall());
    await home.clock.advance(second);
    await daemon.crash();
    const next = await home.start(deviceInput(["register", "answer"]));
    const fresh = home.headEnd.ask({ device: 4, type: requestType.read });
    await home.clock.advance(10 * second);
    assert.deepEqual(
      [fresh.outcome, mbusRecords(fresh.answer ?? new Uint8Array(0)).records[0]?.value],
      ["answered", 7],
    );
    await home.clock.advance(61 * minute);
    const old = home.headEnd.ask({ device: 4, type: requestType.read });
    await home.clock.advance(10 * second);
    assert.equal(old.outcome, "failed");
    await next.stop();
  });

  test("rights that a reload takes away are gone with the next session", async () => {
    const home = deviceHome();
    const one = await home.start(deviceInput(["register", "answer"]));
    one.service.take("water", { value: 1 }, home.clock.wall());
    assert.equal(home.headEnd.ask({ device: 4, type: requestType.read }).outcome, "posted");
    await home.clock.advance(10 * second);
    await one.stop();
    const two = await home.start(deviceInput(["register"]));
    two.service.take("water", { value: 2 }, home.clock.wall());
    const later = home.headEnd.ask({ device: 4, type: requestType.read });
    await home.clock.advance(minute);
    assert.deepEqual([later.outcome, home.headEnd.received.length], ["expired", 1]);
    await two.stop();
  });
});
