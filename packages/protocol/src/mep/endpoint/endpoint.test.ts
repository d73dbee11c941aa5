import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { computedEncryption, guideExchanges, guideKey } from "../../../vectors/guide.ts";
import { concat, fromHex, toHex } from "../../bytes.ts";
import { decodeResponse, encodeResponse } from "../frame/apdu.ts";
import { rc4Authentication } from "../security/rc4/authentication.ts";
import { rc4Opener } from "../security/rc4/opener.ts";
import { Endpoint, type EndpointOutput, type Serve } from "./endpoint.ts";
import type { EndpointTiming } from "./timing.ts";

const bytes = (hex: string): Uint8Array => fromHex(hex) as Uint8Array;
const advanced = bytes(guideKey);
const basic = new Uint8Array(16).fill(2);
const seal = rc4Opener({ advanced, basic });
const read = bytes("30001700ff");

const echoTable: Serve = (apdu) => encodeResponse({ kind: "data", data: apdu.subarray(1, 3) });

const open = (sequence: number, serve: Serve = echoTable, timing: Partial<EndpointTiming> = {}) => {
  const endpoint = new Endpoint({ seal, serve, sequence, timing });
  return {
    endpoint,
    got: (now: number, received: Uint8Array) => endpoint.handle({ type: "received", bytes: received }, now),
    tick: (now: number) => endpoint.handle({ type: "tick" }, now),
    alerting: (now: number, on: boolean) => endpoint.handle({ type: "alerting", on }, now),
  };
};

const wire = (outputs: readonly EndpointOutput[]): string =>
  outputs.flatMap((output) => (output.type === "transmit" ? [toHex(output.bytes)] : [])).join(" ");

const request = (sequence: number, key = advanced): Uint8Array =>
  rc4Authentication({ key, sequence }).seal(read).packet;

/** The response to `request(sequence)`. */
const opened = (sequence: number, frame: string): string => {
  const result = rc4Authentication({ key: advanced, sequence }).seal(read).open(bytes(frame).subarray(2));
  return result.type === "apdu"
    ? toHex(result.apdu)
    : result.type === "resync"
      ? `resync ${result.sequence}`
      : result.type;
};

const printedServe: Serve = (apdu) => {
  const found = guideExchanges.find(
    ({ request: frame }) => frame.slice(4, -24) === toHex(apdu) && frame !== guideExchanges[0]?.request,
  );
  assert.ok(found !== undefined);
  return bytes(found.response).slice(2, -8);
};

describe("printed exchanges", () => {
  const play = (sequence: number, frames: readonly (readonly [string, string])[]): void => {
    const { endpoint, got, tick } = open(sequence, printedServe);
    let now = 0;
    for (const [asked, answered] of frames) {
      let sent = wire(got(now, bytes(asked)));
      for (let at = endpoint.wakeAt(); at !== undefined; at = endpoint.wakeAt()) {
        now = at;
        sent += wire(tick(now));
      }
      assert.equal(sent, answered);
      now += 1000;
    }
  };
  const printed = (match: (name: string) => boolean) =>
    guideExchanges.filter(({ name }) => match(name)).map(({ request: asked, response }) => [asked, response] as const);

  test("resync, pp. 21-22: a meter that expects 77635B90", () => {
    play(
      0x77635b90,
      printed((name) => name.startsWith("resync")),
    );
  });
  test("registration, p. 23", () => {
    play(
      0x77636e2f,
      printed((name) => name === "registration"),
    );
  });
  test("transaction, pp. 51-54: a meter whose number is 5B4E42E5", () => {
    play(
      0x5b4e42e5,
      printed((name) => name.startsWith("transaction")),
    );
  });
  test("EP17, pp. 59-60", () => {
    play(
      0x5b4e4309,
      printed((name) => name.startsWith("EP17")),
    );
  });
  test("encrypted by Appendix B: the answer is encrypted too", () => {
    play(0x77635b90, [[computedEncryption.request, computedEncryption.response]]);
  });
});

describe("sequence numbers", () => {
  test("takes the expected one and up to 8 more, then goes on after it", () => {
    for (const ahead of [0, 1, 8]) {
      const { endpoint, got } = open(100);
      assert.equal(opened(100 + ahead, wire(got(0, request(100 + ahead)))), "0000020017");
      assert.equal(endpoint.expectedSequence, 101 + ahead);
    }
  });

  test("names the expected one for any other, and for a repetition", () => {
    for (const number of [99, 109, 0, 0xffffffff]) {
      const { endpoint, got } = open(100);
      assert.equal(opened(number, wire(got(0, request(number)))), "resync 100");
      assert.equal(endpoint.expectedSequence, 100);
    }
    const { got } = open(100);
    got(0, request(100));
    assert.equal(opened(100, wire(got(200, request(100)))), "resync 101");
  });

  test("wraps, and jumps by 25 where the dimensions change", () => {
    const { endpoint, got } = open(0xfffffffe);
    assert.equal(opened(2, wire(got(0, request(2)))), "0000020017");
    endpoint.bumpSequence();
    assert.equal(endpoint.expectedSequence, 28);
    assert.equal(opened(3, wire(got(200, request(3)))), "resync 28");
  });

  test("does not execute what it refuses", () => {
    let served = 0;
    const { got } = open(100, (apdu, access) => {
      served++;
      return echoTable(apdu, access);
    });
    got(0, request(99));
    got(500, request(100, new Uint8Array(16)));
    assert.equal(served, 0);
  });
});

describe("keys", () => {
  test("tells the callback the level and the limit", () => {
    const levels: string[] = [];
    const { got } = open(1, (apdu, access) => {
      levels.push(`${access.level} ${access.encrypted} ${access.readLimit}`);
      return echoTable(apdu, access);
    });
    got(0, request(1));
    got(200, request(2, basic));
    assert.deepEqual(levels, ["advanced false 465", "basic false 465"]);
  });

  test("answers 0x0B where no key fits", () => {
    const out = open(1).got(0, request(1, new Uint8Array(16)));
    assert.equal(wire(out), "00090b0000000000000000");
    assert.deepEqual(out[0], { type: "rejected", reason: "not-authentic" });
  });

  test("answers 0x04 where the callback gives more than fits", () => {
    const { got } = open(1, () => encodeResponse({ kind: "data", data: new Uint8Array(466) }));
    const apdu = bytes(opened(1, wire(got(0, request(1)))));
    assert.deepEqual(decodeResponse(apdu, "read"), { kind: "error", code: 4 });
  });
});

describe("time", () => {
  test("a gap of more than 50 ms inside a request ends it", () => {
    const packet = request(1);
    const slow = open(1);
    slow.got(0, packet.subarray(0, 4));
    assert.notEqual(wire(slow.got(50, packet.subarray(4))), "");
    const slower = open(1);
    slower.got(0, packet.subarray(0, 4));
    assert.equal(wire(slower.got(51, packet.subarray(4))), "");
    assert.notEqual(wire(slower.got(500, packet)), "");
  });

  test("answers at most once each 100 ms, later rather than never, and hears no more than 4 that wait", () => {
    const { endpoint, got, tick } = open(1);
    assert.notEqual(wire(got(0, request(1))), "");
    assert.equal(wire(got(10, request(2))), "");
    assert.equal(endpoint.wakeAt(), 100);
    for (const number of [3, 4, 5]) assert.equal(wire(got(20, request(number))), "");
    assert.deepEqual(got(20, request(6)), [{ type: "rejected", reason: "overrun" }]);
    const answers: string[] = [];
    for (let at = endpoint.wakeAt(); at !== undefined; at = endpoint.wakeAt())
      answers.push(`${at} ${wire(tick(at)).length > 0}`);
    assert.deepEqual(answers, ["100 true", "200 true", "300 true", "400 true"]);
    assert.equal(endpoint.expectedSequence, 6);
  });

  test("pauses for 25 ms after each 117 bytes of a longer answer", () => {
    const long: Serve = () => encodeResponse({ kind: "data", data: new Uint8Array(300) });
    const { endpoint, got, tick } = open(1, long, { byteTime: 1 });
    const sizes = (outputs: readonly EndpointOutput[]) => wire(outputs).length / 2;
    assert.equal(sizes(got(0, request(1))), 117);
    assert.equal(endpoint.wakeAt(), 142);
    assert.equal(sizes(tick(142)), 117);
    assert.equal(endpoint.wakeAt(), 284);
    assert.equal(sizes(tick(284)), 2 + 3 + 300 + 8 - 234);
    assert.equal(endpoint.wakeAt(), undefined);
  });

  test("alerts each second, holds off for a second after a frame, never inside an answer, and stops", () => {
    const long: Serve = () => encodeResponse({ kind: "data", data: new Uint8Array(200) });
    const { endpoint, got, tick, alerting } = open(1, long);
    assert.equal(wire(alerting(0, true)), "0000");
    assert.equal(endpoint.wakeAt(), 1000);
    assert.equal(wire(tick(999)), "");
    assert.equal(wire(tick(1000)), "0000");
    assert.notEqual(wire(got(1990, request(1))), "");
    assert.equal(wire(tick(2010)), "");
    assert.equal(endpoint.wakeAt(), 2015);
    tick(2015);
    assert.equal(endpoint.wakeAt(), 2990);
    assert.equal(wire(tick(2990)), "0000");
    assert.equal(wire(alerting(3000, false)), "");
    assert.equal(endpoint.wakeAt(), undefined);
  });
});

test("any chunking of requests gives the same answers, and any bytes are survived", () => {
  const junk = fc.uint8Array({ maxLength: 40 });
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 30 }), { maxLength: 12 }), junk, (sizes, tail) => {
      const stream = concat(request(1), bytes("0000"), request(2), request(2, basic), tail);
      const run = (cuts: readonly number[]): string => {
        const { endpoint, got, tick } = open(1);
        const out: EndpointOutput[] = [];
        let at = 0;
        for (const size of [...cuts, stream.length]) {
          out.push(...got(0, stream.subarray(at, at + size)));
          at += size;
        }
        for (let due = endpoint.wakeAt(); due !== undefined; due = endpoint.wakeAt()) out.push(...tick(due));
        return wire(out);
      };
      assert.equal(run(sizes), run([]));
    }),
  );
});
