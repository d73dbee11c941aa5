import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { UsageError } from "@meterport/protocol/errors";
import fc from "fast-check";
import { doubleMedian, share } from "./share.ts";

describe("share", () => {
  test("units that are left go to the largest remainders, of equal ones to the first", () => {
    assert.deepEqual(share(10, [1, 1, 1]), [4, 3, 3]);
    assert.deepEqual(share(10, [5, 3, 2]), [5, 3, 2]);
    assert.deepEqual(share(7, [1, 2, 4]), [1, 2, 4]);
    assert.deepEqual(share(1, [1, 3]), [0, 1]);
    assert.deepEqual(share(0, [1, 3]), [0, 0]);
  });

  test("equal parts are given if no weight says more, and nothing to nobody", () => {
    assert.deepEqual(share(5, [0, 0, 0]), [2, 2, 1]);
    assert.deepEqual(share(5, []), []);
  });

  test("parts add up to the amount and are less than one unit from their quota", () => {
    const weights = fc.array(fc.nat(2 ** 40), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(fc.maxSafeNat(), weights, (amount, given) => {
        const parts = share(amount, given);
        assert.equal(
          parts.reduce((sum, one) => sum + BigInt(one), 0n),
          BigInt(amount),
        );
        const total = given.reduce((sum, one) => sum + BigInt(one), 0n);
        for (const [n, weight] of given.entries()) {
          const off = BigInt(parts[n] ?? 0) * total - BigInt(amount) * BigInt(weight);
          assert.ok(total === 0n || (off < total && off > -total));
        }
      }),
    );
  });

  test("amounts and weights that are not whole or below 0 are refused", () => {
    for (const [amount, weights] of [
      [-1, [1]],
      [1, [-1]],
      [0.5, [1]],
      [1, [Number.NaN]],
    ] as const)
      assert.throws(() => share(amount, weights), UsageError);
  });
});

test("the double of a median is whole", () => {
  assert.equal(doubleMedian([5]), 10);
  assert.equal(doubleMedian([4, 1]), 5);
  assert.equal(doubleMedian([9, 1, 4]), 8);
  assert.equal(doubleMedian([]), undefined);
});

test("large numbers are shared as small ones of the same ratio", () => {
  fc.assert(
    fc.property(fc.nat(1_000_000), fc.array(fc.nat(3_000), { minLength: 1, maxLength: 96 }), (amount, weights) => {
      const large = weights.map((weight) => weight * 2 ** 40);
      assert.deepEqual(share(amount, large), share(amount, weights));
    }),
  );
});
