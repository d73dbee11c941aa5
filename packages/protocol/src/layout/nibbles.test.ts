import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LayoutError } from "../errors.ts";
import { nibbles } from "./nibbles.ts";
import { decode, encode } from "./table.ts";

test("nibbles come high half first", () => {
  assert.deepEqual(decode(nibbles(2), Uint8Array.of(0x12, 0xf0), {}), [1, 2, 15, 0]);
  assert.deepEqual(nibbles(2).describe(), {
    kind: "bytes",
    length: "2",
    type: "ARRAY[2] of UINT8",
    size: 2,
    padding: undefined,
  });
});

test("nibbles encode to the bytes they came from", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20 }), (data) => {
      const layout = nibbles(data.length);
      assert.deepEqual(encode(layout, decode(layout, data, {}), {}), data);
    }),
  );
});

test("nibbles refuse other lengths and values", () => {
  for (const value of [[1], [1, 2, 3], [1, 16], [-1, 0], [0.5, 0]])
    assert.throws(() => encode(nibbles(1), value, {}), LayoutError);
  assert.throws(() => encode(nibbles(1), undefined as unknown as number[], {}), LayoutError);
  assert.throws(() => decode(nibbles(2), Uint8Array.of(1), {}), { code: "truncated" });
});
