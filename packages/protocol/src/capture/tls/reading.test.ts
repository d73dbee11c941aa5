import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { guideKey, guideTls } from "../../../vectors/guide.ts";
import { concat, fromHex, toHex } from "../../bytes.ts";
import { frameOf } from "../../mep/frame/frame.ts";
import { piecesOf } from "../pieces.ts";
import { verifiedFrames } from "../verified.ts";
import { readTls, type TlsFrame } from "./reading.ts";
import { capturedOf, reframed, type Spoken, spoken } from "./recorded.test-kit.ts";

const bytes = (hex: string): Uint8Array => fromHex(hex) as Uint8Array;
const key = Uint8Array.from({ length: 16 }, (_, i) => 29 * i + 3);
const exchanges = Array.from(
  { length: 5 },
  (_, i) =>
    [Uint8Array.of(0x30, 0, i + 1, 0, 40), concat(Uint8Array.of(0, 0, 40), new Uint8Array(40).fill(i + 1))] as const,
);
const requests = exchanges.map(([request]) => toHex(request));
const responses = exchanges.map(([, response]) => toHex(response));
const session = (options: Partial<Parameters<typeof spoken>[0]> = {}) => spoken({ key, exchanges, ...options });

const read = (messages: readonly Spoken[], under: Uint8Array | "none" = key, mostFailures?: number) => {
  const { frames, handshakes } = readTls(
    piecesOf(capturedOf(messages)),
    under === "none" ? undefined : under,
    mostFailures,
  );
  return { list: [...frames.values()], handshakes };
};
const apdus = (list: readonly TlsFrame[], kind: "request" | "response"): string[] =>
  list.flatMap((frame) => (frame.kind === kind && "apdu" in frame ? [toHex(frame.apdu)] : []));
const kinds = (list: readonly TlsFrame[]): string[] =>
  list.map((frame) => (frame.kind === "closed" ? frame.why : frame.kind));
/** The handshake has four frames, then come request and response in turn. */
const requestAt = (index: number): number => 4 + 2 * index;
const bent = (message: Spoken, at: number): Spoken => ({
  ...message,
  bytes: message.bytes.map((byte, index) =>
    index === (at + message.bytes.length) % message.bytes.length ? byte ^ 1 : byte,
  ),
});

describe("the session that the guide prints (pp. 20-21), as a capture", () => {
  const { frames } = guideTls;
  const printed: Spoken[] = [
    { dir: "tx", bytes: bytes(frames.clientHello) },
    { dir: "rx", bytes: bytes(frames.serverHelloDone) },
    { dir: "tx", bytes: bytes(frames.clientFinished) },
    { dir: "rx", bytes: bytes(frames.serverFinished) },
    { dir: "tx", bytes: bytes(frames.request) },
    { dir: "rx", bytes: bytes(frames.response) },
  ];
  test("opens, and both Finished messages verify", () => {
    const { list, handshakes } = read(printed, bytes(guideKey));
    assert.deepEqual(
      list.map((frame) => (frame.kind === "handshake" ? frame.says.join() : frame.kind)),
      [
        "ClientHello",
        "ServerHello,ServerHelloDone",
        "ClientKeyExchange,ChangeCipherSpec,Finished",
        "ChangeCipherSpec,Finished",
        "request",
        "response",
      ],
    );
    const [handshake] = handshakes;
    assert.deepEqual(handshake?.name, { clientId: 100, level: "advanced" });
    assert.deepEqual([handshake?.session?.serverFinished, handshake?.session?.extendedMasterSecret], [true, false]);
    assert.deepEqual([apdus(list, "request"), apdus(list, "response")], [[guideTls.request], [guideTls.response]]);
    const verified = verifiedFrames(piecesOf(capturedOf(printed)), bytes(guideKey));
    assert.deepEqual(
      verified.map(({ response, request }) => toHex(response ?? request.apdu)),
      [guideTls.request, guideTls.response],
    );
  });
});

describe("sessions of a capture", () => {
  for (const extendedMasterSecret of [false, true])
    test(`open, one after another, ${extendedMasterSecret ? "with" : "without"} extended master secret`, () => {
      const first = session({ extendedMasterSecret, parts: false });
      const second = session({ extendedMasterSecret, level: "advanced", seed: 5 });
      const { list, handshakes } = read([...first, ...second]);
      assert.deepEqual(apdus(list, "request"), [...requests, ...requests]);
      assert.deepEqual(apdus(list, "response"), [...responses, ...responses]);
      assert.deepEqual(
        handshakes.map(({ session: of }) => [of?.name?.level, of?.extendedMasterSecret, of?.serverFinished]),
        [
          ["basic", extendedMasterSecret, true],
          ["advanced", extendedMasterSecret, true],
        ],
      );
      const last = list.findLast(({ kind }) => kind === "alert");
      assert.ok(last?.kind === "alert" && last.description === 0 && last.inside !== undefined, "the farewell");
      assert.ok(list.every((frame) => frame.kind !== "response" || !frame.late));
      const inNewSession = list.flatMap((frame) => (frame.kind === "request" ? [frame.inNewSession] : []));
      assert.deepEqual(
        inNewSession.filter((_, index) => index % requests.length === 0),
        [false, true],
      );
    });

  test("stay closed without the key, under another one, and where the capture begins in the middle", () => {
    const whole = session();
    assert.deepEqual(kinds(read(whole, "none").list).slice(4, 6), ["no-key", "no-key"]);
    const other = read(whole, key.toReversed());
    assert.deepEqual(kinds(other.list).slice(3, 6), ["handshake", "handshake-unverified", "handshake-unverified"]);
    assert.deepEqual(
      other.handshakes.map(({ failed }) => failed),
      [true],
    );
    const { list } = read([...whole.slice(requestAt(2)), ...session({ seed: 3 })]);
    assert.deepEqual(kinds(list).slice(0, 2), ["no-handshake", "no-handshake"]);
    assert.deepEqual(apdus(list, "response"), responses, "the next session opens");
  });

  test("stay closed where a step of the handshake is missing or damaged, but for the server's last", () => {
    const whole = session();
    for (let step = 0; step < 4; step++)
      for (const messages of [whole.toSpliced(step, 1), whole.with(step, bent(whole[step] as Spoken, -1))]) {
        const { list, handshakes } = read(messages);
        assert.deepEqual(apdus(list, "request"), step === 3 ? requests : [], `step ${step}`);
        if (step === 3) assert.notEqual(handshakes[0]?.session?.serverFinished, true);
      }
  });

  test("stay closed where the key fits and the Finished message does not: somebody has changed what was said before", () => {
    const whole = session({ extendedMasterSecret: false });
    // Without extended master secret the keys depend on the randoms alone.
    const [hello, , , finished] = whole as [Spoken, Spoken, Spoken, Spoken];
    const suites = 2 + 1 + 5 + 4 + 2 + 32 + 1 + 2;
    const changed = { ...hello, bytes: hello.bytes.map((byte, index) => (index === suites + 3 ? 0xa8 : byte)) };
    const { list, handshakes } = read(whole.with(0, changed));
    assert.deepEqual(apdus(list, "request"), []);
    assert.equal(handshakes[0]?.failed, true);
    const ticket = Uint8Array.of(22, 3, 3, 0, 10, 4, 0, 0, 6, 0, 0, 0, 1, 0, 0);
    const between = {
      ...finished,
      bytes: reframed(finished.bytes, (body) => concat(body.slice(0, 1), ticket, body.slice(1))),
    };
    const other = read(whole.with(3, between));
    assert.deepEqual(apdus(other.list, "request"), requests, "the client's was right");
    assert.equal(other.handshakes[0]?.session?.serverFinished, false);
  });

  test("go on after what is lost or damaged, in either direction", () => {
    const whole = session();
    for (const at of [requestAt(1), requestAt(1) + 1]) {
      const gap = read(whole.toSpliced(at, 1)).list;
      const damaged = read(whole.with(at, bent(whole[at] as Spoken, 20))).list;
      const asked = whole[at]?.dir === "tx";
      for (const list of [gap, damaged]) {
        assert.deepEqual(apdus(list, "request"), asked ? requests.toSpliced(1, 1) : requests);
        // The answer to a request that is not there is tied to the newest one that is, and is late for it.
        assert.equal(apdus(list, "response").length, asked ? 5 : 4);
      }
      assert.equal(kinds(damaged)[at], "unverified");
    }
  });

  test("say once what was sent twice, and echoes are told from it", () => {
    const whole = session();
    const twice = read(whole.flatMap((message) => [message, message])).list;
    assert.deepEqual(apdus(twice, "request"), requests);
    assert.deepEqual(apdus(twice, "response"), responses);
    assert.equal(
      twice.filter(({ kind }) => kind === "repeat").length,
      whole.length - 1,
      "all but the meter's bare code",
    );
    const echoed = read(
      whole.flatMap((message) => (message.dir === "tx" ? [message, { ...message, dir: "rx" as const }] : [message])),
    );
    assert.deepEqual(apdus(echoed.list, "response"), responses);
    const verified = verifiedFrames(piecesOf(capturedOf(whole.flatMap((message) => [message, message]))), key);
    assert.deepEqual(
      verified.filter(({ response, late }) => response !== undefined && late !== true).length,
      responses.length,
    );
  });

  test("open although an answer to an earlier hello comes first", () => {
    const [first, second] = [session({ seed: 8 }), session({ seed: 9 })];
    const stray = first[1] as Spoken;
    const { list } = read([first[0] as Spoken, second[0] as Spoken, stray, ...second.slice(1)]);
    assert.deepEqual(apdus(list, "response"), responses);
  });

  test("open where messages are cut into many records, and a flight into many messages", () => {
    const whole = session();
    const flight = whole[2] as Spoken;
    const cut = (from: number, to?: number): Spoken => ({
      dir: "tx",
      bytes: reframed(flight.bytes, (body) => concat(Uint8Array.of(0x59), body.subarray(1).slice(from, to))),
    });
    const exchange = 5 + 9;
    const pieces = [cut(0, exchange), cut(exchange, exchange + 6), cut(exchange + 6)];
    const hello = whole[1] as Spoken;
    const fragments = concat(
      ...Array.from(hello.bytes.slice(8, 8 + 40), (byte) => Uint8Array.of(22, 3, 3, 0, 1, byte)),
      Uint8Array.of(22, 3, 3, 0, (hello.bytes[7] as number) - 40),
      hello.bytes.slice(48),
    );
    const answer = { dir: "rx" as const, bytes: frameOf(concat(Uint8Array.of(0), fragments)) };
    const { list } = read([whole[0] as Spoken, answer, ...pieces, ...whole.slice(3)]);
    assert.deepEqual(apdus(list, "response"), responses);
  });

  test("an answer that comes after a new hello is late", () => {
    const whole = session();
    const at = requestAt(4) + 1;
    const late = [...whole.slice(0, at), ...session({ seed: 4 }).slice(0, 1), whole[at] as Spoken];
    const last = read(late).list.at(-1);
    assert.ok(last?.kind === "response" && last.late);
    const refused = [
      ...whole.slice(0, at),
      { dir: "rx" as const, bytes: frameOf(Uint8Array.of(1)) },
      whole[at] as Spoken,
    ];
    const behind = read(refused).list.at(-1);
    assert.ok(behind?.kind === "response" && behind.late, "its client believes the meter that there is no session");
  });

  test("are tried for a bounded time", () => {
    const whole = session();
    const rubbish = whole.slice(4, 6).flatMap((message) => Array.from({ length: 9 }, (_, i) => bent(message, -1 - i)));
    const { list } = read([...whole.slice(0, 4), ...rubbish, ...whole.slice(4)], key, 20);
    assert.equal(kinds(list).at(-1), "exhausted");
    assert.deepEqual(apdus(list, "request"), []);
    assert.deepEqual(apdus(read([...whole.slice(0, 4), ...rubbish, ...whole.slice(4)]).list, "request"), requests);
  });

  test("take any bytes, and open only what was said", () => {
    const whole = [...session(), ...session({ seed: 6, extendedMasterSecret: false })];
    const change = fc.record({
      at: fc.nat(whole.length - 1),
      byte: fc.nat(600),
      value: fc.integer({ min: 1, max: 255 }),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 6 }), fc.array(fc.nat(whole.length - 1)), (changes, lost) => {
        const messages = whole.map(({ dir, bytes }) => ({ dir, bytes: bytes.slice() }));
        for (const { at, byte, value } of changes) {
          const { bytes } = messages[at] as Spoken;
          const place = byte % bytes.length;
          bytes[place] = (bytes[place] as number) ^ value;
        }
        const left = messages.filter((_, index) => !lost.includes(index));
        const { list } = read(left);
        for (const apdu of apdus(list, "request")) assert.ok(requests.includes(apdu));
        for (const apdu of apdus(list, "response")) assert.ok(responses.includes(apdu));
      }),
      { numRuns: 60 },
    );
  });
});
