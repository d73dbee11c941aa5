import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { defaultRates, lineTime, misfits, type PointRates, rateProblem, setNames, usualCosts } from "./sets.ts";

const rates: fc.Arbitrary<PointRates> = fc.record(
  Object.fromEntries(setNames.map((name) => [name, fc.integer({ min: 100, max: 3_600_000 })])),
  { requiredKeys: [] },
);
const bauds = fc.constantFrom(300, 2_400, 9_600, 19_200, 115_200);

const load = (wanted: PointRates, baud: number): number =>
  setNames.reduce((sum, name) => {
    const interval = wanted[name];
    return interval === undefined ? sum : sum + lineTime(usualCosts[name], baud) / interval;
  }, 0);

for (const [what, wanted, baud, problem] of [
  ["the defaults fit", defaultRates, 9_600, undefined],
  ["the defaults fit at 2400 baud too", defaultRates, 2_400, undefined],
  ["power four times a second beside a live set each 2 s", { ...defaultRates, power: 250 }, 9_600, undefined],
  [
    "more than the line has",
    { live: 500, power: 100 },
    9_600,
    "at 9600 baud the line has no time for power each 0.1 s: set power to 0.47 s or more",
  ],
  [
    "a live set that takes longer than its interval leaves room for others",
    { live: 250, clock: 60_000 },
    9_600,
    "at 9600 baud the line has no time for live each 0.25 s: set live to 0.37 s or more",
  ],
  [
    "where nobody knows the line, the meter's own limit counts",
    { live: 1_000, power: 100 },
    Number.POSITIVE_INFINITY,
    "a meter takes a request each 0.1 s, which leaves no time for power each 0.1 s: set power to 0.17 s or more",
  ],
  [
    "several sets",
    { live: 1_000, registers: 1_000, profile: 1_000 },
    9_600,
    "at 9600 baud the line has no time for profile each 1 s: set profile to 13 s or more",
  ],
] as const)
  test(`the line's time: ${what}`, () => {
    assert.equal(rateProblem(wanted, baud), problem);
  });

test("property: what is said to fit fits, and what is proposed fits", () => {
  fc.assert(
    fc.property(rates, bauds, (wanted, baud) => {
      const found = misfits(wanted, baud);
      if (found.length === 0) assert.ok(load(wanted, baud) <= 0.8 + 1e-9);
      // Mending one after the other ends with rates that fit.
      let mended = wanted;
      for (let step = 0; step <= setNames.length; step++) {
        const [first] = misfits(mended, baud);
        if (first === undefined) break;
        mended = { ...mended, [first.set]: first.fits };
      }
      assert.deepEqual(misfits(mended, baud), []);
      assert.ok(load(mended, baud) <= 0.8 + 1e-6);
    }),
  );
});
