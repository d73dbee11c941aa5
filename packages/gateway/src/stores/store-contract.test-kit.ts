/** What every store must do: one suite, many implementations. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { HistoryGrid } from "@meterport/engine/history/history-grid";
import { historyGrid } from "@meterport/engine/history/history-grid";
import type { PointEvent } from "@meterport/engine/model/point-event";
import type { Store } from "@meterport/engine/ports/store";
import { reading } from "@meterport/engine/testing/fake-meter";
import type { LiveReading } from "@meterport/protocol/meaning/readings";
import fc from "fast-check";

const t0 = Date.UTC(2026, 0, 1, 12);
const grid = (from: number, to: number, step: number): HistoryGrid => {
  const made = historyGrid({ from, to, step, interval: 2_000 });
  assert.ok(typeof made !== "string", String(made));
  return made;
};

export interface StoreUnderTest {
  readonly store: Store;
  /** Closes the store and opens it again. */
  readonly reopen: () => Promise<Store>;
  readonly done: () => Promise<void>;
}

/** Stores readings of one point. Returns how many were new. */
const append = async (store: Store, point: string, readings: readonly LiveReading[]): Promise<number> =>
  (await store.write({ readings: readings.map((each) => ({ point, reading: each })) })).readings;

export const storeContract = (name: string, open: () => StoreUnderTest): void => {
  const check = (what: string, run: (under: StoreUnderTest) => Promise<void>): void => {
    test(`${name}: ${what}`, async () => {
      const under = open();
      try {
        await run(under);
      } finally {
        await under.done();
      }
    });
  };

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
        fc.uniqueArray(fc.tuple(fc.nat(7_199), fc.option(fc.integer({ min: -9_000, max: 9_000 }))), {
          maxLength: 40,
          selector: ([second]) => second,
        }),
        async (samples) => {
          const meter = `m${run++}`;
          await append(
            store,
            meter,
            samples.map(([second, power_w]) => reading(t0 + second * 1_000, { power_w, energy_import_wh: second })),
          );
          for (const step of [60, 3_600]) {
            for (const [n, point] of (await store.history(meter, grid(t0, t0 + 7_200_000, step))).entries()) {
              const inside = samples.filter(([second]) => Math.floor(second / step) === n);
              const powers = inside.map(([, power]) => power).filter((power) => power !== null);
              const last = inside.length === 0 ? null : Math.max(...inside.map(([second]) => second));
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
    const event: PointEvent = {
      point: "home",
      id: "meter-exchange:1",
      time: t0,
      until: null,
      kind: "meter-exchange",
      number: null,
      origin: "gateway",
      detail: "{}",
    };
    await store.write({ events: [event] });
    const again = await reopen();
    assert.deepEqual(await again.lastRegisters("home"), { time: t0 + 1, registers: { energy_import_wh: 11 } });
    assert.deepEqual(await again.events("home", { limit: 10 }), [event]);
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
};

const blank = (time: string) => ({
  time,
  power_w: null,
  power_min_w: null,
  power_max_w: null,
  energy_import_wh: null,
  energy_export_wh: null,
});
