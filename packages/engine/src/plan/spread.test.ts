import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { nextRead } from "./rhythm.ts";
import { firstTick, phaseOf } from "./spread.ts";

for (const [what, nameOf] of [
  ["numbered", (i: number) => `meter-${i}`],
  ["with serial numbers", (i: number) => `NES-000${7_000_000 + 4 * i}`],
] as const)
  test(`20,000 points ${what} are spread evenly: no twentieth of a second has twice its share`, () => {
    const interval = 10_000;
    const slots = new Array<number>(200).fill(0);
    for (let i = 0; i < 20_000; i++) {
      const slot = Math.floor(phaseOf(nameOf(i), interval) / 50);
      slots[slot] = (slots[slot] as number) + 1;
    }
    assert.ok(Math.max(...slots) < 200, `${Math.max(...slots)} where 100 is even`);
    assert.ok(Math.min(...slots) > 50, `${Math.min(...slots)} where 100 is even`);
  });

test("property: the tick after a first read is on the point's phase, 0.25 to 1.25 intervals later, and the rhythm goes on from it", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 10 ** 9 }),
      fc.string(),
      fc.integer({ min: 250, max: 3_600_000 }),
      (now, id, interval) => {
        const phase = phaseOf(id, interval);
        const began = firstTick(now, phase, interval);
        assert.ok(began - now >= 0.25 * interval - 1e-3 && began - now <= 1.25 * interval + 1e-3);
        assert.equal(nextRead({ began, interval }, now), began);
        assert.equal(nextRead({ began, interval }, began), began + interval);
      },
    ),
  );
});

test("property: a phase is within the interval and a whole multiple of 50 ms, or of a twentieth of a short interval", () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 0, max: 3_600_000 }), (id, interval) => {
      const phase = phaseOf(id, interval);
      assert.ok(phase >= 0 && (phase < interval || interval === 0), `${phase}`);
      const steps = interval === 0 ? 0 : phase / Math.min(50, interval / 20);
      assert.ok(Math.abs(steps - Math.round(steps)) < 1e-6, `${phase}`);
    }),
  );
});
