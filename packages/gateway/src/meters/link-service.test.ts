import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { securityOf } from "@meterport/client/security/auto";
import { LinkError } from "@meterport/protocol/errors";
import { parseProfile } from "@meterport/protocol/layout/index";
import { Secret } from "@meterport/protocol/mep/security/key";
import type { PortTls } from "@meterport/protocol/mep/security/mep-tls/port-security";
import type { Transport } from "@meterport/protocol/ports";
import { memoryLine, VirtualMeter } from "@meterport/simulator";
import { systemEntropy } from "@meterport/transports/clock";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { linkService, tryLink } from "./link-service.ts";
import { linkMeter, superviseMeter } from "./meter-link.ts";
import { PausableSource } from "./pausable-source.ts";
import { keyOf, type TestedLink } from "./tested-link.ts";

const basic = new Secret(new Uint8Array(16).fill(1));
const advanced = new Secret(new Uint8Array(16).fill(2));
const wrong = new Secret(new Uint8Array(16).fill(3));
const entropy = (length: number): Uint8Array => new Uint8Array(length).fill(7);

/** A meter that the point reads, behind a port that only one may open. */
const setUp = async (change: Partial<TestedLink> = {}, tls: PortTls = "off") => {
  const clock = new VirtualClock();
  const meter = new VirtualMeter({
    profile: parseProfile(tls === "off" ? "meter:3.70" : "meter:4.30"),
    keys: { basic, advanced },
    scenario: "quiet",
    seed: 1,
    start: clock.wall(),
    tls: [tls],
  });
  let users = 0;
  const opened: number[] = [];
  const openPort = async (): Promise<Transport> => {
    opened.push(++users);
    const line = memoryLine({ meter, clock });
    let closed = false;
    return {
      ...line,
      close: async () => {
        if (!closed) users--;
        closed = true;
        await line.close();
      },
    };
  };
  const make = () =>
    superviseMeter({
      ...{ name: "bridge", clock, entropy: systemEntropy, near: true, open: openPort },
      connect: (transport, signal, onSession) =>
        linkMeter(transport, {
          security: securityOf("auto", { key: basic, entropy: systemEntropy }),
          clock,
          signal,
          onSession,
        }),
    });
  const source = new PausableSource({ make, clock });
  const link: TestedLink = {
    ...{ kind: "tcp", optical: false, security: "auto", key: basic, bauds: [], open: openPort },
    ...change,
  };
  source.start();
  await clock.advance(10_000);
  assert.equal(source.status().state, "up");
  return {
    clock,
    source,
    opened,
    link,
    service: linkService(source, link, { clock, entropy: systemEntropy }),
    users: () => users,
  };
};

describe("a test of a link", () => {
  test("says what a key may do, or that the meter refuses it; the point goes on", async () => {
    const { clock, source, opened, service, users } = await setUp();
    for (const [key, expected] of [
      [basic, ["works", null, "meter:3.70"]],
      [advanced, ["works", null, "meter:3.70"]],
      [wrong, ["wrong-key", null, null]],
    ] as const) {
      const { outcome, level, profile, message, offer } = await clock.run(service.tryKey(key));
      const { power_w, ...rest } = offer ?? { power_w: null };
      assert.deepEqual(rest, outcome === "works" ? { phases: 3, profile_days: 60, profile_minutes: 15 } : {});
      assert.equal(power_w !== null, outcome === "works");
      assert.deepEqual([outcome, level, profile], expected);
      assert.match(
        message,
        outcome === "works" ? /^the meter takes this key; whether .* is unknown/ : /refuses this key/,
      );
      assert.ok(users() <= 1);
      await clock.advance(10_000);
      assert.equal(source.status().state, "up");
      assert.ok((await clock.run(source.read(5_000))).voltage_l1_v !== null);
    }
    assert.deepEqual([...new Set(opened)], [1], "never two at once");
    await clock.run(source.close());
    assert.equal(users(), 0);
  });

  test("under TLS it says which key it is, and never falls back to RC4 where TLS was spoken", async () => {
    const { clock, source, service } = await setUp({ spoken: () => "tls" }, "required");
    for (const [key, level] of [
      [basic, "basic"],
      [advanced, "advanced"],
    ] as const) {
      const verdict = await clock.run(service.tryKey(key));
      assert.deepEqual([verdict.outcome, verdict.level], ["works", level]);
      assert.match(verdict.message, new RegExp(`the ${level} one$`));
    }
    assert.equal((await clock.run(service.tryKey(wrong))).outcome, "wrong-key");
    await clock.run(source.close());
    const plain = await setUp({ spoken: () => "tls" });
    assert.deepEqual((await plain.clock.run(plain.service.tryKey(basic))).code, "no-tls");
    await plain.clock.run(plain.source.close());
  });

  test("says so if nothing answers, or the link cannot be opened, in bounded time", async () => {
    const silent: TestedLink["open"] = async () => {
      let end = (): void => {};
      const closed = new Promise<void>((resolve) => {
        end = resolve;
      });
      const chunks = {
        [Symbol.asyncIterator]: () => ({ next: () => closed.then(() => ({ done: true, value: undefined }) as const) }),
      };
      return { name: "silent", write: async () => {}, chunks, close: async () => end() };
    };
    const refused: TestedLink["open"] = () => Promise.reject(new LinkError("not-open", "open", "the port is busy"));
    for (const [open, expected] of [
      [silent, "no-answer"],
      [refused, "failed"],
    ] as const) {
      const { clock, source, service } = await setUp({ open });
      const began = clock.now();
      const { outcome, code } = await clock.run(service.tryKey(basic));
      assert.equal(outcome, expected);
      assert.ok(code !== null && clock.now() - began < 46_000);
      await clock.advance(10_000);
      assert.equal(source.status().state, "up");
      await clock.run(source.close());
    }
  });

  test("the doctor finds the link healthy, and every port is closed afterwards", async () => {
    const { clock, source, service, users, opened } = await setUp();
    const diagnosis = await clock.run(service.doctor());
    assert.deepEqual([diagnosis.sickness === null || diagnosis.usable, diagnosis.usable], [true, true]);
    assert.ok(clock.now() < 120_000);
    await clock.advance(10_000);
    assert.equal(source.status().state, "up");
    assert.deepEqual([...new Set(opened)], [1]);
    await clock.run(source.close());
    assert.equal(users(), 0);
  });

  test("a key works also if the link fails when more is asked of the meter", async () => {
    const clock = new VirtualClock();
    const meter = new VirtualMeter({
      ...{ profile: parseProfile("meter:3.70"), keys: { basic, advanced }, scenario: "quiet", seed: 1 },
      start: clock.wall(),
    });
    let answers = 0;
    const open = async (): Promise<Transport> => {
      const line = memoryLine({ meter, clock });
      // Enough for the identity, and no more.
      return { ...line, write: (bytes) => (answers++ < 4 ? line.write(bytes) : Promise.resolve()) };
    };
    const link: TestedLink = { ...{ kind: "tcp", optical: false, security: "auto", bauds: [] }, open };
    const { outcome, offer } = await clock.run(tryLink(link, basic, { clock, entropy: systemEntropy }));
    assert.deepEqual(
      [outcome, offer],
      ["works", { phases: null, power_w: null, profile_days: null, profile_minutes: null }],
    );
  });

  test("without a key it says whether a meter is there; a port that opens too late is closed", async () => {
    const { clock, source, link, users } = await setUp();
    await clock.run(source.close());
    const deps = { clock, entropy };
    assert.equal((await clock.run(tryLink(link, undefined, deps))).outcome, "needs-key");
    const late: TestedLink["open"] = (signal, baud) =>
      new Promise((resolve) => {
        clock.at(clock.now() + 100_000, () => resolve(link.open(signal, baud)));
      });
    const outcome = tryLink({ ...link, open: late }, basic, deps);
    outcome.catch(() => {});
    await clock.advance(120_000);
    await outcome.catch(() => {});
    assert.equal(users(), 0);
  });

  test("a key has the length of its port", () => {
    const text = "0123456789abcdefghij";
    assert.equal(keyOf(text, { optical: false }).reveal().length, 16);
    assert.equal(keyOf(text, { optical: true }).reveal().length, 20);
    assert.throws(() => keyOf("short", { optical: false }), { code: "key" });
  });
});
