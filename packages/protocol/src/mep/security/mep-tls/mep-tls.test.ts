import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { guideExchanges, guideKey, guideTls } from "../../../../vectors/guide.ts";
import { concat, fromHex, toHex } from "../../../bytes.ts";
import type { Entropy } from "../../../ports.ts";
import { Endpoint, type EndpointOutput } from "../../endpoint/endpoint.ts";
import { Link } from "../../link/link.ts";
import { rc4Authentication } from "../rc4/authentication.ts";
import type { Level } from "../seal.ts";
import { tlsSeal } from "./client-seal.ts";
import { tlsReadLimit, tlsWriteLimit } from "./envelope.ts";
import { type PortSecurity, type PortTls, portSecurity } from "./port-security.ts";

const bytes = (hex: string): Uint8Array => fromHex(hex) as Uint8Array;
const keys = { advanced: bytes(guideKey), basic: new Uint8Array(16).fill(2) };
const { frames } = guideTls;
const printed = (...values: Uint8Array[]): Entropy => {
  const left = [...values];
  return () => left.shift() as Uint8Array;
};
const clientRandom = bytes(frames.clientHello).slice(14, 46);
const answer = bytes(frames.serverHelloDone);
const serverRandoms = () => printed(answer.slice(14, 46), answer.slice(47, 79));
const counting = (start: number): Entropy => {
  let next = start;
  return (length) => Uint8Array.from({ length }, () => (next = (next * 73 + 41) & 0xff));
};
const sent = (outputs: readonly { readonly type: string }[]): string[] =>
  outputs.flatMap((output) =>
    output.type === "transmit" ? [toHex((output as { bytes: Uint8Array } & typeof output).bytes)] : [],
  );
const read = bytes(guideTls.request);

describe("the printed session in its MEP frames (pp. 20-21)", () => {
  test("the link sends the three requests and opens the three responses", () => {
    const link = new Link(
      tlsSeal({
        key: keys.advanced,
        level: "advanced",
        clientId: 100,
        entropy: printed(clientRandom),
        extendedMasterSecret: false,
      }),
    );
    assert.deepEqual(sent(link.handle({ type: "request", id: 1, apdu: read }, 0)), [frames.clientHello]);
    const received = (hex: string, now: number) => link.handle({ type: "received", bytes: bytes(hex) }, now);
    assert.deepEqual(received(frames.serverHelloDone, 50), [], "not before 100 ms are over");
    assert.deepEqual(sent(link.handle({ type: "tick" }, 100)), [frames.clientFinished]);
    assert.deepEqual(sent(received(frames.serverFinished, 250)), [frames.request]);
    assert.deepEqual(received(frames.response, 400), [
      { type: "response", id: 1, apdu: bytes(guideTls.response), attempts: 3 },
    ]);
    assert.equal(link.wakeAt(), undefined);
  });

  test("the endpoint sends the three responses", () => {
    const endpoint = new Endpoint({
      seal: portSecurity({ keys, tls: "required", entropy: serverRandoms() }),
      sequence: 0,
      timing: { requestSpacing: 0, responseDelay: 0, segmentPause: 0, byteTime: 0 },
      serve: (apdu, access) => {
        assert.deepEqual([toHex(apdu), access.level, access.readLimit], [guideTls.request, "advanced", 443]);
        return bytes(guideTls.response);
      },
    });
    const received = (hex: string, now: number) => sent(endpoint.handle({ type: "received", bytes: bytes(hex) }, now));
    assert.deepEqual(received(frames.clientHello, 0), [frames.serverHelloDone]);
    assert.deepEqual(received(frames.clientFinished, 100), [frames.serverFinished]);
    assert.deepEqual(received(frames.request, 200), [frames.response]);
  });
});

interface Pair {
  readonly link: Link;
  readonly port: PortSecurity;
  readonly served: string[];
  /** Called when a request has been executed and not been answered yet. */
  onServed: () => void;
  /** Asks, and lets both talk until it ends; `lose` eats messages by their number, from 0; `noise` comes before one. */
  ask(apdu: Uint8Array, lose?: readonly number[], noise?: Readonly<Record<number, Uint8Array>>): string;
}

const pair = (
  tls: PortTls,
  options: { level?: Level; key?: Uint8Array; rc4?: true; idempotent?: boolean; mine?: number; theirs?: number } = {},
): Pair => {
  const { level = "basic", key = keys[level] } = options;
  const seal =
    options.rc4 === true
      ? rc4Authentication({ key, sequence: 5 })
      : tlsSeal({ key, level, clientId: 7, entropy: counting(3), recordsPerKey: options.mine ?? 2 ** 24 });
  const link = new Link(seal, { byteTime: 0 });
  const port = portSecurity({
    keys,
    tls,
    entropy: counting(4),
    extendedMasterSecret: true,
    recordsPerKey: options.theirs ?? 2 ** 24,
  });
  const served: string[] = [];
  const endpoint = new Endpoint({
    seal: port,
    sequence: 0,
    timing: { segment: 500, byteTime: 0, responseDelay: 1 },
    serve: (apdu, access) => {
      served.push(`${access.level} ${toHex(apdu)}`);
      both.onServed();
      return apdu[0] === 0x40 ? Uint8Array.of(0) : Uint8Array.of(0, 0, 1, 9);
    },
  });
  let now = 0;
  let id = 0;
  const both: Pair = {
    link,
    port,
    served,
    onServed: () => {},
    ask: (apdu, lose = [], noise = {}) => {
      let message = 0;
      let ended = "";
      const toLink = (outputs: ReturnType<Link["handle"]>): void => {
        for (const output of outputs) {
          if (output.type === "response") ended = toHex(output.apdu);
          else if (output.type === "failed") ended = `${output.failure}: ${output.detail}`;
          else if (output.type === "transmit" && !lose.includes(message++))
            toMeter(endpoint.handle({ type: "received", bytes: output.bytes }, now));
        }
      };
      const toMeter = (outputs: readonly EndpointOutput[]): void => {
        for (const output of outputs) {
          if (output.type !== "transmit") continue;
          const heard = concat(noise[message] ?? new Uint8Array(), output.bytes);
          if (!lose.includes(message++)) toLink(link.handle({ type: "received", bytes: heard }, now));
        }
      };
      toLink(link.handle({ type: "request", id: ++id, apdu, idempotent: options.idempotent ?? apdu[0] !== 0x40 }, now));
      for (let steps = 0; ended === ""; steps++) {
        assert.ok(steps < 200, "the request ends");
        const [mine, theirs] = [link.wakeAt(), endpoint.wakeAt()];
        now = Math.max(now, Math.min(mine ?? Number.POSITIVE_INFINITY, theirs ?? Number.POSITIVE_INFINITY));
        if (theirs !== undefined && theirs <= now) toMeter(endpoint.handle({ type: "tick" }, now));
        else toLink(link.handle({ type: "tick" }, now));
      }
      return ended;
    },
  };
  return both;
};
const value = "00000109";
const write = bytes("400007000401020304");

describe("link and port", () => {
  test("one handshake serves many requests; both keys have their level", () => {
    for (const level of ["basic", "advanced"] as const) {
      const { ask, served, port } = pair("optional", { level });
      assert.deepEqual([ask(read), ask(read), ask(write)], [value, value, "00"]);
      assert.deepEqual(served, [`${level} ${toHex(read)}`, `${level} ${toHex(read)}`, `${level} ${toHex(write)}`]);
      assert.deepEqual(port.session, { clientId: 7, level });
    }
  });

  test("any message of the handshake or of the read may be lost: it begins again and ends well", () => {
    for (let lost = 0; lost < 6; lost++) {
      const { ask, served } = pair("required");
      assert.equal(ask(read, [lost]), value, `message ${lost}`);
      assert.equal(ask(read), value);
      assert.equal(served.length, lost === 5 ? 3 : 2);
    }
  });

  test("the meter loses its session: a read is repeated in a new one, what must not be done twice is not", () => {
    const { ask, port, served } = pair("required");
    ask(read);
    port.dropSession();
    assert.equal(ask(read), value);
    port.dropSession();
    assert.match(ask(write), /^reply-lost: the TLS session broke over it/);
    assert.deepEqual(served.filter((line) => line.includes(toHex(write))).length, 0);
    assert.equal(ask(write), "00", "asked again by a caller that may");
  });

  test("a forged 0x0A after what must not be done twice never has it done twice", () => {
    for (const forged of ["00010a", "000101", "000103", "00090b0000000000000000"]) {
      const { ask, served } = pair("required");
      ask(read);
      // It comes before the answer, and before it as well as in its place.
      assert.match(ask(write, [], { 1: bytes(forged) }), /^reply-lost: /, forged);
      assert.match(ask(write, [], { 0: bytes(forged), 1: bytes(forged) }), /^(reply-lost: |00$)/, forged);
      assert.ok(served.filter((line) => line.includes(toHex(write))).length <= 2, forged);
    }
  });

  test("an answer after noise that looks like the length of a longer frame is found, and the session goes on", () => {
    const { ask, served } = pair("required");
    ask(read);
    const lengthOf332 = bytes("ff014c");
    assert.deepEqual(
      [ask(read, [], { 1: lengthOf332 }), ask(read), ask(write, [], { 1: lengthOf332 })],
      [value, value, "00"],
    );
    assert.equal(served.length, 4, "nothing was asked twice");
  });

  test("what must not be done twice is not: a lost answer is told", () => {
    const { ask, served } = pair("required");
    ask(read);
    assert.match(ask(write, [1]), /^reply-lost: the TLS session broke over it/);
    assert.equal(served.length, 2);
    assert.equal(ask(read), value, "and the next request has a new session");
    const lostOnTheWay = pair("required");
    lostOnTheWay.ask(read);
    assert.equal(lostOnTheWay.ask(write, [0]), "00", "the same packet once more");
    assert.equal(lostOnTheWay.served.length, 2);
  });

  test("what must not be done twice is not if the meter has done it, restarts, and denies the repetition", () => {
    const both = pair("required");
    both.ask(read);
    both.onServed = () => both.port.dropSession();
    // The answer is lost; the same packet again is answered with 0x0A, which is true of the repetition only.
    assert.match(both.ask(write, [1]), /^reply-lost: the TLS session broke over it/);
    assert.equal(both.served.filter((line) => line.includes(toHex(write))).length, 1);
  });

  test("a port that forgets each session at once is not asked forever", () => {
    const { ask, served } = pair("required", { theirs: 8 });
    assert.match(ask(read), /^tls: TLS with the meter failed \(the meter has no TLS session with us, 0x0a\) after/);
    assert.equal(served.length, 0);
  });

  test("keys that are used up, on either side, are renewed without a loss", () => {
    for (const [mine, theirs] of [
      [12, 1000],
      [1000, 12],
      [12, 12],
    ] as const) {
      const { ask, served } = pair("required", { mine, theirs });
      for (let i = 0; i < 30; i++) assert.equal(ask(read), value);
      assert.equal(served.length, 30, "each was executed once");
    }
  });

  test("another key, another level, a port without TLS, a port with nothing else: one clear sentence each", () => {
    const stranger = pair("required", { key: new Uint8Array(16).fill(9) }).ask(read);
    assert.equal(
      stranger,
      "wrong-key: the meter refuses the key (as the basic one (MBK) of client 7, 0x03) after 3 attempts",
    );
    const level = pair("required", { level: "advanced", key: keys.basic }).ask(read);
    assert.match(level, /^wrong-key: .*as the advanced one \(MAK\) of client 7, 0x03/);
    assert.match(pair("off").ask(read), /^no-tls: the port does not speak TLS \(it answers a handshake with 0x0b\)/);
    assert.match(
      pair("required", { rc4: true }).ask(read),
      /^tls-required: the port refuses RC4 and demands TLS after 3 attempts/,
    );
    assert.equal(pair("optional", { rc4: true }).ask(read), value);
  });

  test("no RC4 as long as a session lives, and again after it was ended", () => {
    const { ask, port } = pair("optional");
    ask(read);
    const rc4 = rc4Authentication({ key: keys.basic, sequence: 0 }).seal(read).packet.subarray(2);
    const refused = port.open(rc4);
    assert.deepEqual(refused.type === "direct" && toHex(refused.frame), "00010a");
    const seal = tlsSeal({ key: keys.basic, level: "basic", clientId: 7, entropy: counting(3) });
    assert.equal(seal.farewell?.(), undefined, "there is nothing to end");
    const ended = port.open(Uint8Array.of(0x57, 0));
    assert.deepEqual(ended.type === "direct" && toHex(ended.frame), "000100");
    assert.equal(port.open(rc4).type, "request");
  });

  test("limits: what a read and a write may carry fills a message exactly", () => {
    assert.deepEqual([tlsReadLimit, tlsWriteLimit], [443, 438]);
    assert.throws(() => tlsSeal({ key: keys.basic, level: "basic", clientId: 65536, entropy: counting(1) }), {
      code: "client-id",
    });
    assert.throws(() => tlsSeal({ key: new Uint8Array(15), level: "basic", clientId: 1, entropy: counting(1) }), {
      code: "key",
    });
  });

  test("printed RC4 messages are not TLS, whatever the port speaks", () => {
    const port = portSecurity({ keys, tls: "optional", entropy: counting(1) });
    for (const { request, keyKnown } of guideExchanges)
      if (keyKnown) assert.equal(port.open(bytes(request).subarray(2)).type, "request");
  });
});
