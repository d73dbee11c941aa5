import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { concat, fromHex } from "../../bytes.ts";
import { alertBytes, believedBody, Deframer, type FrameEvent, frameOf, shownGarbage } from "./frame.ts";

const bytes = (hex: string): Uint8Array => fromHex(hex) as Uint8Array;

/** Pushes in pieces of the given sizes, the rest at once. */
const push = (stream: Uint8Array, sizes: readonly number[]): { events: FrameEvent[]; deframer: Deframer } => {
  const deframer = new Deframer();
  const events: FrameEvent[] = [];
  let at = 0;
  for (const size of [...sizes, stream.length]) {
    events.push(...deframer.push(stream.subarray(at, at + size)));
    at += size;
  }
  return { events, deframer };
};

describe("frameOf", () => {
  test("puts a big-endian length in front", () => {
    assert.deepEqual(frameOf(new Uint8Array(0x123)).subarray(0, 2), bytes("0123"));
    assert.deepEqual(alertBytes(), bytes("0000"));
  });
  test("refuses what cannot be a frame", () => {
    assert.throws(() => frameOf(new Uint8Array(0)), RangeError);
    assert.throws(() => frameOf(new Uint8Array(0x10000)), RangeError);
  });
});

describe("Deframer", () => {
  const stream = bytes("0000 0003 010203 0000 0000 0001 ff 0002 00");
  const expected: FrameEvent[] = [
    { type: "alert" },
    { type: "frame", body: bytes("010203") },
    { type: "alert" },
    { type: "alert" },
    { type: "frame", body: bytes("ff") },
  ];

  test("finds frames and alerts, and says what is pending", () => {
    const { events, deframer } = push(stream, []);
    assert.deepEqual(events, expected);
    assert.equal(deframer.pending, 3);
    assert.equal(deframer.announced, 4);
    assert.deepEqual(deframer.reset(), { garbage: undefined, unfinished: bytes("000200") });
    assert.equal(deframer.pending, 0);
    assert.equal(deframer.announced, undefined);
  });

  test("gives the same byte by byte", () => {
    assert.deepEqual(push(stream, Array(stream.length).fill(1)).events, expected);
  });

  test("slides over a byte of noise in front of a reply", () => {
    assert.deepEqual(push(bytes("ff 0001 0b"), []).events, [
      { type: "garbage", bytes: bytes("ff"), length: 1 },
      { type: "frame", body: bytes("0b") },
    ]);
  });

  test("believes no length above its bound and shows only the beginning of noise", () => {
    const most = concat(Uint8Array.of(believedBody >> 8, believedBody & 0xff), new Uint8Array(believedBody));
    assert.equal(push(most, []).events[0]?.type, "frame");
    const { events, deframer } = push(new Uint8Array(5000).fill(0xee), []);
    assert.deepEqual(events, []);
    assert.equal(deframer.pending, 1);
    const { garbage } = deframer.reset();
    assert.ok(garbage?.type === "garbage");
    assert.equal(garbage.length, 4999);
    assert.equal(garbage.bytes.length, shownGarbage);
  });

  test("keeps no reference to what was pushed", () => {
    const chunk = bytes("000201");
    const deframer = new Deframer();
    deframer.push(chunk);
    chunk.fill(0x77);
    assert.deepEqual(deframer.push(bytes("02")), [{ type: "frame", body: bytes("0102") }]);
  });

  test("gives the same events for any chunking of any bytes", () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 6 }),
      fc.uint8Array({ minLength: 1, maxLength: 300 }).map(frameOf),
      fc.constant(alertBytes()),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), fc.array(fc.nat({ max: 40 })), (pieces, sizes) => {
        const all = concat(...pieces);
        const whole = push(all, []);
        const cut = push(all, sizes);
        assert.deepEqual(cut.events, whole.events);
        assert.deepEqual(cut.deframer.reset(), whole.deframer.reset());
      }),
      { numRuns: 500 },
    );
  });

  test("loses no byte", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (all) => {
        const { events, deframer } = push(all, []);
        const { garbage, unfinished } = deframer.reset();
        let count = unfinished.length;
        for (const event of garbage === undefined ? events : [...events, garbage]) {
          count += event.type === "frame" ? 2 + event.body.length : event.type === "alert" ? 2 : event.length;
        }
        assert.equal(count, all.length);
      }),
    );
  });
});
