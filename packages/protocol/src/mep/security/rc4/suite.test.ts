import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { computedEncryption, guideExchanges, guideKey } from "../../../../vectors/guide.ts";
import { concat, fromHex, toHex } from "../../../bytes.ts";
import { maxBody } from "../../frame/frame.ts";
import type { Received, Seal } from "../seal.ts";
import { rc4Authentication, rc4ReadLimit, rc4WriteLimit } from "./authentication.ts";
import { encryptKeyOf, packetKeyOf, rc4Encryption } from "./encryption.ts";
import { rc4Opener } from "./opener.ts";

const bytes = (hex: string): Uint8Array => fromHex(hex) as Uint8Array;
const key = bytes(guideKey);
const basic = new Uint8Array(16).fill(2);
const meter = rc4Opener({ advanced: key, basic });
const suites = { authentication: rc4Authentication, encryption: rc4Encryption } as const;
const kinds = ["authentication", "encryption"] as const;

const asRequest = (received: Received): Received & { type: "request" } => {
  assert.ok(received.type === "request");
  return received;
};

const sequenceIn = (frame: Uint8Array): number => new DataView(frame.buffer).getUint32(frame.length - 12);

describe("printed exchanges", () => {
  for (const { name, page, request, response, keyKnown } of guideExchanges) {
    if (!keyKnown) continue;
    test(`${page}: ${name}`, () => {
      const frame = bytes(request);
      const apdu = frame.slice(2, -12);
      const sealed = rc4Authentication({ key, sequence: sequenceIn(frame) }).seal(apdu);
      assert.equal(toHex(sealed.packet), request);
      assert.equal(sealed.sequence, sequenceIn(frame));

      const answer = bytes(response).slice(2, -8);
      const opened = sealed.open(bytes(response).subarray(2));
      if (answer[0] === 0x0c) assert.deepEqual(opened, { type: "resync", sequence: 0x77635b90 });
      else assert.deepEqual(opened, { type: "apdu", apdu: answer });

      const received = asRequest(meter.open(frame.subarray(2)));
      assert.deepEqual(received.apdu, apdu);
      assert.deepEqual([received.level, received.encrypted, received.sequence], ["advanced", false, sequenceIn(frame)]);
      assert.equal(toHex(received.reply(answer)), response);
    });
  }

  test("the exchange of p. 22, encrypted by Appendix B", () => {
    const plain = guideExchanges[1];
    assert.ok(plain !== undefined);
    const encryptKey = encryptKeyOf(key);
    assert.equal(toHex(encryptKey), computedEncryption.encryptKey);
    assert.equal(toHex(packetKeyOf(encryptKey, bytes(plain.request), 14)), computedEncryption.packetKey);
    const sealed = rc4Encryption({ key, sequence: 0x77635b91 }).seal(bytes(plain.request).slice(2, -12));
    assert.equal(toHex(sealed.packet), computedEncryption.request);
    const answer = bytes(plain.response).slice(2, -8);
    assert.deepEqual(sealed.open(bytes(computedEncryption.response).subarray(2)), { type: "apdu", apdu: answer });
    const received = asRequest(meter.open(bytes(computedEncryption.request).subarray(2)));
    assert.equal(received.encrypted, true);
    assert.equal(toHex(received.reply(answer)), computedEncryption.response);
  });
});

for (const kind of kinds) {
  describe(`rc4 ${kind}`, () => {
    const suite = suites[kind];
    const encrypted = kind === "encryption";

    test("carries any request and response both ways, at the level of the key", () => {
      const apdus = fc
        .uint8Array({ minLength: 1, maxLength: 460 })
        .filter((apdu) => apdu[0] !== 0x0b && apdu[0] !== 0x0c);
      fc.assert(
        fc.property(apdus, apdus, fc.boolean(), fc.nat(0xffffffff), (request, response, asAdvanced, sequence) => {
          const sealed = suite({ key: asAdvanced ? key : basic, sequence }).seal(request);
          const received = asRequest(meter.open(sealed.packet.subarray(2)));
          assert.deepEqual(received.apdu, request);
          assert.equal(received.level, asAdvanced ? "advanced" : "basic");
          assert.equal(received.encrypted, encrypted);
          assert.equal(received.sequence, sequence);
          assert.deepEqual(sealed.open(received.reply(response).subarray(2)), { type: "apdu", apdu: response });
        }),
      );
    });

    test("a request is made again of its packet, with its number, and opens the same response", () => {
      const seal = suite({ key, sequence: 0xfffffff0 });
      const sealed = seal.seal(bytes("3f0017000000002c"));
      seal.seal(bytes("3f001c000000002c"));
      const again = seal.again?.(sealed.packet);
      assert.equal(again?.sequence, 0xfffffff0);
      assert.equal(again?.answerOverhead, sealed.answerOverhead);
      const reply = asRequest(meter.open(sealed.packet.subarray(2)))
        .reply(bytes("00000411223344"))
        .subarray(2);
      assert.deepEqual(again?.open(reply), sealed.open(reply));
      assert.equal(again?.open(reply).type, "apdu");
    });

    test("opens no response that differs in one byte, nor that of another request", () => {
      const seal = suite({ key, sequence: 1 });
      const first = seal.seal(bytes("3f0017000000002c"));
      const second = seal.seal(bytes("3f0017000000002c"));
      const reply = asRequest(meter.open(first.packet.subarray(2)))
        .reply(bytes("00000411223344"))
        .subarray(2);
      assert.equal(first.open(reply).type, "apdu");
      assert.equal(second.open(reply).type, "forged");
      for (let at = 0; at < reply.length; at++) {
        for (let bit = 0; bit < 8; bit++) {
          const noisy = reply.slice();
          noisy[at] = (noisy[at] as number) ^ (1 << bit);
          assert.notEqual(first.open(noisy).type, "apdu", `byte ${at} bit ${bit}`);
        }
      }
    });

    test("believes 0x0C only with its digest", () => {
      const sealed = suite({ key, sequence: 1 }).seal(bytes("30000100ff"));
      const reply = asRequest(meter.open(sealed.packet.subarray(2)))
        .reply(bytes("0c80000000"))
        .subarray(2);
      assert.deepEqual(sealed.open(reply), { type: "resync", sequence: 0x80000000 });
      const noisy = reply.slice();
      noisy[2] = (noisy[2] as number) ^ 1;
      assert.equal(sealed.open(noisy).type, "bad-resync");
      const long = asRequest(meter.open(sealed.packet.subarray(2)))
        .reply(bytes("0c8000000000"))
        .subarray(2);
      assert.equal(sealed.open(long).type, "forged");
    });

    test("knows 0x0B in the clear, with any digest or none", () => {
      const sealed = suite({ key: new Uint8Array(16).fill(9), sequence: 1 }).seal(bytes("30000100ff"));
      const refused = meter.open(sealed.packet.subarray(2));
      assert.ok(refused.type === "direct");
      assert.equal(toHex(refused.frame), "00090b0000000000000000");
      assert.equal(sealed.open(refused.frame.subarray(2)).type, "refused");
      assert.equal(sealed.open(Uint8Array.of(0x0b)).type, "refused");
      assert.equal(sealed.open(bytes("0b0102")).type, "forged");
    });

    test("counts up, goes on after the meter's number, and wraps", () => {
      const seal: Seal = suite({ key, sequence: 0xffffffff });
      const apdu = bytes("30000100ff");
      assert.deepEqual([seal.seal(apdu).sequence, seal.seal(apdu).sequence], [0xffffffff, 0]);
      seal.resync(0x77635b90);
      assert.equal(seal.seal(apdu).sequence, 0x77635b91);
    });

    test("fills the frame exactly at its limits", () => {
      const seal = suite({ key, sequence: 1 });
      assert.deepEqual([seal.readLimit, seal.writeLimit], [465, 456]);
      assert.equal(seal.seal(new Uint8Array(8 + rc4WriteLimit)).packet.length, 2 + maxBody);
      const received = asRequest(meter.open(seal.seal(bytes("30")).packet.subarray(2)));
      assert.equal(received.reply(new Uint8Array(3 + rc4ReadLimit)).length, 2 + maxBody);
    });

    test("opens any bytes without throwing", () => {
      const sealed = suite({ key, sequence: 7 }).seal(bytes("30"));
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 60 }), (any) => {
          assert.notEqual(sealed.open(any).type, "apdu");
          assert.equal(meter.open(any).type, "direct");
        }),
      );
    });
  });
}

test("with equal keys the MAK's level is given", () => {
  const both = rc4Opener({ advanced: key, basic: key });
  for (const kind of kinds) {
    const packet = suites[kind]({ key, sequence: 1 }).seal(bytes("30")).packet;
    assert.equal(asRequest(both.open(packet.subarray(2))).level, "advanced");
  }
});

test("a request that is cut short or extended is not authentic", () => {
  const packet = rc4Authentication({ key, sequence: 1 }).seal(bytes("3f00170000000010")).packet;
  assert.equal(meter.open(packet.subarray(2, -1)).type, "direct");
  assert.equal(meter.open(concat(packet.subarray(2), Uint8Array.of(0))).type, "direct");
});
