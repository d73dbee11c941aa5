import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { describe, test } from "node:test";
import fc from "fast-check";
import { guideKey, guideTls } from "../../../../vectors/guide.ts";
import { concat, fromHex, toHex } from "../../../bytes.ts";
import type { Entropy } from "../../../ports.ts";
import { TlsClient } from "./client.ts";
import { keyBlock, masterSecret, premasterSecret, prf } from "./key-schedule.ts";
import { TlsServer } from "./server.ts";

const bytes = (hex: string): Uint8Array => fromHex(hex) as Uint8Array;
const key = bytes(guideKey);
const { frames, identity } = guideTls;
/** TLS records of a printed MEP frame: after its length and its code. */
const records = (frame: string): string => frame.slice(6);
const hello = bytes(records(frames.clientHello));
const answer = bytes(records(frames.serverHelloDone));
const random = { client: hello.slice(11, 43), server: answer.slice(11, 43) };
const sessionId = answer.slice(44, 76);

/** Gives the printed bytes, in the order in which they are asked for. */
const printed = (...values: Uint8Array[]): Entropy => {
  const left = [...values];
  return (length) => {
    const value = left.shift();
    assert.equal(value?.length, length, "as many random bytes as are printed");
    return value as Uint8Array;
  };
};
const client = (): TlsClient =>
  new TlsClient({ identity: bytes(identity), key, entropy: printed(random.client), extendedMasterSecret: false });
const server = (): TlsServer =>
  new TlsServer({
    keyOf: (name) => (toHex(name) === identity ? key : undefined),
    entropy: printed(random.server, sessionId),
    sessionIdLength: 32,
  });

describe("the session that the guide prints (pp. 20-21)", () => {
  test("the client makes its three messages and reads the meter's, byte for byte", () => {
    const tls = client();
    assert.equal(toHex(tls.start()), records(frames.clientHello));
    assert.equal(toHex(tls.receive(answer).reply), records(frames.clientFinished));
    const done = tls.receive(bytes(records(frames.serverFinished)));
    assert.deepEqual([done.opened, done.failure, tls.state, done.reply.length], [true, undefined, "open", 0]);
    assert.equal(toHex(tls.send(bytes(guideTls.request))), records(frames.request));
    const opened = tls.openMessage(bytes(records(frames.response)));
    assert.deepEqual(opened, { type: "data", bytes: bytes(guideTls.response) });
  });

  test("the server makes the meter's three messages and reads the client's, byte for byte", () => {
    const tls = server();
    assert.equal(toHex(tls.receive(hello).reply), records(frames.serverHelloDone));
    const done = tls.receive(bytes(records(frames.clientFinished)));
    assert.equal(toHex(done.reply), records(frames.serverFinished));
    assert.deepEqual([done.opened, tls.state, toHex(tls.identity ?? key)], [true, "open", identity]);
    assert.equal(toHex(tls.receive(bytes(records(frames.request))).data), guideTls.request);
    assert.equal(toHex(tls.send(bytes(guideTls.response))), records(frames.response));
  });

  test("has the master secret and the key block that were computed from it elsewhere", () => {
    const master = masterSecret(premasterSecret(key), random, undefined);
    assert.equal(toHex(master), guideTls.masterSecret);
    assert.equal(toHex(keyBlock(master, random)), guideTls.keyBlock);
  });
});

describe("the pseudo-random function", () => {
  /** RFC 5246, section 5, with the HMAC of Node. */
  const twin = (secret: Uint8Array, label: string, seed: Uint8Array, length: number): string => {
    const hmac = (data: Uint8Array) => createHmac("sha384", secret).update(data).digest();
    const labelled = concat(new TextEncoder().encode(label), seed);
    let a: Uint8Array = labelled;
    let out = "";
    while (out.length < 2 * length) {
      a = hmac(a);
      out += hmac(concat(a, labelled)).toString("hex");
    }
    return out.slice(0, 2 * length);
  };
  test("is that of Node's HMAC", () => {
    const secret = fc.uint8Array({ minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(secret, fc.uint8Array({ maxLength: 80 }), fc.integer({ min: 0, max: 200 }), (key, seed, length) => {
        assert.equal(toHex(prf(key, "key expansion", seed, length)), twin(key, "key expansion", seed, length));
      }),
      { numRuns: 50 },
    );
  });
});
