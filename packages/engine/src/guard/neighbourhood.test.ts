import assert from "node:assert/strict";
import { test } from "node:test";
import type { LiveKey, LiveReading } from "@meterport/protocol/meaning/readings";
import fc from "fast-check";
import { reading } from "../testing/fake-meter.ts";
import { emptyGuard, type GuardEvent, guard, limitsForFuse } from "./guard.ts";

// The fuse is not configured, so the bounds are wide.
const limits = limitsForFuse();

/** Readings at a fixed distance in milliseconds, one after the other. */
const feed = (values: readonly Partial<LiveReading>[], interval = 2_000) => {
  let state = emptyGuard;
  const events: GuardEvent[] = [];
  const out = values.map((value, n) => {
    const result = guard(state, reading(n * interval, value), limits);
    state = result.state;
    events.push(...result.events);
    return result.reading;
  });
  return { out, events };
};
const powers = (values: readonly number[], interval?: number) =>
  feed(
    values.map((power_w) => ({ power_w })),
    interval,
  ).out.map((r) => r.power_w);

test("loads that a household switches on pass unchanged", () => {
  const values = [300, 11_300, 2_000, 18_000, -1_500, 300];
  assert.deepEqual(powers(values), values);
});

test("a leap within the bounds is withheld until the second read confirms it", () => {
  assert.deepEqual(powers([700, 33_000, 700, 700]), [700, null, 700, 700]);
  assert.deepEqual(
    powers([700, 33_000, 40_000, 33_500]),
    [700, null, 40_000, 33_500],
    "a value near the first is enough",
  );
  const { out } = feed([
    { voltage_l1_v: 231, power_w: 700 },
    { voltage_l1_v: 198.2, power_w: 700 },
    { voltage_l1_v: 230, power_w: 700 },
  ]);
  assert.deepEqual(
    out.map((r) => [r.voltage_l1_v, r.power_w, r.quality]),
    [
      [231, 700, "good"],
      [null, 700, "suspect"],
      [230, 700, "good"],
    ],
  );
});

test("a load that leaps each time is withheld twice and no more", () => {
  assert.deepEqual(powers([0, 40_000, 80_000, 120_000, 160_000]), [0, null, null, 120_000, null]);
});

test("old values have no neighbourhood", () => {
  assert.deepEqual(powers([700, 33_000, 700], 16_000), [700, 33_000, 700]);
});

test("registers of a reading with a doubtful value are read again", () => {
  const { out, events } = feed([
    { power_w: 700, energy_import_wh: 5_000, energy_export_wh: 7 },
    { power_w: 33_000, energy_import_wh: 5_128, energy_export_wh: 7 },
    { power_w: 700, energy_import_wh: 5_001, energy_export_wh: 7 },
  ]);
  assert.deepEqual(
    out.map((r) => [r.energy_import_wh, r.energy_export_wh]),
    [
      [5_000, 7],
      [null, 7],
      [5_001, 7],
    ],
  );
  assert.deepEqual(
    events.map(({ kind }) => kind),
    ["withheld"],
  );
});

test("a value that is odd each time casts no doubt on registers", () => {
  const odd = { power_factor_l1: 4_294_967.053 };
  const { out } = feed([1, 2, 3, 4].map((energy_import_wh) => ({ ...odd, energy_import_wh })));
  assert.deepEqual(
    out.map((r) => r.energy_import_wh),
    [null, 2, 3, 4],
  );
});

test("a rise that the fuse permits but is unusual for a household is read again, and then counts as usual", () => {
  const hour = 3_600_000;
  const rises = (energies: readonly number[]) =>
    feed(
      energies.map((energy_import_wh) => ({ energy_import_wh })),
      hour,
    );
  const { out, events } = rises([10_000, 42_640, 11_000, 12_000]);
  assert.deepEqual(
    out.map((r) => r.energy_import_wh),
    [10_000, null, 11_000, 12_000],
  );
  assert.deepEqual(
    events.map(({ kind }) => kind),
    ["withheld"],
  );
  // A workshop that uses 30 kW all day is read again once.
  const workshop = rises([0, 30_000, 60_000, 90_000, 120_000]);
  assert.deepEqual(
    workshop.out.map((r) => r.energy_import_wh),
    [0, null, 60_000, 90_000, 120_000],
  );
});

/** In the order of a table: four bytes each, in the meter's units. */
const wired: readonly (readonly [key: LiveKey, unit: number, usual: number])[] = [
  ["power_l1_w", 1, 400],
  ["power_l2_w", 1, 150],
  ["power_l3_w", 1, 150],
  ["voltage_l1_v", 1_000, 231_000],
  ["voltage_l2_v", 1_000, 229_500],
  ["voltage_l3_v", 1_000, 230_300],
  ["current_l1_a", 1_000, 1_800],
  ["current_l2_a", 1_000, 700],
  ["current_l3_a", 1_000, 800],
  ["frequency_hz", 1_000, 50_000],
  ["power_factor_l1", 1_000, 980],
  ["power_factor_l2", 1_000, 970],
];

test("property: triple bit flips that the digest misses never pass without a second read", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4 * wired.length - 9 }), fc.nat(3_000), (i, more) => {
      const view = new DataView(new ArrayBuffer(4 * wired.length));
      wired.forEach(([, , usual], n) => {
        view.setInt32(4 * n, usual + (n < 3 ? more : 0), true);
      });
      const read = (): Partial<LiveReading> =>
        Object.fromEntries(wired.map(([key, unit], n) => [key, view.getInt32(4 * n, true) / unit]));
      const right = { ...read(), energy_import_wh: 5_000 };
      for (const [at, bit] of [
        [i, 0x80],
        [i + 1, 0x80],
        [i + 8, 0x01],
      ] as const)
        view.setUint8(at, view.getUint8(at) ^ bit);
      const { out } = feed([right, { ...read(), energy_import_wh: 5_001 }, right]);
      assert.deepEqual(
        out.map((r) => [r.quality, r.energy_import_wh]),
        [
          ["good", 5_000],
          ["suspect", null],
          ["good", 5_000],
        ],
      );
      // Values that differ and are shown nonetheless differ by little.
      for (const [key, unit, usual] of wired) {
        const shown = out[1]?.[key];
        if (typeof shown === "number") assert.ok(Math.abs(shown * unit - usual) <= 3_000 + 257, `${key} ${shown}`);
      }
    }),
  );
});
