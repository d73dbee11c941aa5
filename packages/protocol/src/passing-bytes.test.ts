import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { passingCopy } from "./passing-bytes.ts";

test("property: copies have the bytes asked for, whatever happens to their source and whatever is copied after them", () => {
  const piece = fc.uint8Array({ maxLength: 700 }).chain((bytes) =>
    fc.record({
      bytes: fc.constant(bytes),
      from: fc.integer({ min: 0, max: bytes.length }),
      length: fc.integer({ min: 0, max: 700 }),
    }),
  );
  fc.assert(
    fc.property(fc.array(piece, { minLength: 100, maxLength: 200 }), (pieces) => {
      const copies = pieces.map(({ bytes, from, length }) => {
        const to = Math.min(bytes.length, from + length);
        const expected = [...bytes.slice(from, to)];
        const copy = passingCopy(bytes, from, to);
        bytes.fill(0xaa);
        return { copy, expected };
      });
      for (const { copy, expected } of copies) assert.deepEqual([...copy], expected);
    }),
    { numRuns: 30 },
  );
});
