/** A supervised link reports the truth: no false outages, no speeds that were only tried, no missing counts. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { connect, rc4 } from "@meterport/client";
import { optical } from "@meterport/client/session/optical";
import { Supervisor } from "@meterport/client/supervision/supervisor";
import { LinkError, MeterportError, UsageError } from "@meterport/protocol/errors";
import { parseProfile } from "@meterport/protocol/layout/index";
import { code } from "@meterport/protocol/mep/frame/response-codes";
import { Secret } from "@meterport/protocol/mep/security/key";
import { BT01 } from "@meterport/protocol/tables/index";
import { modelledLine, VirtualMeter } from "@meterport/simulator";
import { BreakablePipes } from "./support/breakable-pipes.ts";
import { advancedKey, basicKey, noEntropy, superviseLink, until } from "./support/supervised-link.ts";
import { VirtualClock } from "./support/virtual-clock.ts";

const met = async (setting: Parameters<typeof superviseLink>[0] = {}) => {
  const all = superviseLink({ profile: "meter:4.30", ...setting });
  all.link.start();
  await all.clock.run(all.link.first());
  await all.clock.advance(2_000);
  return all;
};

describe("the error of a task is not a fault of the link", () => {
  test("more requests than the queue holds: the surplus fails, and the link stays up", async () => {
    const { clock, link, ask, states } = await met({ baud: undefined });
    // Requests at the end of the queue wait for longer than they may: that is not silence either.
    const many = Array.from({ length: 400 }, () =>
      ask().then(
        () => "answered",
        (error: unknown) => (error instanceof MeterportError ? error.code : String(error)),
      ),
    );
    await clock.advance(0);
    assert.deepEqual([link.status.state, link.status.answering], ["up", true]);
    const ended = await clock.run(Promise.all(many));
    const count = (outcome: string): number => ended.filter((own) => own === outcome).length;
    assert.ok(count("queue-full") > 100 && count("answered") > 10 && count("no-answer") > 100, `${new Set(ended)}`);
    assert.deepEqual([states, link.status.counters.outages], [["up"], 0]);
    await clock.run(ask());
    await clock.run(link.close());
  });

  for (const [name, error] of [
    ["asks for what cannot be", new UsageError("no-such-table", "ET99 does not exist on meter:4.30")],
    ["gives up by itself", new LinkError("aborted", "read BT52", "aborted before it was sent")],
    ["has a mistake in it", new TypeError("x is not a function")],
  ] as const)
    test(`one that ${name} fails alone`, async () => {
      const { clock, link, states } = await met();
      await assert.rejects(
        clock.run(link.run(() => Promise.reject(error), { label: "ask", limit: 1_000 })),
        (thrown) => thrown === error,
      );
      await clock.advance(5_000);
      assert.deepEqual([states, link.status.counters.outages, link.status.counters.probes], [["up"], 0, 0]);
      await clock.run(link.close());
    });
});

test("a task without requests proves nothing about the link", async () => {
  const { clock, link, device, ask } = await met();
  device.use(() => ({ kind: "error", code: code.insufficientSecurity }));
  await assert.rejects(clock.run(ask()), { code: "no-permission" });
  assert.deepEqual([link.status.state, link.status.answering], ["refused", true]);
  await clock.run(link.run(async () => "nothing", { label: "ask", limit: 1_000 }));
  assert.equal(link.status.state, "refused");
  await clock.run(link.close());
});

describe("what a supervised link reports", () => {
  test("a loop over changes that begins late starts with the present state, and misses nothing after it", async () => {
    const { clock, link, pipes } = superviseLink();
    const changes = link.changes();
    link.start();
    await clock.run(link.first());
    assert.equal((await clock.run(changes.next())).value?.state, "up");
    const next = changes.next();
    pipes.cut("in order");
    assert.equal((await clock.run(next)).value?.state, "silent");
    await changes.return();
    await clock.run(link.close());
  });

  test("the speed is the one at which the meter was found, not one that is only tried", async () => {
    const { clock, link, pipes, ask } = await met();
    pipes.line.become({ mute: true });
    await clock.run(ask().catch(() => {}));
    const told = new Set<number | undefined>();
    for (let i = 0; i < 300; i++) {
      await clock.advance(100);
      told.add(link.status.baud);
    }
    assert.ok(new Set(pipes.bauds).size > 5, `${pipes.bauds}`);
    assert.deepEqual(told, new Set([9600]));
    await clock.run(link.close());
  });

  test("attempts at first contact are counted before it succeeds", async () => {
    for (const [setting, counted] of [
      [
        { securityOf: () => rc4({ key: new Secret(new Uint8Array(16).fill(9)), entropy: noEntropy }) },
        ["requests", "transmissions", "retries", "sentBytes", "receivedBytes"],
      ],
      [{ condition: { deaf: true, alerts: true } }, ["requests", "retries", "alerts", "receivedBytes"]],
      [{ condition: { stuck: 0xff } }, ["requests", "retries", "discarded", "receivedBytes"]],
    ] as const) {
      const { clock, link } = superviseLink({ ...setting, baud: undefined });
      link.start();
      await clock.advance(20_000);
      const first = link.status.counters;
      await clock.advance(60_000);
      const later = link.status.counters;
      for (const name of counted) assert.ok(first[name] > 0 && later[name] > first[name], `${name}: ${later[name]}`);
      await clock.run(link.close());
    }
  });

  test("after closing, it reports that it has ended", async () => {
    const { clock, link, ask } = await met();
    await clock.run(link.close());
    await assert.rejects(ask(), { code: "closed", message: "ask: the supervision of the link was ended" });
  });
});

test("closing does not wait for the goodbye of an unreachable meter", async () => {
  const clock = new VirtualClock();
  const device = new VirtualMeter({
    profile: parseProfile("meter:4.30"),
    keys: { basic: basicKey, advanced: advancedKey },
    scenario: "quiet",
    seed: 1,
    start: clock.wall(),
  });
  const line = modelledLine({ meter: device.optical, clock });
  const link = new Supervisor({
    name: "head",
    open: new BreakablePipes(line, clock).open,
    connect: async (transport, signal) => ({
      meter: await connect(transport, { security: optical({}), clock, signal }),
    }),
    clock,
    entropy: noEntropy,
    near: true,
  });
  const ask = () => link.run(({ meter }, signal) => meter.read(BT01, { signal }), { label: "ask", limit: 10_000 });
  link.start();
  await clock.run(link.first());
  await clock.run(ask());
  line.become({ mute: true });
  await clock.run(ask().catch(() => {}));
  await clock.advance(5_000);
  assert.equal(link.status.state, "silent");
  const began = clock.now();
  await clock.run(link.close());
  assert.ok(clock.now() - began < 100, `${clock.now() - began} ms`);
  await line.close();
  assert.equal(clock.pending, 0);
});

describe("a bridge that takes longer to open than it did at first", () => {
  test("is given more time, once short attempts have failed for two minutes", async () => {
    const { clock, link, pipes } = await met({ baud: undefined });
    pipes.opening = 4_000;
    pipes.cut("in order");
    await clock.advance(60_000);
    assert.equal(link.status.state, "silent");
    await until(clock, 75_000, () => link.status.state === "up");
    await clock.run(link.close());
  });
});
