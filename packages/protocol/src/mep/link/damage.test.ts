/** Answers that come damaged: what can be known early is not waited for, and what is whole after noise is found. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { concat } from "../../bytes.ts";
import { rc4Encryption } from "../security/rc4/encryption.ts";
import { bytes, key, open, reply, sent, words } from "./asking.test-kit.ts";
import { Link } from "./link.ts";

const read = bytes("3f001c0000000004");
const data = bytes("00000401020304");
const flipped = (frame: Uint8Array): Uint8Array => frame.map((byte, i) => (i === 6 ? byte ^ 1 : byte));

describe("a damaged answer", () => {
  test("that is as long as the answer is not waited for any longer, except by the last attempt", () => {
    const { link, ask, got, tick } = open();
    const first = sent(ask(0, 1, read));
    assert.equal(words(got(40, flipped(reply(first, data)))), "discarded bad-digest 15");
    assert.equal(link.wakeAt(), 100, "after the spacing, not after the timeout");
    const second = sent(tick(100));
    got(140, flipped(reply(second, data)));
    const third = sent(tick(200));
    got(240, flipped(reply(third, data)));
    assert.equal(link.wakeAt(), 700);
    assert.equal(words(got(400, reply(third, data))), "response 1 00000401020304");
  });

  test("may be as long as a code or a resync, too", () => {
    for (const [apdu, answer] of [
      [read, "05"],
      [read, "0c01020304"],
      [bytes("30001c0004"), "00000401020304"],
      [bytes("4f0032000000000101"), "00"],
    ] as const) {
      const { link, ask, got } = open();
      const packet = sent(ask(0, 1, apdu));
      // The last byte, so that 0x0C stays what it is.
      got(
        40,
        reply(packet, bytes(answer)).map((byte, i, all) => (i === all.length - 1 ? byte ^ 1 : byte)),
      );
      assert.equal(link.wakeAt(), 100, answer);
    }
  });

  test("of another length is another client's, and ours is waited for", () => {
    const { link, ask, got } = open();
    const packet = sent(ask(0, 1, read));
    got(40, flipped(reply(packet, bytes("000006010203040506"))));
    assert.equal(link.wakeAt(), 500);
    assert.equal(words(got(60, reply(packet, data))), "response 1 00000401020304");
  });

  test("without its beginning is not asked for again before its last byte, though its zeros look like alerts", () => {
    const { link, ask, got, tick } = open({ attempts: 2 });
    const packet = sent(ask(0, 1, bytes("3f001c0000000190")));
    const rest = reply(packet, concat(bytes("000190"), new Uint8Array(400))).subarray(40, 400);
    for (let at = 0; at < 360; at += 20) got(300 + at, rest.subarray(at, at + 20));
    assert.equal(words(tick(500)), "");
    assert.equal(link.wakeAt(), 640 + 250);
    sent(tick(890));
  });

  test("that stops is over when the line has been quiet, but the last attempt takes all its time", () => {
    const { link, ask, got, tick } = open({ interByteTimeout: 80, attempts: 2 });
    const first = sent(ask(0, 1, read));
    got(40, reply(first, data).subarray(0, 9));
    assert.equal(link.wakeAt(), 120);
    const second = sent(tick(120));
    got(130, reply(second, data).subarray(0, 9));
    assert.equal(link.wakeAt(), 620);
  });

  test("noise before the request is out is not an answer that stopped", () => {
    const { link, ask, got } = open({ interByteTimeout: 80, byteTime: 10 });
    const packet = sent(ask(0, 1, read));
    got(5, bytes("0033"));
    assert.equal(link.wakeAt(), 10 * packet.length + 80);
  });

  test("0x0C that does not verify may be another client's: the last attempt waits for its own", () => {
    const { link, ask, got } = open({ attempts: 1 });
    const packet = sent(ask(0, 1, read));
    assert.equal(words(got(40, bytes("000d0c010203040102030405060708"))), "discarded bad-resync 13");
    assert.equal(link.wakeAt(), 500);
    assert.equal(words(got(60, reply(packet, data))), "response 1 00000401020304");
  });
});

describe("an answer after noise that looks like a length", () => {
  const noise = bytes("ff0233aa55");

  test("is found, whatever pieces it comes in", () => {
    for (const cut of [1, 2, 5, 6, 8, 20]) {
      const { ask, got } = open();
      const all = concat(noise, reply(sent(ask(0, 1, read)), data));
      const said = [words(got(40, all.subarray(0, cut))), words(got(45, all.subarray(cut)))];
      assert.match(said.filter((text) => text !== "").join(", "), /discarded garbage 4, response 1 00000401020304$/);
    }
  });

  test("also where it is encrypted, and where it names another number", () => {
    const link = new Link(rc4Encryption({ key, sequence: 7 }), { byteTime: 0 });
    const packet = sent(link.handle({ type: "request", id: 1, apdu: read }, 0));
    const received = concat(noise, reply(packet, data));
    assert.match(words(link.handle({ type: "received", bytes: received }, 40)), /response 1 00000401020304$/);
    const { ask, got } = open();
    const refused = reply(sent(ask(0, 1, read)), bytes("0c01020304"));
    assert.match(words(got(40, concat(noise, refused))), /resync$/);
  });

  test("is not taken where its digest does not fit", () => {
    const { link, ask, got } = open();
    got(40, new Uint8Array(0));
    const packet = sent(ask(0, 1, read));
    assert.equal(words(got(40, concat(noise, flipped(reply(packet, data))))), "discarded garbage 1");
    assert.equal(link.wakeAt(), 290);
  });

  test("a 0x0B that noise seems to hold is not believed", () => {
    const { ask, got } = open();
    ask(0, 1, read);
    assert.equal(words(got(40, concat(noise, bytes("00090b0000000000000000")))), "discarded garbage 1");
  });
});
