import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decimals, inUnit, onWire, quantities, units, type WireUnit, wireUnits } from "./units.ts";

const all: readonly (readonly [string, WireUnit])[] = Object.entries(wireUnits);

test("every wire unit names a unit, and every quantity names a unit or none", () => {
  for (const [name, wire] of all) assert.ok(wire.unit in units, name);
  for (const [name, unit] of Object.entries(quantities)) assert.ok(unit === null || unit in units, name);
});

test("an integer in its unit prints with no more digits than the wire carries", () => {
  assert.equal(inUnit(229433, wireUnits.mV), 229.433);
  assert.equal(inUnit(-931, wireUnits["1/1000"]), -0.931);
  assert.equal(inUnit(12340, wireUnits["1/100 deg"]), 123.4);
  assert.equal(inUnit(3, wireUnits.min), 180);
  fc.assert(
    fc.property(fc.constantFrom(...all), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), ([, wire], raw) => {
      const value = inUnit(raw, wire);
      assert.equal(value, Number(value.toFixed(decimals(wire))));
      assert.equal(onWire(value, wire), raw);
    }),
  );
});
