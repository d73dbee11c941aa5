import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { pointTotal } from "./point-total.ts";

const register = "energy_import_wh";
const none = { end: null, to: null };

test("one meter is its own total, and no meter the value", () => {
  assert.equal(pointTotal([], register, 7), 7);
  assert.equal(pointTotal([{ from: 0, ...none, start: { [register]: 5 } }], register, 7), 7);
});

test("a register that only the new meter has begins with it", () => {
  const old = { from: 0, to: 9, start: { [register]: 5 }, end: { [register]: 6 } };
  assert.equal(pointTotal([old, { from: 10, ...none, start: { energy_export_wh: 3 } }], "energy_export_wh", 4), 4);
});

test("what an earlier meter counted is unknown without its end", () => {
  const old = { from: 0, to: 9, start: { [register]: 5 }, end: {} };
  assert.equal(pointTotal([old, { from: 10, ...none, start: { [register]: 0 } }], register, 4), null);
  const dumb = { from: 10, ...none, start: {} };
  assert.equal(pointTotal([{ ...old, end: { [register]: 9 } }, dumb], register, 4), null);
});

test("property: the total rises by exactly what was used, over exchanges and rollovers", () => {
  const life = fc.record({
    start: fc.nat(1e9 - 1),
    used: fc.array(fc.nat(50_000_000), { minLength: 1, maxLength: 30 }),
  });
  fc.assert(
    fc.property(fc.array(life, { minLength: 1, maxLength: 6 }), (lives) => {
      const devices: Parameters<typeof pointTotal>[0][number][] = [];
      let expected = lives[0]?.start ?? 0;
      lives.forEach(({ start, used }, n) => {
        let [value, carried] = [start, 0];
        const device = { from: n, ...none, start: { [register]: start } };
        for (const wh of used) {
          expected += wh;
          carried += value + wh >= 1e9 ? 1e9 : 0;
          value = (value + wh) % 1e9;
          assert.equal(
            pointTotal([...devices, { ...device, carried: { [register]: carried } }], register, value),
            expected,
          );
        }
        devices.unshift({ ...device, to: n, end: { [register]: value }, carried: { [register]: carried } });
      });
    }),
  );
});
