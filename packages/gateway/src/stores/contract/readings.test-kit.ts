/** What every store must do with readings, and with the minutes and hours that are made of them. */
import assert from "node:assert/strict";
import type { HistoryGrid } from "@meterport/engine/history/history-grid";
import { historyGrid } from "@meterport/engine/history/history-grid";
import { reading } from "@meterport/engine/testing/fake-meter";
import fc from "fast-check";
import { append, type Check, t0 } from "./under-test.test-kit.ts";

const grid = (from: number, to: number, step: number): HistoryGrid => {
  const made = historyGrid({ from, to, step, interval: 2_000 });
  assert.ok(typeof made !== "string", String(made));
  return made;
};

export const readingsContract = (check: Check): void => {
  check("gives means, extremes and last registers by the step, and nulls for gaps", async ({ store }) => {
    await append(store, "home", [
      reading(t0, { power_w: 100, energy_import_wh: 10, energy_export_wh: 1 }),
      reading(t0 + 2_000, { power_w: -300, energy_import_wh: 11 }),
      reading(t0 + 25_000, { power_w: 50, energy_import_wh: null }),
    ]);
    assert.deepEqual(await store.history("home", grid(t0, t0 + 40_000, 10)), [
      {
        time: "2026-01-01T12:00:00.000Z",
        power_w: -100,
        power_min_w: -300,
        power_max_w: 100,
        energy_import_wh: 11,
        energy_export_wh: 1,
      },
      blank("2026-01-01T12:00:10.000Z"),
      { ...blank("2026-01-01T12:00:20.000Z"), power_w: 50, power_min_w: 50, power_max_w: 50 },
      blank("2026-01-01T12:00:30.000Z"),
    ]);
  });

  check("keeps a reading once, however often it arrives", async ({ store }) => {
    const one = reading(t0, { power_w: 100, energy_import_wh: 10 });
    assert.equal(await append(store, "home", [one]), 1);
    assert.equal(await append(store, "home", [one, { ...one, power_w: 900 }]), 0);
    const [minute] = await store.history("home", grid(t0, t0 + 60_000, 60));
    assert.equal(minute?.power_w, 100);
    assert.equal(minute?.power_max_w, 100);
  });

  check("keeps meters apart", async ({ store }) => {
    await append(store, "a", [reading(t0, { power_w: 1 })]);
    await append(store, "b", [reading(t0, { power_w: 2 })]);
    assert.equal((await store.history("a", grid(t0, t0 + 1_000, 1)))[0]?.power_w, 1);
    assert.equal((await store.history("b", grid(t0, t0 + 3_600_000, 3_600)))[0]?.power_w, 2);
    assert.equal((await store.history("c", grid(t0, t0 + 1_000, 1)))[0]?.power_w, null);
  });

  check("minutes and hours agree with the readings, in whatever order they arrive", async ({ store }) => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.tuple(fc.nat(7_199), fc.option(fc.integer({ min: -9_000, max: 9_000 })), fc.boolean()), {
          maxLength: 40,
          selector: ([second]) => second,
        }),
        fc.integer({ min: 1, max: 40 }),
        async (samples, size) => {
          const meter = `m${run++}`;
          const list = samples.map(([second, power_w, counts]) =>
            reading(t0 + second * 1_000, { power_w, energy_import_wh: counts ? second : null }),
          );
          for (let n = 0; n < list.length; n += size) await append(store, meter, list.slice(n, n + size));
          for (const step of [60, 900, 3_600]) {
            for (const [n, point] of (await store.history(meter, grid(t0, t0 + 7_200_000, step))).entries()) {
              const inside = samples.filter(([second]) => Math.floor(second / step) === n);
              const powers = inside.map(([, power]) => power).filter((power) => power !== null);
              const counted = inside.filter(([, , counts]) => counts).map(([second]) => second);
              const last = counted.length === 0 ? null : Math.max(...counted);
              assert.equal(point.energy_import_wh, last);
              assert.equal(point.power_min_w, powers.length === 0 ? null : Math.min(...powers));
              assert.equal(point.power_max_w, powers.length === 0 ? null : Math.max(...powers));
              const mean = powers.reduce((sum, power) => sum + power, 0) / powers.length;
              if (powers.length === 0) assert.equal(point.power_w, null);
              else assert.ok(Math.abs((point.power_w ?? Number.NaN) - mean) < 1e-6);
            }
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  check("knows the last registers, and keeps everything when reopened", async ({ store, reopen }) => {
    assert.equal(await store.lastRegisters("home"), undefined);
    await append(store, "home", [reading(t0, { energy_import_wh: 10 }), reading(t0 + 1, { energy_import_wh: 11 })]);
    const again = await reopen();
    assert.deepEqual(await again.lastRegisters("home"), { time: t0 + 1, registers: { energy_import_wh: 11 } });
    assert.equal(await append(again, "home", [reading(t0, { energy_import_wh: 10 })]), 0);
  });

  check("deletes readings and minutes after their retention, hours never", async ({ store }) => {
    const day = 86_400_000;
    for (const age of [0, 3 * 3_600_000, 3 * day]) await append(store, "home", [reading(t0 - age, { power_w: 100 })]);
    const now = t0 + 1_000;
    await store.prune({ readings: now - 2 * 3_600_000, minutes: now - 2 * day });
    const at = async (age: number, step: number) =>
      (await store.history("home", grid(t0 - age, t0 - age + 1_000, step)))[0]?.power_w;
    assert.deepEqual([await at(0, 1), await at(0, 60), await at(0, 3_600)], [100, 100, 100]);
    assert.deepEqual(
      [await at(3 * 3_600_000, 1), await at(3 * 3_600_000, 60), await at(3 * 3_600_000, 3_600)],
      [null, 100, 100],
    );
    assert.deepEqual([await at(3 * day, 1), await at(3 * day, 60), await at(3 * day, 3_600)], [null, null, 100]);
  });

  check("gives any live key by the step", async ({ store }) => {
    await append(store, "home", [
      reading(t0, { voltage_l1_v: 230, current_l1_a: 1.5, power_factor_l1: 1 }),
      reading(t0 + 2_000, { voltage_l1_v: 232, current_l1_a: null }),
      reading(t0 + 20_000, { voltage_l1_v: 229.5 }),
    ]);
    const { voltage_l1_v, current_l1_a, ...others } = await store.series("home", grid(t0, t0 + 30_000, 10), [
      "voltage_l1_v",
      "current_l1_a",
    ]);
    assert.deepEqual(others, {});
    assert.deepEqual(voltage_l1_v, { mean: [231, null, 229.5], min: [230, null, 229.5], max: [232, null, 229.5] });
    assert.deepEqual(current_l1_a, { mean: [1.5, null, null], min: [1.5, null, null], max: [1.5, null, null] });
    const [minute] = (await store.series("home", grid(t0, t0 + 60_000, 60), ["voltage_l1_v"])).voltage_l1_v?.max ?? [];
    assert.equal(minute, 232);
    assert.deepEqual(await store.series("home", grid(t0, t0 + 10_000, 10), []), {});
    assert.deepEqual(await store.series("nobody", grid(t0, t0 + 10_000, 10), ["frequency_hz"]), {
      frequency_hz: { mean: [null], min: [null], max: [null] },
    });
  });

  check("gives the readings as they were, oldest first, up to a limit", async ({ store }) => {
    const all = [
      reading(t0 - 1, { power_w: -1.5, frequency_hz: 49.98, quality: "partial" }),
      reading(t0, { energy_import_wh: 4_294_967_296, reactive_power_export_var: 0 }),
      reading(t0 + 1, { quality: "suspect", voltage_l3_v: 230.123 }),
    ];
    await append(store, "home", [...all].reverse());
    const range = { from: t0 - 1, to: t0 + 2, limit: 9 };
    assert.deepEqual(await store.readings("home", range), all);
    assert.deepEqual(await store.readings("home", { ...range, limit: 2 }), all.slice(0, 2));
    assert.deepEqual(await store.readings("home", { from: t0, to: t0 + 1, limit: 9 }), [all[1]]);
    assert.deepEqual(await store.readings("nobody", range), []);
  });

  check("knows the last registers of all points", async ({ store }) => {
    assert.deepEqual(await store.allLastRegisters(), new Map());
    await append(store, "a", [reading(t0, { energy_import_wh: 1, reactive_energy_import_varh: 2 })]);
    await append(store, "b", [reading(t0 - 7_200_000, { energy_export_wh: 3 }), reading(t0, { power_w: 5 })]);
    await append(store, "c", [reading(t0, { power_w: 5 })]);
    const whole = {
      energy_import_wh: 5,
      energy_export_wh: 6,
      reactive_energy_import_varh: 7,
      reactive_energy_export_varh: 8,
    };
    await append(store, "d", [reading(t0 - 10_000, { energy_import_wh: 1 }), reading(t0 - 5_000, whole)]);
    await append(store, "e", [reading(t0 - 5_000, whole), reading(t0, { ...whole, energy_export_wh: null })]);
    const expected = new Map([
      ["d", { time: t0 - 5_000, registers: whole }],
      ["e", { time: t0, registers: whole }],
      ["a", { time: t0, registers: { energy_import_wh: 1, reactive_energy_import_varh: 2 } }],
      ["b", { time: t0 - 7_200_000, registers: { energy_export_wh: 3 } }],
    ]);
    assert.deepEqual(await store.allLastRegisters(), expected);
    for (const [point, last] of expected) assert.deepEqual(await store.lastRegisters(point), last, point);
    assert.equal(await store.lastRegisters("c"), undefined);
  });
};

const blank = (time: string) => ({
  time,
  power_w: null,
  power_min_w: null,
  power_max_w: null,
  energy_import_wh: null,
  energy_export_wh: null,
});
