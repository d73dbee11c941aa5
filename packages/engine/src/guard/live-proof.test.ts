import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyReading, liveKeys, liveReading } from "@meterport/protocol/meaning/readings";
import fc from "fast-check";
import { reading } from "../testing/fake-meter.ts";
import { guarded } from "../testing/guarded-days.ts";
import { limitsForFuse } from "./guard.ts";
import { liveProof } from "./live-proof.ts";

const time = "2026-06-01T12:00:00.000Z";

test("property: source integers times their scale add up to the value", () => {
  const integer = fc.integer({ min: 0, max: 2 ** 31 - 1 });
  const input = fc.tuple(
    fc.array(integer, { minLength: 256, maxLength: 256 }),
    fc.constantFrom(1, 10, 100),
    fc.boolean(),
  );
  fc.assert(
    fc.property(input, ([wire, energyUnit, ratios]) => {
      const read = liveReading(new Map(wire.entries()), { time, energyUnit: energyUnit as 1, ratios });
      for (const key of liveKeys) {
        const proof = liveProof(key, read, { energyUnit: energyUnit as 1, ratios });
        for (const { source, raw } of proof.sources)
          if (raw !== null) assert.equal(raw, wire[source], `${key} of ${source}`);
        if (proof.sources.length === 0) assert.equal(proof.value, null, key);
        if (proof.sources.length === 0 || proof.sources.some(({ raw }) => raw === null)) continue;
        const sum = proof.sources.reduce(
          (all, { sign, raw, scale }) => all + (sign === "+" ? 1 : -1) * (raw ?? 0) * (scale ?? 0),
          0,
        );
        assert.ok(Math.abs(sum - (proof.value ?? Number.NaN)) < 1e-3, `${key}: ${sum}`);
      }
    }),
    { numRuns: 50 },
  );
});

test("the place of a source is told only by the meter's own list", () => {
  const read = reading(time, { energy_import_wh: 12_340 });
  const [without] = liveProof("energy_import_wh", read).sources;
  assert.deepEqual([without?.table, without?.offset, without?.raw, without?.scale], ["BT23", null, null, null]);
  const plan = [
    {
      range: { offset: 8, length: 8 },
      sources: [
        { id: 3, at: 0 },
        { id: 0, at: 4 },
      ],
    },
  ];
  const [within] = liveProof("energy_import_wh", read, {
    energyUnit: 10,
    plan: plan as unknown as Parameters<typeof liveProof>[2] extends { plan?: infer P } ? NonNullable<P> : never,
  }).sources;
  assert.deepEqual([within?.source, within?.offset, within?.raw, within?.scale], [0, 12, 1_234, 10]);
});

test("the verdict is a sentence about this very value", () => {
  const limits = limitsForFuse(25);
  const values = { power_w: 500, voltage_l1_v: 230, energy_import_wh: 5_000 };
  const run = guarded(
    [
      [0, values],
      [2_000, { ...values, power_w: 90_000, energy_import_wh: 5_001 }],
    ],
    limits,
  );
  const last = run.out[1] ?? assert.fail("two readings");
  const verdict = (key: Parameters<typeof liveProof>[0]) => liveProof(key, last, { guard: run.state }).verdict;
  assert.match(verdict("power_w"), /^Withheld: it is not plausible/);
  assert.match(verdict("energy_import_wh"), /^Withheld/);
  assert.match(verdict("voltage_l1_v"), /^Accepted: within the bounds/);
  assert.match(verdict("frequency_hz"), /^No value: the meter does not have it/);
  const code = (key: Parameters<typeof liveProof>[0]) => liveProof(key, last, { guard: run.state }).verdictCode;
  assert.deepEqual(
    [code("power_w"), code("energy_import_wh"), code("voltage_l1_v"), code("frequency_hz")],
    ["withheld", "withheld", "value", "absent"],
  );
  assert.match(
    liveProof("power_w", emptyReading(time, "stale"), { guard: run.state }).verdict,
    /^No value: the link is down/,
  );
  const confirmed = guarded([[4_000, { ...values, power_w: 90_000, energy_import_wh: 5_002 }]], limits, run.state);
  const shown = confirmed.out[0] ?? assert.fail("a reading");
  assert.match(
    liveProof("power_w", shown, { guard: confirmed.state }).verdict,
    /^Accepted: beyond .* confirmed by a second/,
  );
  assert.match(liveProof("energy_import_wh", shown, { guard: confirmed.state }).verdict, /^Accepted: it has risen/);
});
