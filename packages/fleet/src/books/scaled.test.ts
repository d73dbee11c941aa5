import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { mostInRegister, mostInSlot, numberOf, scaled } from "./scaled.ts";

/** Whether two decimals, each an integer times a power of ten, are the same. */
const isSame = (a: bigint, aDigits: number, b: bigint, bDigits: number): boolean => {
  const most = Math.max(aDigits, bDigits, 0);
  return a * 10n ** BigInt(most - aDigits) === b * 10n ** BigInt(most - bDigits);
};

test("steps of 1, 10 and 100 Wh keep every digit, whatever their number", () => {
  fc.assert(
    fc.property(fc.integer({ min: -21_474_836, max: 21_474_836 }), fc.constantFrom(1, 10, 100), (steps, unit) => {
      assert.deepEqual(scaled("energy_import_wh", steps * unit, mostInSlot), {
        raw: steps * unit,
        digits: 0,
        exact: true,
      });
    }),
    { numRuns: 2_000 },
  );
});

test("steps of a decimal keep every digit although the number that carries them has noise", () => {
  // 3 * 0.1 is 0.30000000000000004: the decimal that was meant has one place.
  assert.deepEqual(scaled("volume_m3", 3 * 0.1, mostInSlot), { raw: 300, digits: 3, exact: true });
  fc.assert(
    fc.property(fc.integer({ min: -2_147_483, max: 2_147_483 }), fc.integer({ min: 0, max: 9 }), (steps, places) => {
      const found = scaled("heat_kwh", steps * 10 ** -places, mostInSlot);
      assert.ok(found !== undefined);
      // What needs more than 32 bits at its own places cannot be exact, and says so.
      if (found.exact) assert.ok(isSame(BigInt(found.raw), found.digits, BigInt(steps), places));
      else assert.ok(Math.abs(steps) * 10 ** (9 - places) > mostInSlot);
    }),
    { numRuns: 5_000 },
  );
});

test("a register of 15 digits comes back as it was", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 999_999_999_999 }), fc.integer({ min: 0, max: 3 }), (count, places) => {
      const value = Number(`${count}e-${places}`);
      const found = scaled("energy_export_wh", value, mostInRegister);
      assert.equal(found?.exact, true);
      assert.equal(numberOf(BigInt(found?.raw ?? 0), found?.digits ?? 0), value);
    }),
    { numRuns: 2_000 },
  );
});

test("a value that no integer stands for is taken as the nearest one, and marked", () => {
  assert.deepEqual(scaled("energy_import_wh", 1 / 3, mostInSlot), { raw: 333_333_333, digits: 9, exact: false });
});

test("what is too large for units is kept in thousands, and nothing at all beyond", () => {
  assert.deepEqual(scaled("energy_import_wh", 3e9, mostInSlot), { raw: 3_000_000, digits: -3, exact: true });
  assert.equal(scaled("energy_import_wh", 3e9 + 1, mostInSlot)?.exact, false);
  assert.equal(scaled("energy_import_wh", 1e15, mostInSlot), undefined);
  assert.equal(scaled("energy_import_wh", Number.NaN, mostInSlot), undefined);
});
