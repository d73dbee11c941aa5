/** A device role registers at a virtual meter, through both ports: bytes, handles, restarts, faults of the line. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { connect, rc4 } from "@meterport/client";
import { parseProfile } from "@meterport/protocol/layout/index";
import { ET14, ET50, ET51 } from "@meterport/protocol/tables/index";
import { modelledLine, VirtualMeter } from "@meterport/simulator";
import { deviceSetting, identificationOf } from "./support/device-setting.ts";
import { keys, setting } from "./support/gen4-setting.ts";
import { VirtualClock } from "./support/virtual-clock.ts";

const second = 1_000;
const minute = 60 * second;
const flagsAt = 30;
const security = () => rc4({ key: keys.basic, entropy: (length) => new Uint8Array(length).fill(7) });

const open = async (profile: string, line: object = {}) => {
  const clock = new VirtualClock();
  const device = new VirtualMeter({
    profile: parseProfile(profile),
    keys,
    scenario: "quiet",
    seed: 1,
    start: clock.wall(),
  });
  // The bytes of ET50 and ET51 as the guide prints them.
  const written: string[] = [];
  device.use(({ request }) => {
    if (request.kind === "write-at" && request.table === ET50.number)
      written.push(`${request.offset}+${request.data.length}`);
    return undefined;
  });
  const port = modelledLine({ meter: device, clock, ...line });
  const meter = await clock.run(connect(port, { security: security(), clock, writable: true }));
  return { clock, device, meter, written, line: port };
};

describe("device registration", () => {
  for (const profile of ["meter:3.30", "meter:3.70", "meter:4.30"])
    test(`${profile}: registers with two writes, and keeps quiet afterwards`, async (t) => {
      const { clock, device, meter, written } = await open(profile);
      const app = deviceSetting();
      const running = app.start(meter);
      await clock.advance(10 * second);
      assert.deepEqual([running.phase, running.handle], ["registered", 1000]);
      assert.deepEqual(written, ["0+30", "30+1"].slice(written[0] === "0+30" ? 0 : 1));
      assert.equal(device.memory.read(ET50.number, flagsAt, 1)?.[0], 0x03);
      assert.deepEqual(device.memory.read(ET50.number, 0, 30), identificationOf(1));
      const before = meter.session.counters;
      await clock.advance(60 * minute);
      const bytes = meter.session.counters.sentBytes + meter.session.counters.receivedBytes;
      const share = (bytes - before.sentBytes - before.receivedBytes) / (960 * 3600);
      t.diagnostic(`${(100 * share).toFixed(3)} % of the line at rest`);
      assert.ok(share < 0.02, `the loop takes ${(100 * share).toFixed(2)} % of the line at rest`);
      running.stop();
      await clock.run(running.ended);
      assert.equal(clock.pending <= 1, true);
    });

  test("both ports of one meter: a handle of its own for each", async () => {
    const { clock, device, to } = setting();
    const apps = [deviceSetting({ number: 1 }), deviceSetting({ number: 2 })];
    for (const [i, app] of apps.entries()) app.start(await to(i === 0 ? 1 : 2, security(), { writable: true }));
    await clock.advance(10 * second);
    assert.deepEqual(
      apps.map(({ device: { handle } }) => handle),
      [1000, 2000],
    );
    // The second element of ET50 begins after 35 bytes and six sources of six (MEP guide 1.1, pp. 130-132).
    assert.equal(device.memory.read(ET50.number, 71 + flagsAt, 1)?.[0], 0x01);
    assert.deepEqual(device.memory.read(ET50.number, 71, 30), identificationOf(2));
    // Slots 4 and 5 are occupied.
    assert.equal((device.memory.read(ET14.number, 5, 1)?.[0] ?? 0) & 0x30, 0x30);
    for (const { device } of apps) device.stop();
  });

  test("another device's port is left alone, and taken over on explicit word", async () => {
    const { clock, meter } = await open("meter:3.70");
    const first = deviceSetting({ number: 1 });
    first.start(meter);
    await clock.advance(10 * second);
    first.device.stop();
    const other = deviceSetting({ number: 2 });
    other.start(meter);
    await clock.advance(10 * second);
    assert.equal(other.device.phase, "blocked");
    other.device.stop();
    const third = deviceSetting({ number: 2, replace: true });
    third.start(meter);
    await clock.advance(10 * second);
    assert.deepEqual([third.device.phase, third.device.handle], ["registered", 1001]);
    assert.ok(third.texts().includes("removed the other device, handle 1000"));
  });

  test("a restart writes nothing", async () => {
    const { clock, meter, written } = await open("meter:3.70");
    const app = deviceSetting();
    app.start(meter);
    await clock.advance(10 * second);
    app.device.stop();
    written.length = 0;
    app.start(meter);
    await clock.advance(10 * second);
    assert.deepEqual([app.device.handle, written], [1000, []]);
  });

  test("needs a meter that may be written to, says so, and does not try again and again", async () => {
    const clock = new VirtualClock();
    const { device } = await open("meter:3.70");
    const line = modelledLine({ meter: device, clock });
    const meter = await clock.run(connect(line, { security: security(), clock }));
    const app = deviceSetting();
    app.start(meter);
    await clock.advance(60 * minute);
    const failures = app.texts().filter((text) => text.startsWith("looking at the registration failed"));
    assert.ok(failures.length >= 2 && failures.length < 15, `${failures.length} failures`);
    assert.match(failures[0] as string, /writable/);
  });

  test("after a jump of the dimensions it looks once, and stays registered", async () => {
    const { clock, device, meter } = await open("meter:3.70");
    const app = deviceSetting();
    app.start(meter);
    await clock.advance(30 * second);
    let looks = 0;
    device.use(({ request }) => {
      if (request.kind === "read-at" && request.table === ET50.number) looks++;
      return undefined;
    });
    device.bumpDimensions();
    // The next request of anybody here shows it.
    await clock.run(meter.read(ET51));
    await clock.advance(2 * minute);
    assert.equal(looks, 1);
    assert.equal(app.device.handle, 1000);
  });

  test("keeps the meter's health monitor content while nobody else asks", async (t) => {
    const { clock, device, meter } = await open("meter:3.70");
    device.memory.patch(ET51.number, 0, Uint8Array.of(0x02, 60, 0));
    const app = deviceSetting();
    app.start(meter);
    await clock.advance(10 * second);
    const before = meter.session.counters.sentBytes + meter.session.counters.receivedBytes;
    let [last, longest] = [clock.now(), 0];
    device.use(() => {
      longest = Math.max(longest, clock.now() - last);
      last = clock.now();
      return undefined;
    });
    await clock.advance(60 * minute);
    assert.ok(longest > 20 * second && longest < 60 * second, `silent for ${longest} ms`);
    const { sentBytes, receivedBytes } = meter.session.counters;
    const share = (sentBytes + receivedBytes - before) / (960 * 3600);
    t.diagnostic(`${(100 * share).toFixed(3)} % of the line, with the health monitor on`);
    assert.ok(share < 0.02);
  });

  test("registers once on a line that loses and damages messages", async () => {
    for (let seed = 1; seed <= 10; seed++) {
      const { clock, meter, line, written } = await open("meter:3.70", { seed });
      line.become({ loss: 0.1, flip: 0.1, alert: 0.1 });
      const app = deviceSetting();
      app.start(meter);
      await clock.advance(10 * minute);
      assert.equal(app.device.handle, 1000, `seed ${seed}: ${app.texts().join("; ")}`);
      // An attempt that failed counts, and its repetition waits.
      assert.ok((app.saved?.registrations.length ?? 9) <= 3, `seed ${seed}`);
      assert.ok(written.length <= 6, `seed ${seed}`);
      app.device.stop();
    }
  });

  test("ends when the session is closed, and when its signal is raised", async () => {
    const { clock, meter } = await open("meter:3.70");
    const controller = new AbortController();
    const one = deviceSetting({ signal: controller.signal });
    const running = one.start(meter);
    await clock.advance(second);
    controller.abort();
    await clock.run(running.ended);
    const two = deviceSetting();
    const other = two.start(meter);
    await clock.advance(second);
    await clock.run(meter.close());
    await clock.run(other.ended);
  });

  test("does not begin without its memory, which could make it answer twice", async () => {
    const { clock, meter, written } = await open("meter:3.70");
    const store = { load: () => Promise.reject(new Error("the disk is gone")), save: async () => {} };
    const running = deviceSetting({ store }).start(meter);
    await assert.rejects(clock.run(running.ended), /the disk is gone/);
    assert.deepEqual(written, []);
  });

  test("does not register if its memory cannot be kept", async () => {
    const { clock, meter, written } = await open("meter:3.70");
    const store = { load: async () => undefined, save: () => Promise.reject(new Error("the disk is full")) };
    const app = deviceSetting({ store });
    app.start(meter);
    await clock.advance(10 * minute);
    assert.deepEqual(written, []);
    assert.ok(app.texts().includes("looking at the registration failed: the disk is full"));
  });
});
