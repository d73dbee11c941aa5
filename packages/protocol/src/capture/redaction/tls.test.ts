import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { concat, fromHex, toHex } from "../../bytes.ts";
import { encodeRequest, encodeResponse } from "../../mep/frame/apdu.ts";
import { frameOf } from "../../mep/frame/frame.ts";
import { TlsClient } from "../../mep/security/tls/client.ts";
import { TlsServer } from "../../mep/security/tls/server.ts";
import { tablesById } from "../../tables/index.ts";
import { piecesOf } from "../pieces.ts";
import { readTls } from "../tls/reading.ts";
import { capturedOf, counted, reframed, type Spoken, spoken } from "../tls/recorded.test-kit.ts";
import { verifiedFrames } from "../verified.ts";
import { redactCapture, throwAwayKey } from "./redact.ts";

const key = Uint8Array.from({ length: 16 }, (_, i) => 11 * i + 5);
const seed = Uint8Array.of(9, 9, 9);
const serial = fromHex("0000000077881234") as Uint8Array;
const model = Uint8Array.from("NES 83331-3I", (character) => character.charCodeAt(0));
const bt01 = concat(model, Uint8Array.of(4, 30, 0x38, 0xcc), serial);
const table = tablesById.get("BT01")?.number ?? assert.fail();
const readAll = encodeRequest({ kind: "read", table, count: bt01.length });
const readPart = encodeRequest({ kind: "read-at", table, offset: 20, count: 4 });
const exchanges = [
  [readAll, encodeResponse({ kind: "data", data: bt01 })],
  [readPart, encodeResponse({ kind: "data", data: serial.slice(4) })],
] as const;
const conversation = (options: Partial<Parameters<typeof spoken>[0]> = {}) => spoken({ key, exchanges, ...options });
const redact = (messages: readonly Spoken[], under: Uint8Array | undefined = key) =>
  redactCapture(capturedOf(messages), { key: under, seed });
const bytesOf = (capture: ReturnType<typeof redact>["capture"]): Uint8Array[] =>
  capture.entries.map((entry) => ("bytes" in entry ? entry.bytes : assert.fail()));
const said = (capture: ReturnType<typeof redact>["capture"]): Uint8Array[] =>
  verifiedFrames(piecesOf(capture), throwAwayKey).map(({ request, response }) => response ?? request.apdu);
const places = { hello: 11, random: 32 } as const;

describe("redact, inside TLS", () => {
  for (const extendedMasterSecret of [false, true])
    test(`seals every session again, ${extendedMasterSecret ? "with" : "without"} extended master secret`, () => {
      const messages = [
        ...conversation({ extendedMasterSecret, parts: false }),
        ...conversation({ extendedMasterSecret, seed: 4, level: "advanced" }),
      ];
      const { capture, sealed, scrambled } = redact(messages);
      // All but the bare code that answers the farewell, of which nothing has to be hidden.
      assert.deepEqual([sealed, scrambled], [messages.length - 1, 0]);
      const { handshakes } = readTls(piecesOf(capture), throwAwayKey);
      assert.deepEqual(
        handshakes.map(({ session }) => [session?.name, session?.serverFinished, session?.extendedMasterSecret]),
        [
          [{ clientId: 0x1234, level: "basic" }, true, extendedMasterSecret],
          [{ clientId: 0x1234, level: "advanced" }, true, extendedMasterSecret],
        ],
      );
      const [asked, answer, , part] = said(capture);
      assert.deepEqual(asked, readAll);
      assert.deepEqual(answer?.subarray(3, 19), bt01.subarray(0, 16), "what the device is stays");
      const made = toHex((answer as Uint8Array).subarray(19));
      assert.match(made, /^00000000[1-9]\d{7}$/);
      assert.notEqual(made, toHex(serial));
      assert.equal(toHex((part as Uint8Array).subarray(3)), made.slice(8), "the same value has the same pseudonym");
      assert.equal(said(capture).length, 8);
    });

  test("keeps lengths, codes, the numbers of records and what hellos offer, and no random", () => {
    const messages = conversation();
    const after = bytesOf(redact(messages).capture);
    for (const [index, { bytes }] of messages.entries()) {
      const now = after[index] as Uint8Array;
      assert.deepEqual([now.length, toHex(now.subarray(0, 8))], [bytes.length, toHex(bytes.subarray(0, 8))]);
      if (index >= 4 && bytes.length > 20)
        assert.deepEqual(now.subarray(8, 16), bytes.subarray(8, 16), "explicit nonce");
    }
    const { hello, random } = places;
    for (const index of [0, 1]) {
      const [before, now] = [messages[index]?.bytes as Uint8Array, after[index] as Uint8Array];
      const at = hello + 3;
      assert.notEqual(toHex(now.subarray(at, at + random)), toHex(before.subarray(at, at + random)));
    }
    const client = messages[0]?.bytes as Uint8Array;
    assert.equal(
      toHex((after[0] as Uint8Array).subarray(hello + 3 + random)),
      toHex(client.subarray(hello + 3 + random)),
    );
    // Nothing that was encrypted or derived under the key is left.
    const file = after.map((bytes) => toHex(bytes)).join(" ");
    for (const { bytes } of messages)
      for (let at = 16; at + 12 <= bytes.length && bytes.length > 20; at += 12)
        if (new Set(bytes.subarray(at, at + 12)).size > 8)
          assert.ok(!file.includes(toHex(bytes.subarray(at, at + 12))));
  });

  test("keeps type and length of records that do not verify, and the alert that a meter sends in the clear", () => {
    const messages = conversation({ parts: false });
    const damaged = messages.with(5, {
      dir: "rx",
      bytes: (messages[5] as Spoken).bytes.map((byte, index) => (index === 30 ? byte ^ 1 : byte)),
    });
    const alert = { dir: "rx" as const, bytes: frameOf(Uint8Array.of(1, 21, 3, 3, 0, 2, 2, 20)) };
    const { capture, sealed, scrambled } = redact([...damaged, alert]);
    assert.deepEqual([sealed, scrambled], [messages.length - 1, 2], "an alert in the clear verifies nothing");
    const after = bytesOf(capture);
    assert.equal(toHex((after[5] as Uint8Array).subarray(0, 8)), toHex((damaged[5] as Spoken).bytes.subarray(0, 8)));
    assert.notEqual(toHex((after[5] as Uint8Array).subarray(16)), toHex((damaged[5] as Spoken).bytes.subarray(16)));
    assert.deepEqual(after.at(-1), alert.bytes);
    assert.equal(said(capture).length, 3);
  });

  test("hides what a ChangeCipherSpec carries, which has no room for anything", () => {
    const messages = conversation({ parts: false });
    const flight = (messages[2] as Spoken).bytes;
    const change = toHex(flight).indexOf("1403030001") / 2;
    assert.ok(change > 0);
    const stuffed = concat(
      flight.subarray(2, change),
      Uint8Array.of(20, 3, 3, 0, 1 + serial.length, 1),
      serial,
      flight.subarray(change + 6),
    );
    const after = conversation({ parts: false, seed: 4 });
    const { capture } = redact([...messages.with(2, { dir: "tx", bytes: frameOf(stuffed) }), ...after]);
    assert.ok(!bytesOf(capture).some((bytes) => toHex(bytes).includes(toHex(serial))));
  });

  test("hides what others put into a hello, also where the session does not verify", () => {
    const [first, ...rest] = conversation() as [Spoken, ...Spoken[]];
    const secret = Uint8Array.from("UT-77881234.example", (character) => character.charCodeAt(0));
    const name = concat(Uint8Array.of(0, 0, 0, secret.length), secret);
    const offer = (body: Uint8Array): Uint8Array => {
      const fixed = body.slice(6 + 4, 6 + 4 + 2 + 32 + 1 + 6 + 2);
      const extensions = concat(Uint8Array.of(0, name.length), name);
      const hello = concat(Uint8Array.of(1, 0, 0, fixed.length + extensions.length), fixed, extensions);
      return concat(Uint8Array.of(0x58, 22, 3, 3, 0, hello.length), hello);
    };
    // The session does not verify any more, since its client said something else; the hello is redacted all the same.
    const { capture } = redact([
      { dir: "tx", bytes: reframed(first.bytes, offer) },
      ...rest,
      ...conversation({ seed: 3 }),
    ]);
    const [hello] = bytesOf(capture);
    assert.ok(!toHex(hello as Uint8Array).includes(toHex(secret.subarray(0, 4))));
    const { handshakes } = readTls(piecesOf(capture), throwAwayKey);
    assert.deepEqual(
      handshakes.map(({ session }) => session !== undefined),
      [false, true],
    );
  });

  test("hides a hint and a name that no meter knows, and the session opens all the same", () => {
    const [hint, identity] = ["UT-77881234", "Elm Street 5"].map((text) =>
      Uint8Array.from(text, (character) => character.charCodeAt(0)),
    ) as [Uint8Array, Uint8Array];
    const client = new TlsClient({ identity, key, entropy: counted(1) });
    const server = new TlsServer({ keyOf: () => key, entropy: counted(2), hint });
    const steps: Spoken[] = [];
    const say = (dir: "tx" | "rx", code: number, records: Uint8Array): Uint8Array => {
      steps.push({ dir, bytes: frameOf(concat(Uint8Array.of(code), records)) });
      return records;
    };
    const flight = client.receive(say("rx", 0, server.receive(say("tx", 0x58, client.start())).reply)).reply;
    client.receive(say("rx", 0, server.receive(say("tx", 0x59, flight)).reply));
    say("tx", 0x80, client.send(readAll));
    const { capture } = redact(steps);
    const file = bytesOf(capture)
      .map((bytes) => toHex(bytes))
      .join(" ");
    for (const secret of [hint, identity]) {
      assert.ok(steps.some(({ bytes }) => toHex(bytes).includes(toHex(secret))));
      assert.ok(!file.includes(toHex(secret.subarray(0, 5))));
    }
    assert.deepEqual(said(capture), [readAll]);
  });

  test("a Finished of the meter that does not fit, does not fit afterwards", () => {
    const messages = conversation();
    const bent = (messages[3] as Spoken).bytes.map((byte, index) => (index === 40 ? byte ^ 1 : byte));
    const { capture } = redact(messages.with(3, { dir: "rx", bytes: bent }));
    const { handshakes } = readTls(piecesOf(capture), throwAwayKey);
    assert.equal(handshakes[0]?.session?.serverFinished, false);
    assert.equal(said(capture).length, 4);
  });

  test("refuses a capture that begins in the middle, with the key, and says why; without it lengths and codes are left", () => {
    const middle = conversation().slice(4);
    assert.throws(() => redact(middle), {
      code: "capture",
      message: /TLS opens only where the handshake .* was captured/,
    });
    const { capture, sealed } = redactCapture(capturedOf(middle), { key: undefined, seed });
    assert.equal(sealed, 0);
    const kept = bytesOf(capture).map((bytes) => toHex(bytes.subarray(0, 8)));
    assert.deepEqual(
      kept,
      middle.map(({ bytes }) => toHex(bytes.subarray(0, 8))),
    );
  });

  test("after any damage the redacted capture opens as far as the original", () => {
    const whole = [...conversation(), ...conversation({ seed: 6 })];
    const change = fc.record({
      at: fc.nat(whole.length - 1),
      byte: fc.nat(600),
      value: fc.integer({ min: 1, max: 255 }),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 4 }), fc.array(fc.nat(whole.length - 1)), (changes, twice) => {
        const messages = whole.map(({ dir, bytes }) => ({ dir, bytes: bytes.slice() }));
        for (const { at, byte, value } of changes) {
          const { bytes } = messages[at] as Spoken;
          const place = 2 + (byte % (bytes.length - 2));
          bytes[place] = (bytes[place] as number) ^ value;
        }
        const sent = messages.flatMap((message, index) => (twice.includes(index) ? [message, message] : [message]));
        const before = capturedOf(sent);
        const opened = (capture: typeof before, under: Uint8Array) =>
          verifiedFrames(piecesOf(capture), under).map(({ piece, request, late }) => [
            piece.start,
            toHex(request.apdu),
            late,
          ]);
        if (opened(before, key).length === 0) return;
        const { capture } = redact(sent);
        assert.deepEqual(opened(capture, throwAwayKey), opened(before, key));
        assert.ok(!bytesOf(capture).some((bytes) => toHex(bytes).includes("77881234")));
      }),
      { numRuns: 60 },
    );
  });
});
