import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { guideExchanges, guideKey } from "../../../vectors/guide.ts";
import { concat, fromHex } from "../../bytes.ts";
import { encodeRequest } from "../frame/apdu.ts";
import { rc4Authentication } from "../security/rc4/authentication.ts";
import { rc4Opener } from "../security/rc4/opener.ts";
import type { LinkOutput } from "./exchange.ts";
import { Link } from "./link.ts";
import { foreignFrame } from "./other-client.ts";

const bytes = (hex: string): Uint8Array => fromHex(hex) as Uint8Array;
const key = bytes(guideKey);
const read = (table: number, count: number): Uint8Array => encodeRequest({ kind: "read", table, count });
const sequence = 0x1000;
const opener = rc4Opener({ advanced: key, basic: key });

const answer = (packet: Uint8Array, apdu: Uint8Array): Uint8Array => {
  const received = opener.open(packet.subarray(2));
  assert.ok(received.type === "request");
  return received.reply(apdu);
};
const dataOf = (length: number): Uint8Array =>
  concat(Uint8Array.of(0, length >> 8, length), new Uint8Array(length).fill(3));

/** Somebody else's packet, with a key of theirs. */
const theirs = (table: number, count: number): Uint8Array =>
  rc4Authentication({ key: new Uint8Array(16).fill(9), sequence: 77 }).seal(read(table, count)).packet;

const signs = (outputs: readonly LinkOutput[]): readonly string[] =>
  outputs.flatMap((output) =>
    output.type === "other-client" ? [`${output.sign}${output.certain ? " for certain" : ""}`] : [],
  );

describe("another client on the line", () => {
  const open = () => {
    const link = new Link(rc4Authentication({ key, sequence }), { byteTime: 0 });
    const got = (now: number, received: Uint8Array) => signs(link.handle({ type: "received", bytes: received }, now));
    const ask = (now: number, table: number, count: number): Uint8Array => {
      const [out] = link.handle({ type: "request", id: now, apdu: read(table, count) }, now);
      assert.ok(out?.type === "transmit");
      return out.bytes;
    };
    return { got, ask };
  };

  test("a request that is not ours, in any state, is certain", () => {
    const { got, ask } = open();
    assert.deepEqual(got(0, theirs(23, 44)), ["request for certain"]);
    const packet = ask(100, 28, 4);
    assert.deepEqual(got(110, theirs(23, 44)), ["request for certain"]);
    assert.deepEqual(got(120, answer(packet, dataOf(4))), []);
  });

  test("the guide's own requests have the form, and no response of it has", () => {
    for (const { request, response } of guideExchanges) {
      assert.equal(foreignFrame(bytes(request).subarray(2), undefined), "request");
      assert.notEqual(foreignFrame(bytes(response).subarray(2), undefined), "request");
    }
  });

  test("our own packet that comes back, whole or damaged, is an echo and not another client", () => {
    const { got, ask } = open();
    const packet = ask(0, 28, 4);
    assert.deepEqual(got(10, packet), []);
    const damaged = packet.slice();
    damaged[12] = (damaged[12] as number) ^ 0xff;
    damaged[15] = (damaged[15] as number) ^ 0x10;
    assert.deepEqual(got(20, damaged), []);
  });

  test("a reply that nobody waits for, or that is longer than what was asked, is a suspicion", () => {
    const { got, ask } = open();
    const overheard = concat(Uint8Array.of(0, 11 + 220), dataOf(220), new Uint8Array(8).fill(5));
    assert.deepEqual(got(0, overheard), ["reply"]);
    assert.deepEqual(got(5, bytes("000d0c000010000102030405060708")), ["reply"]);
    const packet = ask(100, 23, 4);
    assert.deepEqual(got(110, overheard), ["reply"]);
    assert.deepEqual(got(120, answer(packet, dataOf(4))), []);
  });

  test("our own answers, late, twice or damaged, are not another client's", () => {
    const { got, ask } = open();
    const packet = ask(0, 23, 4);
    const ours = answer(packet, dataOf(4));
    const damaged = ours.slice();
    damaged[8] = 0x55;
    assert.deepEqual(got(10, damaged), []);
    assert.deepEqual(got(20, ours), []);
    assert.deepEqual(got(30, ours), [], "twice");
    ask(200, 28, 10);
    assert.deepEqual(got(210, ours), [], "late");
    assert.deepEqual(got(220, bytes("00090b0000000000000000")), [], "a refusal");
    assert.deepEqual(got(230, bytes("0009000102030405060708")), [], "an answer without data is too short to tell");
  });

  test("random bytes are never a request that somebody sent, unless they have its form to the byte", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (body) => {
        const sign = foreignFrame(body, undefined);
        if (sign === "request") assert.ok([0x30, 0x3f, 0x40, 0x4f].includes(body[0] as number) && body.length >= 15);
        if (sign === "reply") assert.ok([0x00, 0x0c].includes(body[0] as number));
      }),
    );
  });
});
