import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { chances } from "./raw-http.test-kit.ts";
import { closeFrame, FrameReader, pongFrame, type Received, textFrame } from "./web-socket-frames.ts";

/** A frame as a client sends it. */
const masked = (
  opcode: number,
  payload: Uint8Array | string,
  { final = true, mask = [1, 2, 3, 4] } = {},
): Uint8Array => {
  const bytes = typeof payload === "string" ? new TextEncoder().encode(payload) : payload;
  const length = bytes.length < 126 ? [0x80 | bytes.length] : [0x80 | 126, bytes.length >> 8, bytes.length & 0xff];
  return Uint8Array.of(
    (final ? 0x80 : 0) | opcode,
    ...length,
    ...mask,
    ...bytes.map((byte, n) => byte ^ (mask[n % 4] ?? 0)),
  );
};

const read = (...frames: readonly Uint8Array[]): readonly Received[] => {
  const reader = new FrameReader();
  return frames.flatMap((frame) => reader.push(frame));
};

describe("frames of a WebSocket", () => {
  test("the masked example of RFC 6455, section 5.7, is read, and the unmasked one is written", () => {
    const hello = Uint8Array.of(0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58);
    assert.deepEqual(read(hello), [{ kind: "text", text: "Hello" }]);
    assert.deepEqual([...textFrame("Hello")], [0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]);
    assert.deepEqual([...textFrame("x".repeat(256)).slice(0, 4)], [0x81, 0x7e, 0x01, 0x00]);
    assert.deepEqual([...closeFrame(1000)], [0x88, 0x02, 0x03, 0xe8]);
    assert.deepEqual([...pongFrame(Uint8Array.of(7))], [0x8a, 0x01, 0x07]);
  });

  test("a message may come in any pieces, and in several frames with a ping between them", () => {
    const bytes = [
      ...masked(1, "one ", { final: false }),
      ...masked(9, "p"),
      ...masked(0, "two"),
      ...masked(1, "three"),
    ];
    const expected: readonly Received[] = [
      { kind: "ping", bytes: new TextEncoder().encode("p") },
      { kind: "text", text: "one two" },
      { kind: "text", text: "three" },
    ];
    assert.deepEqual(read(Uint8Array.from(bytes)), expected);
    assert.deepEqual(read(...bytes.map((byte) => Uint8Array.of(byte))), expected);
  });

  test("each broken rule ends the connection with its code, and nothing is read afterwards", () => {
    const cases: readonly (readonly [string, Uint8Array, number])[] = [
      ["not masked", Uint8Array.of(0x81, 0x01, 0x41), 1002],
      ["a reserved bit", Uint8Array.of(0xc1, 0x80, 0, 0, 0, 0), 1002],
      ["an unknown opcode", masked(3, "x"), 1002],
      ["a continuation of nothing", masked(0, "x"), 1002],
      ["a ping in several frames", masked(9, "x", { final: false }), 1002],
      ["a long ping", masked(9, "x".repeat(126)), 1002],
      ["binary", masked(2, "x"), 1003],
      ["no UTF-8", masked(1, Uint8Array.of(0xff)), 1007],
      ["a long message", masked(1, "x".repeat(4_097)), 1009],
      ["a length of eight bytes", Uint8Array.of(0x81, 0xff, 0, 0, 0, 1, 0, 0, 0, 0), 1009],
      ["goodbye", masked(8, Uint8Array.of(3, 232)), 1000],
    ];
    for (const [name, bytes, code] of cases)
      assert.deepEqual(read(bytes, masked(1, "more")), [{ kind: "end", code }], name);
    const parts = Array.from({ length: 5 }, (_, n) => masked(n === 0 ? 1 : 0, "x".repeat(1_000), { final: false }));
    assert.deepEqual(read(...parts), [{ kind: "end", code: 1009 }], "a long message in short frames");
    assert.deepEqual(read(masked(1, "a", { final: false }), masked(1, "b")), [{ kind: "end", code: 1002 }]);
  });

  test("10,000 mutated streams throw nothing and give no message beyond the limit", () => {
    const seed = Number(process.env.METERPORT_TEST_SEED ?? Date.now() % 1e9);
    const chance = chances(seed);
    for (let n = 0; n < 10_000; n++) {
      const bytes = [masked(1, '{"id":1,"method":"EM.GetStatus"}'), masked(9, "p"), masked(8, "")].flatMap((each) => [
        ...each,
      ]);
      for (let changes = chance(5); changes >= 0; changes--) bytes[chance(bytes.length)] = chance(256);
      const reader = new FrameReader();
      for (let at = 0; at < bytes.length; ) {
        const next = at + 1 + chance(20);
        for (const event of reader.push(Uint8Array.from(bytes.slice(at, next))))
          if (event.kind === "text") assert.ok(event.text.length <= 4_096, `seed ${seed}`);
        at = next;
      }
    }
  });
});
