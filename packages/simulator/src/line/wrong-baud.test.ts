import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { heardAs } from "./wrong-baud.ts";

describe("bytes at another speed", () => {
  test("are themselves at the same, and nearly the same, speed", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.constantFrom(9600, 9400, 9800), (bytes, baud) => {
        assert.deepEqual(heardAs(bytes, baud, 9600), bytes);
      }),
    );
  });

  test("become what a UART samples", () => {
    // Sent at 9600: low for 9 bits, then high. At 4800 the middles of the bits lie at 3, 5, 7, 9 … of the sender's.
    assert.deepEqual(heardAs(Uint8Array.of(0), 9600, 4800), Uint8Array.of(0b11111000));
    // Sent at 4800: each bit is seen twice, and the start bit makes the first data bit a 0.
    assert.deepEqual(heardAs(Uint8Array.of(0xff), 4800, 9600), Uint8Array.of(0xfe));
    // A low that lasts longer than a byte is one byte, not several.
    assert.deepEqual(heardAs(Uint8Array.of(0), 300, 9600), Uint8Array.of(0));
  });

  test("are seldom themselves at twice the speed, and never more than there are edges", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 4, maxLength: 40 }),
        fc.constantFrom(300, 4800, 115_200),
        (bytes, baud) => {
          const heard = heardAs(bytes, 9600, baud);
          assert.ok(heard.length <= 5 * bytes.length);
          assert.notDeepEqual(heard, bytes);
        },
      ),
    );
  });
});
