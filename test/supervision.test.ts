/** How a supervised link behaves beyond short outages: other speeds, other meters, keys, bounds, and lines that stay bad. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { rc4 } from "@meterport/client";
import { auto } from "@meterport/client/security/auto";
import { LinkError, UsageError } from "@meterport/protocol/errors";
import { Secret } from "@meterport/protocol/mep/security/key";
import { BT01, ET13, ET51 } from "@meterport/protocol/tables/index";
import { advancedKey, basicKey, type LinkSetting, noEntropy, superviseLink, until } from "./support/supervised-link.ts";

describe("the speed of a link", () => {
  test("follows what the client itself writes to ET13, as soon as the meter has answered", async () => {
    const { clock, device, pipes, link, ask, states } = superviseLink();
    link.start();
    await clock.run(link.first());
    await clock.advance(2_000);
    const slot = 4;
    device.use(({ request }) => {
      // The meter answers at the old speed: 30 ms are more than its answer takes.
      if (request.kind === "write-at" && request.table === ET13.number)
        clock.at(clock.now() + 30, () => pipes.line.become({ meterBaud: 19_200 }));
      return undefined;
    });
    const write = link.run(({ meter }) => meter.write(ET13, ["devices", slot, "baudRate"], 8), {
      label: "change the speed",
      limit: 10_000,
    });
    await clock.run(write);
    assert.equal(link.status.baud, 19_200);
    assert.deepEqual(pipes.bauds, [9600, 19_200]);
    const began = clock.now();
    await clock.run(ask());
    assert.ok(clock.now() - began < 500);
    assert.deepEqual(states, ["up"]);
    await clock.run(link.close());
    assert.equal(clock.pending, 0);
  });

  test("is found if somebody else has changed it, and then kept", async (t) => {
    const { clock, pipes, link, ask, poll } = superviseLink({ profile: "meter:4.30" });
    link.start();
    await clock.run(link.first());
    for (const baud of [19_200, 2400, 115_200, 4800, 9600]) {
      pipes.line.become({ meterBaud: baud });
      await clock.run(ask().catch(() => {}));
      const took = await until(clock, 15_000, () => link.status.state === "up");
      t.diagnostic(`${baud} baud found after ${took} ms`);
      assert.equal(link.status.baud, baud);
      assert.ok((await poll(5_000)) >= 4);
    }
    await clock.run(link.close());
  });

  test("is searched at first contact too, without trying TLS on a silent meter", async (t) => {
    const setting = {
      condition: { meterBaud: 38_400, baud: 9600 },
      securityOf: () => auto({ key: advancedKey, entropy: noEntropy }),
    };
    const { clock, link } = superviseLink(setting);
    link.start();
    await assert.rejects(clock.run(link.first()), LinkError);
    const took = await until(clock, 18_000, () => link.status.state === "up");
    t.diagnostic(`found ${took} ms after the first failure`);
    assert.equal(link.status.baud, 38_400);
    await clock.run(link.close());
  });

  test("is not changed while something else explains the silence, or if it cannot be set", async () => {
    for (const [setting, condition] of [
      [{}, { deaf: true, echo: 1 }],
      [{}, { optical: true }],
      [{ baud: undefined }, { mute: true }],
    ] as const) {
      const { clock, pipes, link, ask } = superviseLink(setting as LinkSetting);
      link.start();
      await clock.run(link.first());
      await clock.advance(2_000);
      pipes.line.become(condition);
      await clock.run(ask().catch(() => {}));
      await clock.advance(60_000);
      assert.deepEqual(new Set(pipes.bauds), new Set([link.status.baud]));
      await clock.run(link.close());
    }
  });
});

describe("another meter, another key", () => {
  test("a replaced meter is treated as a new one", async () => {
    const { clock, device, pipes, link, ask } = superviseLink();
    link.start();
    const before = await clock.run(link.first());
    await clock.advance(3_000);
    pipes.line.become({ stuck: "silent" });
    await clock.run(ask().catch(() => {}));
    await clock.advance(30_000);
    device.memory.patch(BT01.number, 20, Uint8Array.of(0x98, 0x76, 0x54, 0x32));
    pipes.line.become({});
    await until(clock, 10_000, () => link.status.state === "up");
    assert.notEqual(link.connected, before);
    assert.notEqual(link.connected?.meter.identity?.serial, before.meter.identity?.serial);
    await clock.run(link.close());
  });

  test("a wrong key is refused at once, tried less and less often, and used once it is right", async () => {
    let right = false;
    const { clock, link, states, pipes } = superviseLink({
      securityOf: () => rc4({ key: right ? basicKey : new Secret(new Uint8Array(16).fill(9)), entropy: noEntropy }),
    });
    link.start();
    await assert.rejects(clock.run(link.first()), { code: "wrong-key" });
    await clock.advance(300_000);
    assert.deepEqual(states, ["refused wrong-key"]);
    assert.ok(pipes.bauds.length < 20, `${pipes.bauds.length} attempts in five minutes`);
    right = true;
    await until(clock, 35_000, () => link.status.state === "up");
    await clock.run(link.close());
  });

  test("a link that can never be opened is refused, with its own error", async () => {
    const open = () => Promise.reject(new UsageError("serial-missing", "serial ports need two more packages"));
    const { clock, link } = superviseLink({ options: { open } });
    link.start();
    await assert.rejects(clock.run(link.first()), UsageError);
    const { state, cause } = link.status;
    assert.deepEqual([state, cause?.text], ["refused", "serial ports need two more packages"]);
    await clock.run(link.close());
  });
});

describe("a pause", () => {
  test("lasts no longer than the meter's own limit", async () => {
    const { clock, device, pipes, link, ask } = superviseLink();
    device.memory.patch(ET51.number, 4, Uint8Array.of(120, 0));
    link.start();
    await clock.run(link.first());
    await clock.advance(3_000);
    pipes.line.become({ optical: true });
    await clock.run(ask().catch(() => {}));
    await until(clock, 10_000, () => link.status.state === "paused");
    assert.match(link.status.cause?.text ?? "", /may keep it for 2 min/);
    const lasted = await until(clock, 200_000, () => link.status.state !== "paused");
    assert.ok(lasted >= 120_000 && lasted <= 135_000, `${lasted} ms`);
    assert.equal(link.status.state, "silent");
    pipes.line.become({});
    await until(clock, 3_000, () => link.status.state === "up");
    await clock.run(link.close());
  });

  test("does not happen with firmware 4, whose optical port has its own line", async () => {
    const { clock, pipes, link, ask, states } = superviseLink({ profile: "meter:4.30" });
    link.start();
    await clock.run(link.first());
    await clock.advance(3_000);
    pipes.line.become({ mute: true });
    await clock.run(ask().catch(() => {}));
    await clock.advance(60_000);
    assert.deepEqual(states, ["up", "silent no-answer"]);
    await clock.run(link.close());
  });
});

describe("a line that stays bad", () => {
  for (const [name, condition, cause] of [
    ["loses replies", { toClient: { loss: 0.25 } }, "lost-replies"],
    ["cuts replies", { cut: 12, cutRate: 0.25 }, "half-reply"],
  ] as const)
    test(`${name}: degraded, with values, and up again when it is mended`, async () => {
      const { clock, pipes, link, poll, states } = superviseLink({ profile: "meter:4.30" });
      link.start();
      await clock.run(link.first());
      await poll(5_000);
      pipes.line.become(condition);
      assert.ok((await poll(120_000)) > 50);
      assert.equal(link.status.state, "degraded");
      assert.equal(link.status.cause?.code, cause);
      assert.ok(link.status.counters.retries > 10);
      assert.ok(states.length < 12, `flaps: ${states.join(", ")}`);
      pipes.line.become({});
      await poll(90_000);
      assert.equal(link.status.state, "up");
      await clock.run(link.close());
    });

  test("does not fill a log: causes that noise changes every second are not reported", async () => {
    const { clock, pipes, link, ask, states } = superviseLink();
    link.start();
    await clock.run(link.first());
    pipes.line.become({ noiseEvery: 100, flip: 1, noise: 1, truncate: 0.5 });
    await clock.run(ask().catch(() => {}));
    await clock.advance(300_000);
    assert.ok(states.length < 25, `${states.length} changes in five minutes`);
    await clock.run(link.close());
  });
});

describe("a listener", () => {
  test("sees each state once, as a stream or by a listener, with since, cause and counters", async () => {
    const { clock, pipes, link, ask, states } = superviseLink({ profile: "meter:4.30" });
    const streamed: string[] = [];
    const watching = (async () => {
      for await (const { state } of link.changes()) streamed.push(state);
    })();
    link.start();
    await clock.run(link.first());
    await clock.advance(3_000);
    pipes.cut(new LinkError("closed", "pipe", "the connection broke"));
    pipes.whenOpened = "refused";
    await clock.advance(5_000);
    const { since, cause, counters, answering } = link.status;
    assert.deepEqual([cause?.code, answering, counters.outages], ["not-open", false, 1]);
    assert.equal(clock.wall() - since, 5_000);
    assert.ok(counters.openFailures >= 4 && counters.openFailures <= 10, `${counters.openFailures}`);
    await assert.rejects(ask(), { code: "not-open", message: /^ask: the link is silent: .*no such device/ });
    pipes.whenOpened = "works";
    await clock.advance(2_000);
    assert.deepEqual(states, ["up", "silent closed", "silent not-open", "up"]);
    await clock.run(link.close());
    await watching;
    assert.deepEqual(streamed, ["connecting", "up", "silent", "silent", "up"]);
    assert.equal(clock.pending, 0);
  });

  for (const met of [true, false])
    test(`a pipe that ends at once, ${met ? "once the meter is known" : "from the start"}, is not opened without a pause`, async () => {
      const { clock, pipes, link } = superviseLink();
      if (!met) pipes.whenOpened = "ends";
      link.start();
      if (met) await clock.run(link.first());
      pipes.whenOpened = "ends";
      pipes.cut("in order");
      await clock.advance(60_000);
      assert.ok(pipes.bauds.length > 40 && pipes.bauds.length < 100, `${pipes.bauds.length} times in a minute`);
      pipes.whenOpened = "works";
      await clock.advance(2_000);
      assert.equal(link.status.state, "up");
      await clock.run(link.close());
    });

  test("a remote host that stays away is tried less and less often, a nearby one every second", async () => {
    const count = async (near: boolean): Promise<number> => {
      const { clock, pipes, link } = superviseLink({ options: { near } });
      pipes.whenOpened = "refused";
      link.start();
      await clock.advance(3_600_000);
      await clock.run(link.close());
      return pipes.bauds.length;
    };
    const [near, far] = [await count(true), await count(false)];
    assert.ok(near > 3_400 && near < 4_900, `${near}`);
    assert.ok(far > 240 && far < 1_200, `${far}`);
  });
});
