/**
 * The guarantee the link exists for: over a line that loses, doubles, cuts, flips, delays and invents bytes each request ends
 * exactly once, never with a wrong or an old value, and a write that must not be repeated is executed at most once.
 */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { concat } from "../../bytes.ts";
import { Endpoint, type Serve } from "../endpoint/endpoint.ts";
import { decodeRequest, encodeRequest, encodeResponse, type TableRequest } from "../frame/apdu.ts";
import { tlsSeal } from "../security/mep-tls/client-seal.ts";
import { portSecurity } from "../security/mep-tls/port-security.ts";
import { rc4Authentication } from "../security/rc4/authentication.ts";
import { rc4Encryption } from "../security/rc4/encryption.ts";
import { rc4Opener } from "../security/rc4/opener.ts";
import { type Dice, dice } from "./dice.test-kit.ts";
import type { LinkOutput } from "./exchange.ts";
import { Link } from "./link.ts";

const advanced = Uint8Array.from({ length: 16 }, (_, i) => 17 * i);
const basic = Uint8Array.from({ length: 16 }, (_, i) => 255 - i);
const opener = rc4Opener({ advanced, basic });

const junk = (d: Dice): Uint8Array => Uint8Array.from({ length: 1 + d.below(12) }, () => d.below(256));

/** What comes out at the other end of the line, in pieces with a delay each. */
const disturb = (bytes: Uint8Array, d: Dice, level: number): { after: number; bytes: Uint8Array }[] => {
  if (d.chance(0.15 * level)) return [];
  let out: Uint8Array = bytes.slice();
  if (d.chance(0.08 * level)) out = out.slice(0, d.below(out.length));
  if (d.chance(0.08 * level) && out.length > 0) {
    const at = d.below(out.length);
    out[at] = (out[at] as number) ^ (1 << d.below(8));
  }
  if (d.chance(0.05 * level)) out = concat(junk(d), out);
  if (d.chance(0.05 * level)) out = concat(out, junk(d));
  if (d.chance(0.06 * level)) out = concat(out, out);
  if (d.chance(0.06 * level)) out = concat(new Uint8Array(2), out);
  const pieces = [];
  let after = d.chance(0.1 * level) ? d.below(700) : d.below(20);
  for (let at = 0; at < out.length; ) {
    const size = d.chance(0.5) ? out.length : 1 + d.below(20);
    pieces.push({ after, bytes: out.slice(at, at + size) });
    at += size;
    after = d.below(10);
  }
  return pieces;
};

interface Arrival {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** One direction: what enters first leaves first. */
class Line {
  readonly arrivals: Arrival[] = [];
  #last = 0;
  send(bytes: Uint8Array, now: number, d: Dice, level: number): void {
    this.#last = Math.max(this.#last, now);
    for (const piece of disturb(bytes, d, level)) {
      this.#last += piece.after;
      this.arrivals.push({ at: this.#last, bytes: piece.bytes });
    }
  }
}

const count = 40;
const tagOf = (request: TableRequest): number => request.table;

/** Plays one history and returns how many requests were answered. */
const play = (seed: number, level: number, tls = false): { answered: number; failed: number } => {
  const d = dice(seed);
  const entropy = (length: number): Uint8Array => Uint8Array.from({ length }, () => d.below(256));
  const executed = new Map<number, number>();
  let now = 0;

  // A read answers with its own tag and the time it was executed at; zeros at the end, since the digest hardly sees them.
  const serve: Serve = (apdu) => {
    const request = decodeRequest(apdu);
    assert.ok(request.kind !== "malformed");
    const tag = tagOf(request);
    executed.set(tag, (executed.get(tag) ?? 0) + 1);
    if (request.kind === "write" || request.kind === "write-at") return encodeResponse({ kind: "done" });
    const data = new Uint8Array(request.count ?? 0);
    new DataView(data.buffer).setUint16(0, tag);
    new DataView(data.buffer).setUint32(2, Math.floor(now));
    return encodeResponse({ kind: "data", data });
  };

  const suite = d.chance(0.3) ? rc4Encryption : rc4Authentication;
  const keyLevel = d.chance(0.5) ? "advanced" : "basic";
  const key = { advanced, basic }[keyLevel];
  const link = new Link(
    tls
      ? tlsSeal({ key, level: keyLevel, clientId: d.below(2 ** 16), entropy })
      : suite({ key, sequence: d.below(2 ** 32) }),
    { attempts: 1 + d.below(4), byteTime: 0 },
  );
  const meter = new Endpoint({
    seal: tls ? portSecurity({ keys: { advanced, basic }, tls: "required", entropy }) : opener,
    serve,
    sequence: d.below(2 ** 32),
    timing: { responseDelay: d.below(60) },
  });
  const up = new Line();
  const down = new Line();

  const requests: TableRequest[] = Array.from({ length: count }, (_, tag) => {
    const size = 6 + d.below(d.chance(0.2) ? 435 : 60);
    if (tag > 0 && d.chance(0.3))
      return { kind: "write-at", table: tag, offset: d.below(300), data: new Uint8Array(d.below(20)) };
    return d.chance(0.5)
      ? { kind: "read", table: tag, count: size }
      : { kind: "read-at", table: tag, offset: d.below(300), count: size };
  });
  const began = new Map<number, number>();
  const outcome = new Map<number, LinkOutput & { type: "response" | "failed" }>();
  let disturbance = 0;

  const fromLink = (outputs: readonly LinkOutput[]): void => {
    for (const output of outputs) {
      if (output.type === "transmit") up.send(output.bytes, now, d, disturbance);
      else if (output.type === "response" || output.type === "failed") {
        assert.ok(!outcome.has(output.id), `request ${output.id} ended twice`);
        outcome.set(output.id, output);
        // The first request goes over a clean line: before it neither side knows anything of the other's numbers.
        disturbance = level;
      }
    }
  };
  const fromMeter = (outputs: ReturnType<Endpoint["handle"]>): void => {
    for (const output of outputs) if (output.type === "transmit") down.send(output.bytes, now, d, disturbance);
  };
  const ask = (id: number): void => {
    const request = requests[id];
    if (request === undefined) return;
    began.set(id, now);
    fromLink(link.handle({ type: "request", id, apdu: encodeRequest(request) }, now));
  };

  ask(0);
  let next = 1;
  for (let steps = 0; outcome.size < count; steps++) {
    assert.ok(steps < 100_000, "the simulation does not end");
    if (next < count && outcome.size > 0 && link.load < 3) {
      ask(next++);
      continue;
    }
    const times = [link.wakeAt(), meter.wakeAt(), up.arrivals[0]?.at, down.arrivals[0]?.at];
    const due = Math.min(...times.map((time) => time ?? Number.POSITIVE_INFINITY));
    assert.ok(due < Number.POSITIVE_INFINITY, "requests wait, but nothing is due");
    now = Math.max(now, due);
    if (up.arrivals[0]?.at === due) {
      fromMeter(meter.handle({ type: "received", bytes: (up.arrivals.shift() as Arrival).bytes }, now));
    } else if (down.arrivals[0]?.at === due) {
      fromLink(link.handle({ type: "received", bytes: (down.arrivals.shift() as Arrival).bytes }, now));
    } else if (times[1] === due) fromMeter(meter.handle({ type: "tick" }, now));
    else fromLink(link.handle({ type: "tick" }, now));
    if (d.chance(0.01 * level)) fromMeter(meter.handle({ type: "alerting", on: d.chance(0.3) }, now));
  }

  let answered = 0;
  for (const [id, end] of outcome) {
    const request = requests[id] as TableRequest;
    const times = executed.get(tagOf(request)) ?? 0;
    const writes = request.kind === "write-at";
    if (writes) assert.ok(times <= 1, `write ${id} was executed ${times} times`);
    if (end.type === "failed") {
      if (end.failure === "wrong-key" || end.failure === "moved") assert.ok(!writes || times === 0, end.detail);
      continue;
    }
    answered++;
    assert.ok(times >= 1);
    if (request.kind === "write-at" || request.kind === "write") {
      assert.deepEqual([...end.apdu], [0]);
      continue;
    }
    const view = new DataView(end.apdu.buffer, end.apdu.byteOffset);
    assert.equal(end.apdu.length, 3 + (request.count ?? 0));
    assert.equal(view.getUint16(3), tagOf(request), `request ${id} got another's value`);
    assert.ok(
      view.getUint32(5) >= Math.floor(began.get(id) as number),
      `request ${id} got a value from before it was asked`,
    );
    assert.ok(end.apdu.subarray(9).every((byte) => byte === 0));
  }
  return { answered, failed: outcome.size - answered };
};

describe("link and endpoint over a noisy line", () => {
  test("a clean line answers everything", () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), (seed) => {
        assert.deepEqual(play(seed, 0), { answered: count, failed: 0 });
      }),
      { numRuns: 20 },
    );
  });

  test("each request ends once, with its own fresh value or a failure", () => {
    let answered = 0;
    let failed = 0;
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.constantFrom(0.3, 1, 2.5), (seed, level) => {
        const result = play(seed, level);
        answered += result.answered;
        failed += result.failed;
      }),
      { numRuns: 150, endOnFailure: true },
    );
    // Both must happen, or the line was no trial.
    assert.ok(answered > 1000 && failed > 100, `${answered} answered, ${failed} failed`);
  });
});

describe("link and endpoint over a noisy line, inside TLS", () => {
  test("a clean line answers everything", () => {
    for (const seed of [1, 2, 3]) assert.deepEqual(play(seed, 0, true), { answered: count, failed: 0 });
  });

  test("each request ends once, with its own fresh value or a failure", () => {
    let answered = 0;
    let failed = 0;
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.constantFrom(0.1, 0.3, 1), (seed, level) => {
        const result = play(seed, level, true);
        answered += result.answered;
        failed += result.failed;
      }),
      { numRuns: 60, endOnFailure: true },
    );
    assert.ok(answered > 700 && failed > 50, `${answered} answered, ${failed} failed`);
  });
});

test("any inputs at all are survived, and every request ends", () => {
  const input = fc.oneof(
    fc.record({ type: fc.constant("received" as const), bytes: fc.uint8Array({ maxLength: 30 }) }),
    fc.record({
      type: fc.constant("request" as const),
      id: fc.nat(1e9),
      apdu: fc.uint8Array({ minLength: 1, maxLength: 20 }),
    }),
    fc.record({ type: fc.constant("cancel" as const), id: fc.nat(10) }),
    fc.constant({ type: "tick" as const }),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(400), input), { maxLength: 40 }), (steps) => {
      const link = new Link(rc4Authentication({ key: basic, sequence: 0 }), { queueLimit: 5 });
      let now = 0;
      let open = 0;
      const take = (outputs: readonly LinkOutput[]): void => {
        for (const { type } of outputs) if (type === "response" || type === "failed") open--;
      };
      for (const [pause, step] of steps) {
        now += pause;
        if (step.type === "request") open++;
        take(link.handle(step, now));
        assert.equal(link.load, open);
      }
      for (let at = link.wakeAt(); at !== undefined; at = link.wakeAt()) {
        now = Math.max(now, at);
        take(link.handle({ type: "tick" }, now));
      }
      assert.equal(open, 0);
    }),
  );
});
