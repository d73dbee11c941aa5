/**
 * Each way in which a line fails ends in an error with its own code and a sentence that names the request, in
 * bounded time. The sentences are a contract: people search for them.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { connect, type Meter, rc4 } from "@meterport/client";
import { LinkError, type LinkFailure } from "@meterport/protocol/errors";
import { parseProfile } from "@meterport/protocol/layout/index";
import { Secret } from "@meterport/protocol/mep/security/key";
import type { Millis } from "@meterport/protocol/ports";
import { BT01, BT21 } from "@meterport/protocol/tables/index";
import { VirtualMeter } from "@meterport/simulator";
import { type Bend, type BentLine, bentLine } from "./support/bent-line.ts";
import { VirtualClock } from "./support/virtual-clock.ts";

/** Three attempts of half a second, and what the bytes take. */
const patience: Millis = 1700;

const basic = new Secret(new Uint8Array(16).fill(1));
const other = new Secret(new Uint8Array(16).fill(9));
const advanced = new Secret(new Uint8Array(16).fill(2));
const profile = parseProfile("meter:3.70");

interface Setting {
  readonly clock: VirtualClock;
  readonly device: VirtualMeter;
  readonly line: BentLine;
}
const set = (): Setting => {
  const clock = new VirtualClock();
  const keys = { basic, advanced };
  const device = new VirtualMeter({ profile, keys, scenario: "quiet", seed: 1, start: clock.wall(), sequence: 77 });
  return { clock, device, line: bentLine(device, clock) };
};
const security = (key: Secret) => rc4({ key, entropy: (length) => new Uint8Array(length).fill(200) });
const open = ({ clock, line }: Setting, key = basic): Promise<Meter> =>
  clock.run(connect(line, { security: security(key), clock, profile }));

/** The error that `read` ends in, and how long that takes. */
const failing = async (clock: VirtualClock, read: Promise<unknown>): Promise<{ error: LinkError; took: Millis }> => {
  const began = clock.now();
  const error = await clock.run(
    read.then(
      () => undefined,
      (error: unknown) => error,
    ),
  );
  assert.ok(error instanceof LinkError, String(error));
  return { error, took: clock.now() - began };
};

const isResync = (frame: Uint8Array): boolean => frame[2] === 0x0c;
const flipped = (frame: Uint8Array, at: number): Uint8Array =>
  frame.map((byte, i) => (i === (at + frame.length) % frame.length ? byte ^ 0x10 : byte));
const noise = Uint8Array.of(0xfe, 0xa7, 0x91, 0xff, 0xfe, 0xd0, 0x7f, 0x88, 0xe3);
/** The meter's way to the client is cut, or the client's to the meter. */
const deaf = { up: () => [] };
const dumb = { down: () => [] };

interface Case {
  readonly name: string;
  readonly code: LinkFailure;
  readonly message: string;
  /** `heard` is what the meter has sent so far. */
  readonly bend: (setting: Setting, heard: readonly Uint8Array[]) => Bend;
  readonly key?: Secret;
  /** Whether the first contact, which moves the sequence number, is part of the trial. */
  readonly fresh?: boolean;
}

const cases: readonly Case[] = [
  {
    name: "a wrong key",
    code: "wrong-key",
    message: "read BT01: the meter knows no key that fits the digest (0x0B) after 3 attempts",
    key: other,
    fresh: true,
    bend: () => ({}),
  },
  {
    name: "no answer",
    code: "no-answer",
    message: "read BT21: no answer after 3 attempts (500 ms each)",
    bend: () => dumb,
  },
  {
    name: "an echo of our own bytes",
    code: "echo",
    message: "read BT21: only our own bytes came back: check whether transmit and receive are joined after 3 attempts",
    bend: () => ({ ...deaf, echo: (request) => [request] }),
  },
  {
    name: "only alerts",
    code: "only-alerts",
    message: "read BT21: only alerts came, no answer: the meter talks but does not hear us after 3 attempts",
    bend: ({ device }) => {
      device.alert(true);
      return deaf;
    },
  },
  {
    name: "half a reply",
    code: "half-reply",
    message: "read BT21: the answer stopped before its end (11 of 23 bytes) after 3 attempts",
    bend: () => ({ down: (sent) => [sent.subarray(0, sent.length >> 1)] }),
  },
  {
    name: "a reply to another request",
    code: "other-reply",
    message: "read BT21: only the answer to an earlier request came after 3 attempts",
    bend: (_setting, heard) => ({ down: () => heard.slice(-1) }),
  },
  {
    name: "a reply that noise has changed",
    code: "bad-digest",
    message: "read BT21: an answer came, but its digest does not fit after 3 attempts",
    bend: () => ({ down: (sent) => [flipped(sent, 7)] }),
  },
  {
    name: "a corrupt 0x0C",
    code: "bad-resync",
    message:
      "read BT01: the meter asks for another sequence number, but the digest of its answer does not fit after 3 attempts",
    fresh: true,
    bend: () => ({ down: (sent) => [isResync(sent) ? flipped(sent, -1) : sent] }),
  },
  {
    name: "a meter that never has enough of 0x0C",
    code: "sequence",
    message: "read BT21: the meter asked for another sequence number 4 times",
    bend: ({ device }) => ({
      up: (request) => {
        device.expectSequence(device.sequence + 1000);
        return [request];
      },
    }),
  },
  {
    name: "garbage",
    code: "garbage",
    message: "read BT21: only bytes that make no frame came after 3 attempts",
    bend: () => ({ down: () => [noise] }),
  },
];

describe("a failing line, read by the real client", () => {
  for (const { name, code, message, bend, key, fresh = false } of cases) {
    test(`${name}: ${code}`, async (t) => {
      const setting = set();
      const { clock, device, line } = setting;
      const heard: Uint8Array[] = [];
      if (fresh) {
        line.bend(bend(setting, heard));
        const { error, took } = await failing(clock, open(setting, key));
        assert.deepEqual([error.code, error.message], [code, message]);
        assert.ok(took > 0 && took <= patience, `${took} ms`);
        return;
      }
      const meter = await open(setting);
      const down = (sent: Uint8Array): readonly Uint8Array[] => {
        heard.push(sent);
        return [sent];
      };
      line.bend({ down });
      await clock.run(meter.read(BT01));
      line.bend(bend(setting, heard));
      const { error, took } = await failing(clock, meter.read(BT21));
      assert.equal(error.code, code);
      assert.equal(error.message, message);
      assert.equal(error.request, "read BT21");
      assert.ok(took > 0 && took <= patience, `${took} ms`);
      t.diagnostic(`${error.code} in ${Math.round(took)} ms: ${error.message}`);

      // The session has not suffered: once the line is straight it reads on.
      line.bend({});
      device.alert(false);
      assert.equal((await clock.run(meter.read(BT21))).presentValues, 55);
      await meter.close();
      await clock.advance(10_000);
      assert.equal(clock.pending, 0);
    });
  }

  test("an echo followed by the real reply is not a failure", async () => {
    const setting = set();
    const { clock, line } = setting;
    const meter = await open(setting);
    line.bend({ echo: (request) => [request] });
    for (let i = 0; i < 5; i++) assert.equal((await clock.run(meter.read(BT21))).presentValues, 55);
    assert.equal(meter.session.counters.failures, 0);
    assert.ok(meter.session.counters.discarded >= 5);
    await meter.close();
  });

  test("a single fault is repaired without the caller noticing", async (t) => {
    for (const { name, bend, key, code } of cases) {
      if (key !== undefined || code === "sequence" || code === "other-reply") continue;
      const setting = set();
      const { clock, line, device } = setting;
      const meter = await open(setting);
      line.bend(bend(setting, []));
      clock.at(clock.now() + 60, () => {
        line.bend({});
        device.alert(false);
      });
      const began = clock.now();
      assert.equal((await clock.run(meter.read(BT21))).presentValues, 55, name);
      t.diagnostic(`${name}: repaired after ${Math.round(clock.now() - began)} ms`);
      await meter.close();
    }
  });

  test("errors of a batch and of a single field name it", async () => {
    const setting = set();
    const { clock, line } = setting;
    const meter = await open(setting);
    line.bend(dumb);
    const field = await failing(clock, meter.read(BT21, ["presentValues"]));
    assert.equal(field.error.message, "read BT21.presentValues: no answer after 3 attempts (500 ms each)");
    const batch = await failing(
      clock,
      meter.batch((want) => [want.read(BT01), want.read(BT21)]),
    );
    assert.equal(batch.error.message, "read BT01: no answer after 3 attempts (500 ms each)");
    await meter.close();
  });

  test("a first contact that fails says so and closes the line", async () => {
    const { clock, line } = set();
    const { error, took } = await failing(clock, connect(line, { security: security(other), clock }));
    assert.equal(error.code, "wrong-key");
    assert.equal(error.message, "read BT01: the meter knows no key that fits the digest (0x0B) after 3 attempts");
    assert.ok(took <= patience);
    assert.equal(line.closed, true);
    assert.equal(clock.pending, 0);
  });

  test("fails at once with closed if the line ends during a request", async () => {
    const setting = set();
    const { clock, line } = setting;
    const meter = await open(setting);
    line.bend(dumb);
    const read = meter.read(BT21);
    clock.at(clock.now() + 50, line.pull);
    const { error, took } = await failing(clock, read);
    assert.equal(error.code, "closed");
    assert.equal(error.message, "read BT21: the other side closed the connection");
    assert.equal(took, 50);
    const next = await failing(clock, meter.read(BT21));
    assert.equal(next.error.message, "read BT21: the other side closed the connection");
    assert.equal(next.took, 0);
    await meter.close();
  });

  test("fails at once with aborted if the caller gives up, and the next request is answered", async () => {
    const setting = set();
    const { clock, line } = setting;
    const meter = await open(setting);
    const controller = new AbortController();
    line.bend(dumb);
    await clock.advance(100);
    const read = meter.read(BT21, { signal: controller.signal });
    clock.at(clock.now() + 50, () => controller.abort());
    const { error, took } = await failing(clock, read);
    assert.equal(error.code, "aborted");
    assert.equal(error.message, "read BT21: aborted while it was on its way");
    assert.equal(took, 50);
    line.bend({});
    assert.equal((await clock.run(meter.read(BT21))).presentValues, 55);
    await meter.close();
  });
});
