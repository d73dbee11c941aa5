import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { guideExchanges } from "../../../vectors/guide.ts";
import { concat, toHex } from "../../bytes.ts";
import { rc4Authentication } from "../security/rc4/authentication.ts";
import { bytes, key, open, reply, sent, words } from "./asking.test-kit.ts";
import type { LinkOutput } from "./exchange.ts";
import { Link } from "./link.ts";

const readBt23 = bytes("3f0017000000002c");
const readBt28 = bytes("3f001c0000000004");
const writeEt50 = bytes("4f08320000 1e000101");
const data = bytes("00000401020304");
const other = bytes("00000409090909");
const done = bytes("00");

const sequenceIn = (packet: Uint8Array): number => new DataView(packet.buffer).getUint32(packet.length - 12);
const wrongSequence = (expected: number): Uint8Array =>
  concat(Uint8Array.of(0x0c), Uint8Array.of(expected >>> 24, expected >>> 16, expected >>> 8, expected));

describe("printed exchanges", () => {
  test("resync, pp. 21-22: the first number is refused, the second is sent and its answer opens, byte for byte", () => {
    const [wrong, right] = guideExchanges;
    assert.ok(wrong !== undefined && right !== undefined);
    const link = new Link(rc4Authentication({ key, sequence: 0x01020304 }));
    assert.equal(toHex(sent(link.handle({ type: "request", id: 1, apdu: readBt23 }, 0))), wrong.request);
    assert.equal(words(link.handle({ type: "received", bytes: bytes(wrong.response) }, 30)), "resync");
    assert.equal(link.wakeAt(), 100);
    assert.equal(toHex(sent(link.handle({ type: "tick" }, 100))), right.request);
    const end = link.handle({ type: "received", bytes: bytes(right.response) }, 160);
    assert.equal(words(end), `response 1 ${right.response.slice(4, -16)}`);
    assert.equal(link.wakeAt(), undefined);
  });

  test("transaction, pp. 51-54: three requests with running numbers", () => {
    const printed = guideExchanges.filter(({ name }) => name.startsWith("transaction"));
    assert.equal(printed.length, 3);
    const link = new Link(rc4Authentication({ key, sequence: 0x5b4e42e6 }));
    printed.forEach(({ request, response }, i) => {
      const apdu = bytes(request).slice(2, -12);
      assert.equal(toHex(sent(link.handle({ type: "request", id: i, apdu }, 1000 * i))), request);
      const out = link.handle({ type: "received", bytes: bytes(response) }, 1000 * i + 90);
      assert.equal(words(out), `response ${i} ${response.slice(4, -16)}`);
    });
  });
});

describe("order and time", () => {
  test("sends one request at a time, 100 ms apart, sealed when it is sent", () => {
    const { link, ask, got, tick } = open();
    const first = sent(ask(0, 1, readBt23));
    assert.equal(words(ask(1, 2, readBt28)), "");
    assert.equal(link.load, 2);
    assert.equal(words(got(40, reply(first, data))), "response 1 00000401020304");
    assert.equal(link.wakeAt(), 100);
    assert.equal(words(tick(99)), "");
    const second = sent(tick(100));
    assert.equal(sequenceIn(second), sequenceIn(first) + 1);
    assert.equal(words(got(130, reply(second, other))), "response 2 00000409090909");
    assert.equal(link.load, 0);
  });

  test("a request that waited after a resync carries the new number", () => {
    const { ask, got, tick } = open();
    const first = sent(ask(0, 1, readBt23));
    ask(0, 2, readBt28);
    got(10, reply(first, wrongSequence(0xf0000000)));
    const again = sent(tick(100));
    got(120, reply(again, data));
    assert.equal(sequenceIn(sent(tick(200))), 0xf0000002);
  });

  test("higher priority goes first, equal ones in order", () => {
    const { ask, got, tick } = open();
    const first = sent(ask(0, 1, readBt23));
    ask(0, 2, readBt23);
    ask(0, 3, readBt28, { priority: 5 });
    ask(0, 4, writeEt50, { priority: 5 });
    got(1, reply(first, data));
    const table = (packet: Uint8Array) => toHex(packet.subarray(2, 5));
    let packet = sent(tick(100));
    assert.equal(table(packet), "3f001c");
    got(101, reply(packet, data));
    packet = sent(tick(200));
    assert.equal(table(packet), "4f0832");
    got(201, reply(packet, done));
    assert.equal(table(sent(tick(300))), "3f0017");
  });

  test("the wait begins when the request is out and the bridge has carried it", () => {
    const { link, ask } = open({ byteTime: 2, bridgeDelay: 7 });
    const packet = sent(ask(0, 1, readBt23));
    assert.equal(link.wakeAt(), packet.length * 2 + 7 + 500);
  });

  test("a reply in pieces with pauses is waited for, but not forever", () => {
    const { link, ask, got, tick } = open({ longestResponse: 1000, attempts: 1 });
    const answer = reply(sent(ask(0, 1, readBt23)), data);
    assert.equal(words(got(490, answer.subarray(0, 5))), "");
    assert.equal(link.wakeAt(), 740);
    assert.equal(words(tick(600)), "");
    assert.equal(words(got(700, answer.subarray(5, 6))), "");
    assert.equal(words(got(900, answer.subarray(6, 7))), "");
    assert.equal(link.wakeAt(), 1000);
    assert.equal(words(tick(1000)), "discarded incomplete 7, failed 1 half-reply 1");
  });

  test("an idle gap ends what was arriving, so that a stray beginning does not eat the answer", () => {
    const { ask, got } = open({ longestResponse: 900, responseTimeout: 800 });
    const answer = reply(sent(ask(0, 1, readBt23)), data);
    assert.equal(words(got(10, bytes("0040ff"))), "");
    assert.equal(words(got(300, answer)), "discarded incomplete 3, response 1 00000401020304");
  });

  test("what is left over is flushed before sending, and nobody sends into an arriving frame", () => {
    const { link, ask, got, tick } = open();
    got(0, reply(sent(ask(0, 1, readBt23)), data));
    got(90, bytes("00401122"));
    assert.equal(words(ask(95, 2, readBt28)), "");
    assert.equal(link.wakeAt(), 340);
    assert.equal(words(tick(340)), "discarded stale 4, transmit");
  });

  test("a full queue fails the next request at once", () => {
    const { ask } = open({ queueLimit: 1 });
    ask(0, 1, readBt23);
    ask(0, 2, readBt23);
    const out = ask(0, 3, readBt23);
    assert.equal(words(out), "failed 3 queue-full 0");
    assert.match((out[0] as { detail: string }).detail, /1 requests are waiting/);
  });

  test("cancels what waits and what is on its way; its late answer is stale", () => {
    const { ask, cancel, got, tick } = open();
    const first = sent(ask(0, 1, readBt23));
    ask(0, 2, readBt28);
    assert.equal(words(cancel(1, 2)), "failed 2 aborted 0");
    assert.equal(words(cancel(2, 1)), "failed 1 aborted 1");
    assert.equal(words(cancel(2, 1)), "");
    assert.equal(words(got(3, reply(first, data))), "discarded stale 15");
    assert.equal(words(tick(500)), "");
  });
});

describe("what may stand on the line", () => {
  test("alerts before, between and inside a wait", () => {
    const { ask, got } = open();
    assert.equal(words(got(0, bytes("0000"))), "alert");
    const answer = reply(sent(ask(1, 1, readBt23)), data);
    assert.equal(
      words(got(50, concat(bytes("0000"), answer, bytes("0000")))),
      "alert, response 1 00000401020304, alert",
    );
  });

  test("whole, byte by byte and with alerts around: the same events", () => {
    for (const size of [1, 2, 3, 7, 100]) {
      const { ask, got } = open();
      const stream = concat(bytes("0000"), reply(sent(ask(0, 1, readBt23)), data), bytes("0000"), bytes("0001ff"));
      const out: LinkOutput[] = [];
      for (let at = 0; at < stream.length; at += size) out.push(...got(at, stream.subarray(at, at + size)));
      assert.equal(words(out), "alert, response 1 00000401020304, alert, discarded unsolicited 1", `${size}`);
    }
  });

  test("a duplicate answer is stale; a frame that nobody asked for is unsolicited", () => {
    const { ask, got } = open();
    assert.equal(words(got(0, bytes("0003010203"))), "discarded unsolicited 3");
    const answer = reply(sent(ask(1, 1, readBt23)), data);
    got(2, answer);
    assert.equal(words(got(3, answer)), "discarded stale 15");
  });

  test("an echo in front of the answer is skipped", () => {
    const { ask, got } = open();
    const packet = sent(ask(0, 1, writeEt50));
    assert.equal(words(got(10, concat(packet, reply(packet, done)))), "discarded echo 21, response 1 00");
  });

  test("the late answer to an earlier request is never the answer to this one", () => {
    const { ask, got, tick } = open({ attempts: 1 });
    const first = sent(ask(0, 1, readBt23));
    assert.equal(words(tick(500)), "failed 1 no-answer 1");
    const second = sent(ask(600, 2, readBt28));
    assert.equal(words(got(601, reply(first, data))), "discarded stale 15");
    assert.equal(words(got(650, reply(second, other))), "response 2 00000409090909");
  });

  test("an authentic answer whose count is not its length is not believed", () => {
    const { ask, got } = open();
    const packet = sent(ask(0, 1, readBt23));
    assert.equal(words(got(1, reply(packet, bytes("0000050102")))), "discarded malformed 13");
    assert.equal(words(got(2, reply(packet, data))), "response 1 00000401020304");
  });
});

describe("retries", () => {
  test("next-sequence: each attempt has its own number, and the answer to any of them counts", () => {
    const { ask, got, tick } = open();
    const first = sent(ask(0, 1, readBt23));
    const second = sent(tick(500));
    assert.equal(sequenceIn(second), sequenceIn(first) + 1);
    assert.equal(words(got(510, reply(first, data))), "response 1 00000401020304");
    assert.equal(words(got(520, reply(second, data))), "discarded stale 15");
  });

  test("same-packet: the bytes are repeated", () => {
    const { ask, got, tick } = open();
    const first = sent(ask(0, 1, writeEt50));
    const second = sent(tick(500));
    assert.deepEqual(second, first);
    assert.equal(words(got(510, reply(second, done))), "response 1 00");
  });

  for (const [ahead, why] of [
    [1, "executed"],
    [26, "executed, and the dimensions changed"],
  ] as const) {
    test(`same-packet: 0x0C with ours + ${ahead} after a repetition says that it was ${why}`, () => {
      const { ask, got, tick } = open();
      const first = sent(ask(0, 1, writeEt50));
      tick(500);
      const out = got(510, reply(first, wrongSequence(sequenceIn(first) + ahead)));
      assert.equal(words(out), "resync, failed 1 reply-lost 2");
      assert.equal(words(tick(2000)), "");
    });
  }

  test("same-packet: any other 0x0C says that it was not, so it is repeated with the number", () => {
    for (const ahead of [0x5000, 25, -3]) {
      const { ask, got, tick } = open();
      const first = sent(ask(0, 1, writeEt50));
      tick(500);
      assert.equal(words(got(510, reply(first, wrongSequence(sequenceIn(first) + ahead)))), "resync");
      const third = sent(tick(600));
      assert.equal(sequenceIn(third), sequenceIn(first) + ahead + 1);
      assert.equal(words(got(610, reply(third, done))), "response 1 00");
    }
  });

  test("same-packet: what is idempotent is repeated although it was executed", () => {
    const { ask, got, tick } = open();
    const first = sent(ask(0, 1, writeEt50, { idempotent: true }));
    tick(500);
    got(510, reply(first, wrongSequence(sequenceIn(first) + 1)));
    const third = sent(tick(600));
    assert.equal(sequenceIn(third), sequenceIn(first) + 2);
    assert.equal(words(got(610, reply(third, done))), "response 1 00");
  });

  test("a doubled 0x0C counts once", () => {
    const { ask, got, tick } = open({ resyncs: 1 });
    const first = sent(ask(0, 1, readBt23));
    const refusal = reply(first, wrongSequence(0x77));
    assert.equal(words(got(10, concat(refusal, refusal))), "resync, discarded stale 13");
    const second = sent(tick(100));
    assert.equal(sequenceIn(second), 0x78);
    assert.equal(words(got(110, refusal)), "discarded stale 13");
    assert.equal(words(got(120, reply(second, data))), "response 1 00000401020304");
  });

  for (const [ahead, jumped] of [
    [1, false],
    [23, false],
    [24, true],
    [25, true],
    [26, true],
    [-1, true],
  ] as const) {
    test(`a number ${ahead} ahead of what is expected ${jumped ? "may have jumped" : "was only moved by another client"}`, () => {
      const { ask, got, tick } = open();
      const first = sent(ask(0, 1, readBt23));
      got(10, reply(first, data));
      const expected = sequenceIn(first) + 1;
      const resyncs: LinkOutput[] = [];
      for (let i = 1; i <= 2; i++) {
        const refused = sent(i === 1 ? ask(100, 2, readBt23) : ask(300, 3, readBt23));
        resyncs.push(
          ...got(200 * i - 90, reply(refused, wrongSequence(i === 1 ? expected + ahead : sequenceIn(refused) + ahead))),
        );
        const again = sent(tick(200 * i));
        got(200 * i + 1, reply(again, data));
      }
      assert.deepEqual(
        resyncs.flatMap((output) => (output.type === "resync" ? [output.jumped] : [])),
        [jumped, jumped],
      );
      // The next number alone may also be ours, where it arrived twice.
      const sign = { type: "other-client", sign: "numbers", certain: ahead > 1 };
      assert.deepEqual(
        resyncs.filter(({ type }) => type === "other-client"),
        jumped ? [] : [sign, sign],
      );
    });
  }

  test("what stands on dimensions ends with a jump, sent or waiting; other requests go on", () => {
    const { ask, got, tick } = open();
    const first = sent(ask(0, 1, readBt23));
    got(10, reply(first, data));
    const read = sent(ask(100, 2, readBt23));
    ask(101, 3, writeEt50, { laidOut: true });
    ask(102, 4, readBt23);
    const outputs = got(110, reply(read, wrongSequence(sequenceIn(read) + 25)));
    const failures = outputs.flatMap((output) => (output.type === "failed" ? [[output.id, output.failure]] : []));
    assert.deepEqual(failures, [[3, "moved"]]);
    const again = sent(tick(200));
    assert.equal(words(got(210, reply(again, data))), "response 2 00000401020304");
    const last = sent(tick(300));
    assert.equal(words(got(310, reply(last, data))), "response 4 00000401020304");
    // One that is laid out from now on, and is refused itself: by another client's doing it is sent again, after a jump not.
    const write = sent(ask(400, 5, writeEt50, { laidOut: true, idempotent: true }));
    got(410, reply(write, wrongSequence(sequenceIn(write) + 3)));
    const sealedAnew = sent(tick(500));
    const ended = got(510, reply(sealedAnew, wrongSequence(sequenceIn(sealedAnew) + 25)));
    assert.deepEqual(
      ended.flatMap((output) => (output.type === "failed" ? [[output.id, output.failure, output.attempts]] : [])),
      [[5, "moved", 2]],
    );
  });

  test("the first 0x0C may always hide a jump", () => {
    const { ask, got } = open();
    const first = sent(ask(0, 1, readBt23));
    assert.deepEqual(got(10, reply(first, wrongSequence(0x1001))), [
      { type: "resync", sequence: 0x1001, jumped: true },
    ]);
  });

  test("a single 0x0B is asked again after the spacing, not after the timeout", () => {
    const { link, ask, got, tick } = open();
    ask(0, 1, readBt23);
    assert.equal(words(got(10, bytes("00090b0000000000000000"))), "discarded refused 9");
    assert.equal(link.wakeAt(), 100);
    const second = sent(tick(100));
    assert.equal(words(got(110, reply(second, data))), "response 1 00000401020304");
  });
});
