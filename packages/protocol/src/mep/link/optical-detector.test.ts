import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { concat, fromHex } from "../../bytes.ts";
import { believedBody, frameOf } from "../frame/frame.ts";
import { OpticalDetector } from "./optical-detector.ts";

const bytes = (hex: string): Uint8Array => fromHex(hex) as Uint8Array;
/** Identification, with the CRC that is printed everywhere. */
const packet = bytes("ee 00 00 00 00 01 20 13 10");

/** Whether a packet was heard in these bytes, cut into pieces. */
const heard = (stream: Uint8Array, sizes: readonly number[] = []): boolean => {
  const detector = new OpticalDetector();
  let at = 0;
  for (const size of [...sizes, stream.length]) {
    detector.hear(stream.subarray(at, at + size), false, 0);
    at += size;
  }
  return detector.inSession(0);
};

describe("the detector for the optical port", () => {
  test("hears a packet among acknowledgements, alerts and frames, however it is cut", () => {
    const around = fc.array(
      fc.oneof(
        fc.constantFrom(bytes("06"), bytes("15"), bytes("00 00"), bytes("ee"), bytes("ee 00 00")),
        fc.uint8Array({ minLength: 1, maxLength: 40 }).map(frameOf),
      ),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(around, around, fc.array(fc.nat({ max: 9 })), (before, after, sizes) => {
        // What began before it may hold it back until there is more than it could have wanted.
        const stream = concat(...before, packet, ...after, new Uint8Array(2 * believedBody));
        assert.ok(heard(stream, sizes));
      }),
    );
  });

  test("hears nothing in damaged packets, nor in what has none", () => {
    for (let at = 0; at < packet.length; at++)
      for (let bit = 0; bit < 8; bit++) assert.ok(!heard(packet.with(at, (packet[at] as number) ^ (1 << bit))));
    fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (noise) => !heard(noise)));
  });

  test("starts over after a silence", () => {
    const detector = new OpticalDetector();
    detector.hear(bytes("ee 00 00 00 02"), false, 0);
    detector.hear(packet, false, 10);
    assert.equal(detector.inSession(10), false, "it may belong to what has begun");
    detector.hear(bytes("ee 00 00 00 02"), true, 1_000);
    detector.hear(packet, true, 2_000);
    assert.deepEqual(
      [2_000, 7_999, 8_000].map((now) => detector.inSession(now)),
      [true, true, false],
    );
  });
});
