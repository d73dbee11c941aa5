/**
 * Messages that come late, twice, in another order, or from somebody who has no key: what must not be done twice is executed at
 * most once, and no caller is told that it was done, or refused, if that is not so.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { Endpoint } from "../endpoint/endpoint.ts";
import { encodeResponse } from "../frame/apdu.ts";
import { tlsSeal } from "../security/mep-tls/client-seal.ts";
import { portSecurity } from "../security/mep-tls/port-security.ts";
import { rc4Authentication } from "../security/rc4/authentication.ts";
import { rc4Opener } from "../security/rc4/opener.ts";
import { bytes } from "./asking.test-kit.ts";
import { dice } from "./dice.test-kit.ts";
import type { LinkOutput } from "./exchange.ts";
import { Link } from "./link.ts";

const keys = { basic: new Uint8Array(16).fill(1), advanced: new Uint8Array(16).fill(2) };
const calls = 12;

/** What anybody can send: refusals of every kind, with or without a digest, and half-empty frames. */
const forgeries = [
  "00010a",
  "000101",
  "000103",
  "00010b",
  "000100",
  "00090b0000000000000000",
  "000101000000",
  "0000",
].map(bytes);
/** Failures that say that the meter did not execute it. */
const undone: readonly string[] = ["moved", "queue-full", "wrong-key", "tls-required", "no-tls"];

interface Arrival {
  readonly at: number;
  readonly bytes: Uint8Array;
}

interface Tally {
  answered: number;
  lost: number;
}

/** Plays one history of calls, each with its own number in its bytes. */
const play = (seed: number, tls: boolean, tally: Tally): void => {
  const d = dice(seed);
  const entropy = (length: number): Uint8Array => Uint8Array.from({ length }, () => d.below(256));
  const executed = new Map<number, number>();
  const link = new Link(
    tls
      ? tlsSeal({ key: keys.basic, level: "basic", clientId: 7, entropy })
      : rc4Authentication({ key: keys.basic, sequence: d.below(2 ** 32) }),
    { attempts: 1 + d.below(4), byteTime: 0 },
  );
  const meter = new Endpoint({
    seal: tls ? portSecurity({ keys, tls: "required", entropy }) : rc4Opener(keys),
    sequence: d.below(2 ** 32),
    timing: { responseDelay: d.below(60) },
    serve: (apdu) => {
      const call = apdu[6] as number;
      executed.set(call, (executed.get(call) ?? 0) + 1);
      return encodeResponse({ kind: "done" });
    },
  });
  let now = 0;
  let calm = true;
  // Where the line doubles what was sent once, a number that moved as well leaves no trace of the first.
  const doubles = d.chance(0.5);
  const up: Arrival[] = [];
  const down: Arrival[] = [];
  /** Whole messages, each with a way of its own: later ones may overtake it. */
  const send = (way: Arrival[], message: Uint8Array, forged: boolean): void => {
    const copies = calm ? 1 : d.chance(0.2) ? 0 : doubles && d.chance(0.2) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++)
      way.push({ at: now + (calm || d.chance(0.6) ? 1 : d.below(1_600)), bytes: message });
    if (forged && !calm && d.chance(0.3))
      way.push({ at: now + d.below(600), bytes: forgeries[d.below(forgeries.length)] as Uint8Array });
    way.sort((a, b) => a.at - b.at);
  };
  const ends = new Map<number, LinkOutput & { type: "response" | "failed" }>();
  const fromLink = (outputs: readonly LinkOutput[]): void => {
    for (const output of outputs)
      if (output.type === "transmit") {
        send(up, output.bytes, false);
        if (d.chance(0.5)) send(down, new Uint8Array(), true);
      } else if (output.type === "response" || output.type === "failed") ends.set(output.id, output);
  };
  const fromMeter = (outputs: ReturnType<Endpoint["handle"]>): void => {
    for (const output of outputs) if (output.type === "transmit") send(down, output.bytes, true);
  };
  for (let call = 0; call < calls; call++) {
    // The number of the first call is random, and the meter's too: before it neither knows anything of the other.
    calm = call === 0;
    let moves = !doubles && !calm;
    const apdu = Uint8Array.of(0x40, 0, 7, 0, 2, 0, call, 0);
    fromLink(link.handle({ type: "request", id: call, apdu }, now));
    for (let steps = 0; !ends.has(call) || d.chance(0.7); steps++) {
      assert.ok(steps < 10_000, "the history ends");
      const times = [up[0]?.at, down[0]?.at, meter.wakeAt(), link.wakeAt()];
      const due = Math.min(...times.map((time) => time ?? Number.POSITIVE_INFINITY));
      if (due === Number.POSITIVE_INFINITY) break;
      // Another client, changed dimensions, or a meter that begins again: its number moves without us.
      if (moves && d.chance(0.03)) {
        meter.bumpSequence(d.chance(0.5) ? 1 + d.below(5) : d.chance(0.5) ? 25 : d.below(2 ** 32));
        moves = false;
      }
      now = Math.max(now, due);
      if (times[0] === due) fromMeter(meter.handle({ type: "received", bytes: (up.shift() as Arrival).bytes }, now));
      else if (times[1] === due)
        fromLink(link.handle({ type: "received", bytes: (down.shift() as Arrival).bytes }, now));
      else if (times[2] === due) fromMeter(meter.handle({ type: "tick" }, now));
      else fromLink(link.handle({ type: "tick" }, now));
    }
  }
  for (const [call, end] of ends) {
    const times = executed.get(call) ?? 0;
    assert.ok(times <= 1, `call ${call} was executed ${times} times`);
    if (end.type === "response") {
      assert.equal(times, 1, `call ${call} was not executed, and is said to be done`);
      tally.answered++;
      continue;
    }
    if (end.failure === "reply-lost") tally.lost++;
    if (undone.includes(end.failure)) assert.equal(times, 0, `call ${call} was executed, and ends with ${end.failure}`);
  }
};

describe("what must not be done twice, over a line with late, doubled, reordered and forged messages", () => {
  for (const [name, tls] of [
    ["RC4", false],
    ["TLS", true],
  ] as const)
    test(`under ${name} is executed at most once, and told truly`, () => {
      const tally = { answered: 0, lost: 0 };
      fc.assert(
        fc.property(fc.nat(0xffffffff), (seed) => play(seed, tls, tally)),
        { numRuns: tls ? 150 : 300, endOnFailure: true },
      );
      // Both must happen, or the line was no trial.
      assert.ok(tally.answered > 300 && tally.lost > 100, JSON.stringify(tally));
    });
});
