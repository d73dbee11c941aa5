import assert from "node:assert/strict";
import { test } from "node:test";
import type { LiveReading } from "@meterport/protocol/meaning/readings";
import fc from "fast-check";
import { reading } from "../testing/fake-meter.ts";
import { emptyGuard, type GuardEvent, guard, limitsForFuse } from "./guard.ts";

const limits = limitsForFuse(25);

/** Readings two seconds apart, one after the other. */
const feed = (values: readonly Partial<LiveReading>[]) => {
  let state = emptyGuard;
  const out: LiveReading[] = [];
  const events: GuardEvent[] = [];
  values.forEach((value, n) => {
    const result = guard(state, reading(n * 2_000, value), limits);
    state = result.state;
    out.push(result.reading);
    events.push(...result.events);
  });
  return { out, events, state };
};

test("plausible values pass unchanged", () => {
  const values = {
    power_w: -4_200,
    voltage_l1_v: 231.4,
    current_l1_a: 18,
    frequency_hz: 50,
    power_factor_l1: -0.24,
    energy_import_wh: 5,
  };
  const { out, events } = feed([values, values]);
  assert.deepEqual(out[1], reading(2_000, values));
  assert.deepEqual(events, []);
});

test("one absurd value is withheld alone, and the next good read is clean again", () => {
  const { out } = feed([
    { power_w: 60_000, voltage_l1_v: 230 },
    { power_w: 700, voltage_l1_v: 230 },
  ]);
  assert.equal(out[0]?.power_w, null);
  assert.equal(out[0]?.voltage_l1_v, 230);
  assert.equal(out[0]?.quality, "suspect");
  assert.equal(out[1]?.power_w, 700);
  assert.equal(out[1]?.quality, "good");
});

test("a second read in a row confirms a value, and widens the bound for good", () => {
  const { out } = feed([
    { power_w: 60_000 },
    { power_w: 61_000 },
    { power_w: 65_000 },
    { power_w: 400 },
    { power_w: 30_000 },
    { power_w: 61_500 },
    { power_w: 400 },
    { power_w: 62_000 },
  ]);
  // The last two leap, and are withheld for that.
  assert.deepEqual(
    out.map((r) => r.power_w),
    [null, 61_000, 65_000, null, 30_000, 61_500, null, 62_000],
  );
});

test("two absurd values that contradict each other confirm nothing", () => {
  const { out } = feed([{ power_w: 60_000 }, { power_w: 4_000_000 }, { power_w: -60_000 }]);
  assert.deepEqual(
    out.map((r) => r.power_w),
    [null, null, null],
  );
});

test("a value that arithmetic forbids is never confirmed", () => {
  const values = { power_factor_l1: 4_294_967.053, voltage_l1_v: -5, energy_import_wh: -1, frequency_hz: Number.NaN };
  const { out } = feed([values, values, values]);
  for (const key of ["power_factor_l1", "voltage_l1_v", "energy_import_wh", "frequency_hz"] as const) {
    assert.equal(out[2]?.[key], null, key);
  }
});

test("a register that falls once is a glitch; twice means another meter", () => {
  const glitch = feed([{ energy_import_wh: 5_000_000 }, { energy_import_wh: 0 }, { energy_import_wh: 5_000_001 }]);
  assert.deepEqual(
    glitch.out.map((r) => r.energy_import_wh),
    [5_000_000, null, 5_000_001],
  );
  assert.deepEqual(
    glitch.events.map((event) => event.kind),
    ["withheld"],
  );
  const exchange = feed([
    { energy_import_wh: 5_000_000, energy_export_wh: 70 },
    { energy_import_wh: 12, energy_export_wh: 0 },
    { energy_import_wh: 13, energy_export_wh: 0 },
    { energy_import_wh: 14, energy_export_wh: 0 },
  ]);
  assert.deepEqual(
    exchange.out.map((r) => r.energy_import_wh),
    [5_000_000, null, 13, 14],
  );
  assert.deepEqual(exchange.events.at(-1), {
    kind: "meter-exchange",
    registers: [
      { key: "energy_import_wh", from: 5_000_000, to: 13 },
      { key: "energy_export_wh", from: 70, to: 0 },
    ],
  });
});

test("a leap of 1000 kWh is withheld, and believed only if it stays", () => {
  const spike = feed([{ energy_import_wh: 10_000 }, { energy_import_wh: 1_010_000 }, { energy_import_wh: 10_001 }]);
  assert.deepEqual(
    spike.out.map((r) => r.energy_import_wh),
    [10_000, null, 10_001],
  );
  const stays = feed([{ energy_import_wh: 10_000 }, { energy_import_wh: 1_010_000 }, { energy_import_wh: 1_010_001 }]);
  assert.equal(stays.out[2]?.energy_import_wh, 1_010_001);
  assert.equal(stays.events.at(-1)?.kind, "register-leap");
});

test("a glitch as the very first value does not lock out the true ones", () => {
  const { out } = feed([
    { energy_import_wh: 4_000_000_000 },
    { energy_import_wh: 10_000 },
    { energy_import_wh: 10_001 },
  ]);
  assert.equal(out[2]?.energy_import_wh, 10_001);
});

test("a long outage leaves room for the energy used meanwhile", () => {
  const before = guard(emptyGuard, reading(0, { energy_import_wh: 10_000 }), limits);
  const day = 86_400_000;
  const after = guard(before.state, reading(day, { energy_import_wh: 60_000 }), limits);
  assert.equal(after.reading.energy_import_wh, 60_000);
});

test("property: no register falls unless two reads show it", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -10, max: 5_000_000 }), { maxLength: 40 }), (registers) => {
      const { out, events } = feed(registers.map((energy_import_wh) => ({ energy_import_wh })));
      const shown = out.map((r) => r.energy_import_wh).filter((value) => value !== null);
      const falls = shown.filter((value, n) => n > 0 && value < (shown[n - 1] ?? 0)).length;
      assert.equal(falls, events.filter((event) => event.kind === "meter-exchange").length);
    }),
  );
});

test("property: a value beyond the bounds is never shown the first time", () => {
  fc.assert(
    fc.property(fc.integer({ min: -20_000, max: 20_000 }), fc.integer({ min: 20_701 }), (usual, absurd) => {
      const { out } = feed([{ power_w: usual }, { power_w: absurd }, { power_w: usual }]);
      assert.deepEqual(
        out.map((r) => r.power_w),
        [usual, null, usual],
      );
    }),
  );
});
