import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Noise } from "./noise.ts";

test("units are spread evenly over [0, 1), for neighbouring slots, seeds and lanes", () => {
  const draws: ((n: number) => number)[] = [
    (n) => new Noise(1, "a").unit(n),
    (n) => new Noise(n, "a").unit(1),
    (n) => new Noise(1, "a").unit(1, n),
  ];
  for (const draw of draws) {
    const bins = new Array<number>(10).fill(0);
    for (let n = 0; n < 10_000; n++) {
      const value = draw(n);
      assert.ok(value >= 0 && value < 1);
      const bin = Math.floor(value * 10);
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
    for (const count of bins) assert.ok(Math.abs(count - 1000) < 150, `uneven: ${bins.join(" ")}`);
  }
});

test("names and seeds beyond 32 bits give streams of their own", () => {
  assert.notEqual(new Noise(1, "a").unit(0), new Noise(1, "b").unit(0));
  assert.notEqual(new Noise(1, "a").unit(0), new Noise(1 + 2 ** 32, "a").unit(0));
});

test("smooth noise stays within [-1, 1] and moves by little in little time", () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.double({ min: 0, max: 4e9, noNaN: true }),
      fc.integer({ min: 2, max: 10_000 }),
      (seed, time, period) => {
        const noise = new Noise(seed, "x");
        const now = noise.smooth(time, period);
        const soon = noise.smooth(time + 0.01 * period, period);
        assert.ok(Math.abs(now) <= 1);
        assert.ok(Math.abs(now - soon) < 0.05);
      },
    ),
  );
});
