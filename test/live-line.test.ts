/** Live readings over a modelled line of 9600 baud, with the meter's throttle and its pauses, in virtual time. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { connect, type LiveReader, openLive, rc4 } from "@meterport/client";
import { emptyGuard, limitsForFuse } from "@meterport/engine/guard/guard";
import { PointLoop } from "@meterport/engine/points/point-loop";
import { silentLog } from "@meterport/engine/ports/log";
import { loadConfig } from "@meterport/gateway/config/config";
import { linkMeter, superviseMeter } from "@meterport/gateway/meters/meter-link";
import { parseProfile } from "@meterport/protocol/layout/index";
import { liveKeys } from "@meterport/protocol/meaning/readings";
import { Secret } from "@meterport/protocol/mep/security/key";
import type { Millis } from "@meterport/protocol/ports";
import { type Line, modelledLine, VirtualMeter } from "@meterport/simulator";
import { parseMeterLink } from "@meterport/transports/link-url";
import { portLinkOf } from "@meterport/transports/port-link";
import { VirtualClock } from "./support/virtual-clock.ts";

const key = new Secret(new Uint8Array(16).fill(1));
const security = () => rc4({ key, entropy: (length) => new Uint8Array(length).fill(9) });
const baud = 9600;
const readings = 20;

interface Setting {
  readonly clock: VirtualClock;
  readonly line: Line;
  /** When the meter executed each request. */
  readonly executed: Millis[];
}
const set = (profile = "meter:3.70"): Setting => {
  const clock = new VirtualClock();
  const meter = new VirtualMeter({
    profile: parseProfile(profile),
    keys: { basic: key, advanced: new Secret(new Uint8Array(16).fill(2)) },
    scenario: "house",
    seed: 1,
    start: clock.wall(),
  });
  const executed: Millis[] = [];
  meter.use(() => {
    executed.push(clock.now());
    return undefined;
  });
  return { clock, line: modelledLine({ meter, clock, baud }), executed };
};

const openReader = async ({ clock, line }: Setting): Promise<LiveReader> => {
  const meter = await clock.run(connect(line, { security: security(), clock }));
  return clock.run(openLive(meter));
};

/** Bytes both ways and milliseconds of one reading, each as the worst of several, back to back. */
const measured = async ({ clock, line }: Setting, reader: LiveReader) => {
  let [bytes, millis] = [0, 0];
  for (let i = 0; i < readings; i++) {
    const [before, began] = [line.counts, clock.now()];
    const reading = await clock.run(reader.read());
    assert.equal(reading.quality, "good");
    const { toMeter, toClient } = line.counts;
    bytes = Math.max(bytes, toMeter + toClient - before.toMeter - before.toClient);
    millis = Math.max(millis, clock.now() - began);
  }
  return { bytes, millis };
};

describe(`live readings at ${baud} baud`, () => {
  for (const profile of ["meter:3.30", "meter:3.50", "meter:3.70", "meter:4.30"]) {
    test(`${profile}: all live keys in at most 230 bytes, and each second`, async (t) => {
      const setting = set(profile);
      const reader = await openReader(setting);
      const { bytes, millis } = await measured(setting, reader);
      t.diagnostic(`${reader.plan.length} reads, ${bytes} bytes both ways, ${Math.round(millis)} ms`);
      assert.ok(bytes <= 230, `${bytes} bytes`);
      assert.ok(millis < 1000, `${millis} ms`);
      const reading = await setting.clock.run(reader.read());
      const unknown = liveKeys.filter((key) => reading[key] === null);
      assert.deepEqual(unknown, profile === "meter:3.30" ? ["power_l1_w", "power_l2_w", "power_l3_w"] : []);
      await reader.meter.close();
      assert.equal(setting.clock.pending, 0);
    });
  }

  test("power alone five times a second", async (t) => {
    const setting = set();
    const power = (await openReader(setting)).only(["power_w"]);
    const { clock } = setting;
    const { bytes } = await measured(setting, power);
    const began = clock.now();
    for (let i = 0; i < readings; i++) assert.notEqual((await clock.run(power.read())).power_w, null);
    const each = (clock.now() - began) / readings;
    t.diagnostic(`${bytes} bytes both ways, ${Math.round(each)} ms each: ${(1000 / each).toFixed(1)} Hz`);
    assert.ok(each <= 200, `${each} ms`);
    await power.meter.close();
  });

  test("by default the gateway reads a table per second on average", async (t) => {
    const env = { METERPORT_LINK: "tcp://127.0.0.1:4059", METERPORT_KEY: "abcdefghijklmnop" };
    const interval = loadConfig({
      env,
      defaultData: "data",
      file: undefined,
      readFile: () => undefined,
      checkLink: parseMeterLink,
      portLinkOf,
    }).meters[0]?.interval;
    assert.equal(interval, 2000);
    const { clock, line, executed } = set();
    const loop = new PointLoop({
      id: "home",
      name: "Home",
      url: line.name,
      simulated: false,
      interval,
      limits: limitsForFuse(25),
      guardState: emptyGuard,
      source: superviseMeter({
        name: line.name,
        open: async () => line,
        connect: (transport, signal) => linkMeter(transport, { security: security(), clock, signal }),
        clock,
        entropy: (length) => new Uint8Array(length),
      }),
      clock,
      log: silentLog,
    });
    loop.start();
    await clock.advance(10_000);
    assert.equal(loop.live().quality, "good");
    executed.length = 0;
    const before = line.counts;
    const polls = loop.summary().link.polls;
    const minute = 60_000;
    await clock.advance(minute);
    const { toMeter, toClient } = line.counts;
    const share = (toMeter + toClient - before.toMeter - before.toClient) / ((minute * baud) / 10_000);
    t.diagnostic(
      `${executed.length} table reads and ${loop.summary().link.polls - polls} polls in a minute, ${(100 * share).toFixed(1)} % of the line`,
    );
    assert.equal(loop.summary().link.polls - polls, minute / interval);
    assert.ok(executed.length <= minute / 1000, `${executed.length} reads`);
    for (const time of executed)
      assert.ok(executed.filter((other) => other >= time && other < time + interval - 1).length <= 2);
    assert.equal(loop.summary().link.failures, 0);
    await clock.run(loop.stop());
    assert.equal(clock.pending, 0);
  });
});
