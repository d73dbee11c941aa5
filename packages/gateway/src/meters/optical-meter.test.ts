/** A configured meter that is read through its optical port, in virtual time: how it spares the MEP port and keeps the meter's limits. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { connect, rc4 } from "@meterport/client";
import { limitsForFuse } from "@meterport/engine/guard/guard";
import { parseQuiet } from "@meterport/engine/plan/quiet";
import { PointLoop } from "@meterport/engine/points/point-loop";
import { parseProfile } from "@meterport/protocol/layout/index";
import { Secret } from "@meterport/protocol/mep/security/key";
import { BT52, ET51 } from "@meterport/protocol/tables/index";
import { type Line, type LineCondition, modelledLine, VirtualMeter } from "@meterport/simulator";
import { linkTraits } from "@meterport/transports/link-traits";
import { ShownPasswords } from "../../../../test/support/shown-passwords.ts";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import type { MeterConfig } from "../config/config.ts";
import { superviseMeter } from "./meter-link.ts";
import { openMeter } from "./open-meter.ts";
import { QuietSource } from "./quiet-source.ts";

const second = 1_000;
const minute = 60_000;
const readOnly = new Secret(new Uint8Array(20).fill(0x52));
const basic = new Secret(new Uint8Array(16).fill(1));

const setUp = (key = readOnly, interval = minute, quiet?: string) => {
  const clock = new VirtualClock();
  const meter = new VirtualMeter({
    profile: parseProfile("meter:3.70"),
    scenario: "quiet",
    seed: 1,
    start: clock.wall(),
    epoch: clock.now(),
    keys: { basic, advanced: new Secret(new Uint8Array(16).fill(2)) },
    opticalKeys: { readOnly },
  });
  // The meter ends a session of ten minutes and rests for five.
  const [flags = 0] = meter.memory.read(ET51.number, 0, 1) ?? [];
  meter.memory.patch(ET51.number, 0, Uint8Array.of(flags | 1));
  const config: MeterConfig = {
    id: "house",
    name: "House",
    link: "optical:///dev/ttyUSB0",
    optical: true,
    pipe: "serial:///dev/ttyUSB0",
    key,
    keyForm: "read as 40 hex digits",
    security: "auto",
    clientId: 7,
    interval,
  };
  const passwords = new ShownPasswords();
  let line: Line | undefined;
  let condition: LineCondition = {};
  const asked: string[] = [];
  const log: string[] = [];
  const note = (text: string): void => void log.push(text);
  const access = openMeter(config, {
    clock,
    entropy: (length) => new Uint8Array(length),
    log: { info: note },
    traitsOf: linkTraits,
    openLink: async (link) => {
      asked.push(link);
      const opened = modelledLine({ meter: meter.sharedPort(), clock, ...condition });
      line = opened;
      const write = (bytes: Uint8Array): Promise<void> => {
        passwords.note(bytes);
        return opened.write(bytes);
      };
      return { ...opened, write };
    },
    securityMemory: () => assert.fail("the security of an optical port is not remembered"),
  });
  /** The head from now on, whichever pipe leads to it. */
  const become = (next: LineCondition): void => {
    condition = next;
    line?.become(next);
  };
  const make = () =>
    superviseMeter({ name: config.link, ...access, clock, entropy: (length) => new Uint8Array(length) });
  const source =
    quiet === undefined ? make() : new QuietSource({ make, windows: parseQuiet(quiet), clock, offset: () => 0 });
  const loop = new PointLoop({
    id: config.id,
    name: config.name,
    url: config.link,
    simulated: false,
    interval,
    limits: limitsForFuse(undefined),
    source,
    clock,
    log: { info: note, warn: note, error: note },
  });
  return { clock, meter, loop, asked, log, shown: () => passwords.times, become };
};

describe("a meter read through its optical port", () => {
  test("has values at each interval, over hours, and never holds a session up to the meter's limit", async () => {
    const { clock, meter, loop, asked, shown } = setUp();
    loop.start();
    let taken = 0;
    const seconds = 2 * 3600;
    for (let at = 0; at < seconds; at++) {
      await clock.advance(second);
      if (meter.optical.active) taken++;
      assert.ok(!meter.optical.rests(clock.now()), `it rests after ${at} s`);
    }
    const { link } = loop.summary();
    assert.deepEqual([link.state, link.outages, link.failures], ["up", 0, 0]);
    assert.ok(link.polls >= 119, `${link.polls} polls`);
    assert.equal(typeof loop.live().power_w, "number");
    // A session per poll, and at most one to learn in between.
    assert.ok(shown() >= 119 && shown() <= 125, `${shown()} sessions`);
    assert.ok(taken < 0.15 * seconds, `the line was taken for ${taken} of ${seconds} s`);
    assert.deepEqual(asked, ["serial:///dev/ttyUSB0"]);
    await clock.run(loop.stop());
  });

  test("leaves the line to the MEP port between two readings", async () => {
    const { clock, meter, loop } = setUp();
    loop.start();
    await clock.advance(90 * second);
    assert.equal(loop.summary().link.state, "up");
    assert.ok(!meter.optical.active);
    const mep = await clock.run(
      connect(modelledLine({ meter, clock }), {
        security: rc4({ key: basic, entropy: (length) => new Uint8Array(length) }),
        clock,
        profile: parseProfile("meter:3.70"),
      }),
    );
    assert.ok((await clock.run(mep.read(BT52))).clock !== undefined);
    await clock.run(mep.close());
    await clock.run(loop.stop());
  });

  test("reports silent while the head is off, and has values soon after it is back", async () => {
    const { clock, loop, become } = setUp();
    loop.start();
    await clock.advance(70 * second);
    become({ stuck: "silent" });
    await clock.advance(3 * minute);
    assert.deepEqual([loop.summary().link.state, loop.live().power_w], ["silent", null]);
    become({});
    await clock.advance(12 * second);
    assert.equal(loop.summary().link.state, "up");
    assert.equal(typeof loop.live().power_w, "number");
    await clock.run(loop.stop());
  });

  test("holds no session and shows no value in a quiet window, and continues after it", async () => {
    const clock = new VirtualClock();
    const begins = Math.ceil(clock.wall() / minute) * minute + 10 * minute;
    const text = (wall: number): string => new Date(wall).toISOString().slice(11, 16);
    const window = `${text(begins)}-${text(begins + 8 * minute)}`;
    const { clock: time, meter, loop, log } = setUp(readOnly, 10 * second, window);
    loop.start();
    let [asked, up] = [0, 0];
    while (time.wall() < begins + 12 * minute) {
      await time.advance(500);
      const within = time.wall() >= begins && time.wall() < begins + 8 * minute;
      const { state, cause } = loop.summary().link;
      if (!within) {
        if (state === "up") up++;
        continue;
      }
      assert.ok(!meter.optical.active, `a session at ${new Date(time.wall()).toISOString()}`);
      assert.deepEqual([state, cause, loop.live().power_w], ["paused", "quiet", null]);
      asked++;
    }
    assert.equal(asked, 960);
    assert.ok(up > 1_200, `up in ${up} of 1440 looks outside`);
    assert.equal(loop.summary().link.state, "up");
    assert.equal(typeof loop.live().power_w, "number");
    assert.equal(loop.summary().link.failures, 0);
    assert.ok(
      log.some((line) => /link paused: the meter is not read from \d\d:\d\d to \d\d:\d\d/.test(line)),
      log.join("\n"),
    );
    await time.run(loop.stop());
  });

  test("sends a key that the meter refuses only once, however long it runs", async () => {
    const { clock, loop, log, shown } = setUp(new Secret(new Uint8Array(20).fill(9)));
    loop.start();
    await clock.advance(60 * minute);
    assert.equal(shown(), 1);
    const { state, cause, problem } = loop.summary().link;
    assert.deepEqual([state, cause], ["refused", "wrong-key"]);
    assert.match(problem ?? "", /the meter refuses the password, which is not shown again/);
    assert.equal(log.length, 1, log.join("\n"));
    await clock.run(loop.stop());
  });
});
