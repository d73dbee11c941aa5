import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { concat, fromHex, toHex } from "../../bytes.ts";
import { encode, parseProfile } from "../../layout/index.ts";
import { encodeRequest, encodeResponse, type TableRequest } from "../../mep/frame/apdu.ts";
import { frameOf } from "../../mep/frame/frame.ts";
import { rc4Opener } from "../../mep/security/rc4/opener.ts";
import { mepIdentification, parseMepIdentification } from "../../tables/extended/mep-identification.ts";
import { transaction } from "../../tables/extended/transaction.ts";
import { ET52, ET53, tablesById } from "../../tables/index.ts";
import { type Capture, type CaptureEntry, captureHead, captureText, parseCapture } from "../capture.ts";
import { piecesOf } from "../pieces.ts";
import { sealAs, verifiedFrames } from "../verified.ts";
import { Pseudonyms } from "./pseudonyms.ts";
import { redactCapture, throwAwayKey } from "./redact.ts";

const key = Uint8Array.from({ length: 16 }, (_, i) => 11 * i + 5);
const seed = Uint8Array.of(9, 9, 9);
const ascii = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));
const header = parseCapture(captureHead({ started: "2026-01-31T12:00:00.000Z", link: "tcp" })).header;
const numberOf = (id: string): number => tablesById.get(id)?.number ?? assert.fail(id);

/** A capture of requests with the data that they bring, each sealed under the key. */
const captured = (
  exchanges: readonly (readonly [TableRequest, Uint8Array | undefined])[],
  encrypted = false,
): Capture => {
  const opener = rc4Opener({ basic: key, advanced: key });
  let t = 0;
  const entries = exchanges.flatMap(([request, data], index): CaptureEntry[] => {
    const { packet } = sealAs({ apdu: encodeRequest(request), sequence: 100 + index, encrypted }, key);
    const received = opener.open(packet.subarray(2));
    assert.ok(received.type === "request");
    const reply = received.reply(encodeResponse(data === undefined ? { kind: "done" } : { kind: "data", data }));
    t += 100;
    return [
      { t, dir: "tx", bytes: packet },
      { t: t + 20, dir: "rx", bytes: reply.subarray(0, 7) },
      { t: t + 30, dir: "rx", bytes: reply.subarray(7) },
    ];
  });
  return { header, entries };
};

/** What the redacted capture says, message by message: requests and responses in the clear. */
const said = (capture: Capture): Uint8Array[] =>
  verifiedFrames(piecesOf(capture), throwAwayKey).map(({ request, response }) => response ?? request.apdu);

const read = (id: string): TableRequest => ({ kind: "read", table: numberOf(id), count: undefined });
const readAt = (id: string, offset: number, count: number): TableRequest => ({
  kind: "read-at",
  table: numberOf(id),
  offset,
  count,
});
const redact = (capture: Capture, options: Partial<Parameters<typeof redactCapture>[1]> = {}) =>
  redactCapture(capture, { key, seed, ...options });

const utilityTable = concat(ascii("UT-77881234"), new Uint8Array(19 + 107), Uint8Array.of(1, 2), new Uint8Array(4));

describe("redact", () => {
  test("replaces what a table says by pseudonyms of the same kind, wherever the same value stands", () => {
    const serial = fromHex("0000000077881234") as Uint8Array;
    const bt01 = concat(ascii("NES 83331-3I"), Uint8Array.of(1, 0, 0x38, 0xcc), serial);
    const { capture, sealed, scrambled } = redact(
      captured([
        [read("BT01"), bt01],
        [read("ET03"), utilityTable],
        [readAt("BT01", 20, 4), serial.slice(4)],
      ]),
    );
    assert.deepEqual([sealed, scrambled], [6, 0]);
    const [, first, , utility, , part] = said(capture) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    assert.deepEqual(first.subarray(3, 19), bt01.subarray(0, 16), "what the device is stays");
    const made = toHex(first.subarray(19));
    assert.match(made, /^00000000[1-9]\d{7}$/);
    assert.notEqual(made, toHex(serial));
    assert.match(String.fromCharCode(...utility.subarray(3, 14)), new RegExp(`^[A-Z]{2}-${made.slice(8)}$`));
    assert.equal(toHex(part.subarray(3)), made.slice(8), "a part of a value is the part of its pseudonym");
    assert.equal(capture.header.key, toHex(throwAwayKey));
    assert.equal(capture.header.started, header.started);
  });

  test("gives the same pseudonyms with the same seed, and others with another", () => {
    const of = (bytes: Uint8Array) =>
      captureText(redact(captured([[read("ET03"), utilityTable]]), { seed: bytes }).capture);
    assert.equal(of(seed), of(seed.slice()));
    assert.notEqual(of(seed), of(Uint8Array.of(1)));
  });

  test("finds a value where no field announces it: as text, packed, turned round, as a number", () => {
    const number = new Uint8Array(4);
    new DataView(number.buffer).setUint32(0, 77_881_234, true);
    const texts = [ascii("77881234"), ascii("43218877"), ascii("34128877")];
    const hidden = [...texts, fromHex("77881234"), fromHex("34128877"), number, number.toReversed()];
    for (const form of hidden as Uint8Array[]) {
      const profileBlock = concat(new Uint8Array(40), form, new Uint8Array(20));
      const exchanges: [TableRequest, Uint8Array][] = [
        [readAt("BT64", 0, profileBlock.length), profileBlock],
        [read("ET03"), utilityTable],
      ];
      const { capture } = redact(captured(exchanges), { profile: parseProfile("meter:3.70") });
      assert.ok(!said(capture).some((bytes) => toHex(bytes).includes(toHex(form))), toHex(form));
    }
  });

  test("keeps the parts of a MEP client's identification", () => {
    const parts = { manufacturer: ascii("ABC"), deviceClass: 7, programId: ascii("PROG01"), uniqueId: ascii("SN0042") };
    const [, response] = said(redact(captured([[readAt("ET50", 0, 30), mepIdentification(parts)]])).capture);
    const found =
      parseMepIdentification((response as Uint8Array).slice(3)) ?? assert.fail("no identification any more");
    assert.deepEqual([found.manufacturer, found.deviceClass], [parts.manufacturer, 7]);
    assert.match(String.fromCharCode(...found.programId), /^[A-Z]{4}\d\d$/);
    assert.match(String.fromCharCode(...found.uniqueId), /^(?!SN0042)[A-Z]{2}\d{4}$/);
  });

  test("replaces unknown data: tables without a declaration, procedures, writes, what stands in transactions", () => {
    const secret = ascii("Elm Street 5");
    const serial = ascii("UT-77881234").slice(0, 11);
    const request = encodeRequest({ kind: "read-at", table: numberOf("ET03"), offset: 0, count: 11 });
    const asked = encode(ET52, transaction({ number: 5, messages: [request] }), {});
    const answer = encodeResponse({ kind: "data", data: serial });
    const answered = encode(ET53, transaction({ type: 1, number: 5, messages: [answer] }), {});
    const exchanges: [TableRequest, Uint8Array | undefined][] = [
      [{ kind: "read", table: 2048 + 95, count: undefined }, secret],
      [{ kind: "write", table: numberOf("BT07"), data: concat(Uint8Array.of(0x27, 8, 1), secret) }, undefined],
      [{ kind: "write-at", table: numberOf("ET13"), offset: 30, data: concat(secret, new Uint8Array(20)) }, undefined],
      [{ kind: "write", table: numberOf("ET52"), data: asked }, undefined],
      [read("ET53"), answered],
    ];
    for (const encrypted of [false, true]) {
      const { capture } = redact(captured(exchanges, encrypted));
      const messages = said(capture).map((bytes) => toHex(bytes));
      assert.equal(messages.length, 10);
      for (const message of messages)
        for (const text of [secret, serial]) assert.ok(!message.includes(toHex(text)), message);
      assert.ok(messages[6]?.endsWith(`${toHex(request)}0500`), "what was asked stays");
      assert.equal(messages[9]?.length, toHex(encodeResponse({ kind: "data", data: answered })).length);
    }
  });

  test("takes a header that was written by hand for what it may say", () => {
    for (const started of ["0000000077881234", "2026-01-31T12:00:00Z 77881234", "12:34"])
      assert.equal(
        redactCapture({ header: { ...header, started }, entries: [] }, { key: undefined, seed }).capture.header.started,
        "",
      );
  });

  test("keeps only length and code of a frame that does not verify, and noise as noise", () => {
    const capture = captured([[read("ET03"), utilityTable]]);
    const broken = capture.entries.map((entry, index): CaptureEntry => {
      if (index !== 2 || !("bytes" in entry)) return entry;
      const bytes = entry.bytes.slice();
      bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
      return { ...entry, bytes };
    });
    const noise: CaptureEntry = { t: 500, dir: "rx", bytes: ascii("UT-77881234") };
    const { capture: redacted, sealed, scrambled } = redact({ header, entries: [...broken, noise] });
    assert.deepEqual([sealed, scrambled], [1, 1]);
    const rx = toHex(piecesOf(redacted).streams.rx);
    for (const form of [ascii("UT-"), ascii("7788"), ascii("1234")]) assert.ok(!rx.includes(toHex(form)));
    assert.equal(rx.slice(0, 6), toHex(frameOf(new Uint8Array(154))).slice(0, 6));
    assert.ok(rx.endsWith("ff".repeat(11)));
  });

  test("refuses a key that fits nothing, and leaves lengths and codes without one", () => {
    const capture = captured([[read("ET03"), utilityTable]]);
    assert.throws(() => redact(capture, { key: new Uint8Array(16) }), {
      code: "capture",
      message: /no frame .* verifies/,
    });
    assert.equal(redact(capture, { key: undefined }).scrambled, 2);
  });

  test("takes any bytes, and changes no length, no time and no frame", () => {
    const chunk = fc.record({
      t: fc.nat(100_000),
      dir: fc.constantFrom("tx" as const, "rx" as const),
      bytes: fc.oneof(
        fc.uint8Array({ maxLength: 60 }),
        fc.uint8Array({ minLength: 1, maxLength: 60 }).map(frameOf),
        fc.constant(new Uint8Array(2)),
      ),
    });
    const entry = fc.oneof(
      { weight: 9, arbitrary: chunk },
      fc.record({ t: fc.nat(), event: fc.constant("broken" as const) }),
    );
    const some = captured([
      [read("ET03"), utilityTable],
      [read("BT21"), new Uint8Array(10)],
    ]).entries;
    fc.assert(
      fc.property(fc.array(entry), fc.array(entry), (before, behind) => {
        const capture: Capture = { header, entries: [...before, { t: 0, event: "opened" }, ...some, ...behind] };
        const { capture: redacted } = redact(capture);
        const shape = (of: Capture) =>
          of.entries.map((each) => ("bytes" in each ? [each.t, each.dir, each.bytes.length] : [each.t, each.event]));
        assert.deepEqual(shape(redacted), shape(capture));
        const frames = (of: Capture) =>
          piecesOf(of).pieces.flatMap(({ dir, kind, start, end }) =>
            kind === "cut" || kind === "noise" ? [] : [`${dir} ${kind} ${start} ${end}`],
          );
        assert.deepEqual(frames(redacted), frames(capture));
      }),
    );
  });
});

describe("pseudonyms", () => {
  test("have the length and the class of every character, differ from the value, and come again", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9 -]{4,20}$/), (text) => {
        const pseudonyms = new Pseudonyms(seed);
        const made = pseudonyms.text(text);
        const classes = (of: string) => of.replace(/[A-Z]/g, "A").replace(/[a-z]/g, "a").replace(/\d/g, "0");
        assert.equal(classes(made), classes(text));
        assert.equal(pseudonyms.text(text), made);
        if (/[1-9A-Za-z]/.test(text)) assert.notEqual(made, text);
      }),
    );
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 40 }),
        fc.constantFrom("raw", "digits", "text"),
        (bytes, kind) => {
          const made = new Pseudonyms(seed).of(bytes, kind as "raw");
          assert.equal(made.length, bytes.length);
        },
      ),
    );
  });
});
