import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { cutRange, joinRanges } from "./ranges.ts";

const range = fc.record({ offset: fc.nat(3000), length: fc.integer({ min: 1, max: 40 }) });

describe("joinRanges", () => {
  test("joins only neighbours whose gap is cheaper than a request", () => {
    const ranges = [
      { offset: 0, length: 60 },
      { offset: 104, length: 24 },
    ];
    assert.deepEqual(joinRanges(ranges, { requestCost: 44, limit: 465 }), [{ offset: 0, length: 128 }]);
    assert.deepEqual(joinRanges(ranges, { requestCost: 43, limit: 465 }), ranges);
  });

  test("covers every wanted byte with reads no longer than the limit, and no two reads overlap", () => {
    fc.assert(
      fc.property(
        fc.array(range, { maxLength: 30 }),
        fc.nat(200),
        fc.integer({ min: 40, max: 500 }),
        (ranges, requestCost, limit) => {
          const reads = joinRanges(ranges, { requestCost, limit });
          const covered = new Set<number>();
          for (const { offset, length } of reads) {
            assert.ok(length >= 1 && length <= limit);
            for (let i = offset; i < offset + length; i++) {
              assert.ok(!covered.has(i), `byte ${i} is read twice`);
              covered.add(i);
            }
          }
          for (const { offset, length } of ranges)
            for (let i = offset; i < offset + length; i++) assert.ok(covered.has(i));
        },
      ),
    );
  });

  test("cuts a long read at the limit", () => {
    assert.deepEqual(cutRange({ offset: 10, length: 1000 }, 465), [
      { offset: 10, length: 465 },
      { offset: 475, length: 465 },
      { offset: 940, length: 70 },
    ]);
  });

  test("cuts where a value begins, and inside a value only if it is longer than the limit", () => {
    assert.deepEqual(cutRange({ offset: 10, length: 30 }, 12, [10, 14, 18, 22, 26, 30, 34, 38]), [
      { offset: 10, length: 12 },
      { offset: 22, length: 12 },
      { offset: 34, length: 6 },
    ]);
    assert.deepEqual(cutRange({ offset: 0, length: 30 }, 12, [0, 4, 29]), [
      { offset: 0, length: 4 },
      { offset: 4, length: 12 },
      { offset: 16, length: 12 },
      { offset: 28, length: 2 },
    ]);
  });
});
