import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { PointView } from "@meterport/engine/ports/output";
import { beginningsOf, RunningSums, sumSince } from "./running-sums.ts";

const quarter = 900_000;
const zone = "Europe/Copenhagen";
/** 00:00 of 2026-08-01 there. */
const midnight = Date.UTC(2026, 6, 31, 22);

class World {
  total: number | null = 1_000_000;
  /** Wh of each quarter by its end. */
  readonly quarters = new Map<number, number>();
  failures = 0;
  fails = false;
  hangs = false;
  asked = 0;
  readonly point = {
    id: "home",
    zone,
    total: (register: string) => (register === "energy_import_wh" ? this.total : null),
  } as unknown as PointView;
  readonly sums = new RunningSums(
    {
      intervalCoverage: async (_points: readonly string[], channel: string) => {
        this.asked++;
        if (this.fails) throw new Error("the store is away");
        if (this.hangs) await new Promise(() => {});
        const end = channel === "energy_import_wh" ? Math.max(...this.quarters.keys()) : Number.NEGATIVE_INFINITY;
        return Number.isFinite(end) ? [{ newest: { end, seconds: 900 } }] : [];
      },
      intervalSums: async (_point: string, _channel: string, bounds: readonly number[]) =>
        bounds.slice(1).map((to, n) => {
          const from = bounds[n] ?? 0;
          const found = [...this.quarters].filter(([end]) => end > from && end <= to);
          const value = found.length === 0 ? null : found.reduce((sum, [, wh]) => sum + wh, 0);
          return { from, to, value, seconds: 900 * found.length };
        }),
    } as never,
    () => {
      this.failures++;
    },
  );

  /** Quarters of 250 Wh from midnight until then. */
  stored(until: number): void {
    for (let end = midnight + quarter; end <= until; end += quarter) this.quarters.set(end, 250);
  }

  async read(time: number, total: number | null): Promise<ReturnType<RunningSums["sums"]>> {
    this.total = total;
    this.sums.note(this.point, time);
    await new Promise((resolve) => setImmediate(resolve));
    return this.sums.sums(this.point, time);
  }
}

describe("energy since the hour, the day and the month began", () => {
  test("local beginnings: half-hour zones, and days on which the clock changes", () => {
    const noon = Date.UTC(2026, 2, 29, 12, 34, 56);
    assert.deepEqual(beginningsOf(zone, noon), {
      ...{ hour: Date.UTC(2026, 2, 29, 12), day: Date.UTC(2026, 2, 28, 23), month: Date.UTC(2026, 1, 28, 23) },
    });
    assert.equal(beginningsOf("Asia/Kolkata", noon).hour, Date.UTC(2026, 2, 29, 12, 30));
  });

  test("after a start in the middle of an hour: unknown until a quarter is over, then stored quarters and the register", async () => {
    const world = new World();
    const start = midnight + 8 * quarter;
    world.stored(start);
    assert.equal((await world.read(start + 300_000, 1_000_100)).hour.import, null);
    world.stored(start + quarter);
    assert.equal((await world.read(start + quarter + 5_000, 1_000_250)).hour.import, 250);
    const later = await world.read(start + quarter + 65_000, 1_000_300);
    assert.deepEqual([later.hour.import, later.day.import, later.month.import], [300, 9 * 250 + 50, 9 * 250 + 50]);
    assert.equal(later.hour.export, null);
  });

  test("from the first reading of an hour on it needs no store, and begins again with the next", async () => {
    const world = new World();
    world.fails = true;
    const start = midnight + 8 * quarter;
    assert.equal((await world.read(start + 2_000, 1_000_000)).hour.import, 0);
    assert.equal((await world.read(start + 1_800_000, 1_000_700)).hour.import, 700);
    assert.equal((await world.read(start + 4 * quarter + 2_000, 1_001_000)).hour.import, 0);
    assert.equal((await world.read(start + 4 * quarter + 9_000, 1_001_003)).hour.import, 3);
    assert.ok(world.failures > 0);
  });

  test("a day whose midnight was seen is known for all of it, and forgotten with the next", async () => {
    const world = new World();
    await world.read(midnight + 1_000, 1_000_000);
    const day = 24 * 4 * quarter;
    for (let time = midnight; time < midnight + day - 60_000; time += quarter)
      await world.read(time + 30_000, 1_000_000 + (time - midnight) / quarter);
    const last = await world.read(midnight + day - 30_000, 1_000_096);
    assert.deepEqual([last.day.import, last.month.import], [96, 96]);
    const next = await world.read(midnight + day + 1_000, 1_000_096);
    assert.deepEqual([next.day.import, next.month.import], [0, 96]);
  });

  test("a gap in what is stored, or an unknown register, makes the sum unknown and never 0", async () => {
    const world = new World();
    const start = midnight + 8 * quarter;
    world.stored(start + quarter);
    world.quarters.delete(midnight + 3 * quarter);
    const sums = await world.read(start + quarter + 5_000, 1_000_000);
    assert.deepEqual([sums.hour.import, sums.day.import, sums.month.import], [250, null, null]);
    assert.equal((await world.read(start + quarter + 6_000, null)).hour.import, null);
  });

  test("totals that were unknown at first are noted when they are known", async () => {
    const world = new World();
    const start = midnight + 8 * quarter;
    await world.read(start + 1_000, null);
    assert.equal((await world.read(start + 9_000, 1_000_000)).hour.import, 0);
    assert.equal((await world.read(start + 90_000, 1_000_020)).hour.import, 20);
  });

  test("a store that hangs is asked once", async () => {
    const world = new World();
    world.hangs = true;
    for (let n = 0; n < 5; n++) await world.read(midnight + n * quarter + 90_000, 1_000_000);
    assert.equal(world.asked, 1);
  });

  test("a reading long after a moment does not tell the register of that moment", async () => {
    const world = new World();
    assert.equal((await world.read(midnight + 61_000, 1_000_000)).day.import, null);
  });

  test("never gives a negative sum", () => {
    const stored = { end: 10, from: new Map([[0, { value: 5, seconds: 1 }]]) };
    assert.equal(
      sumSince(0, 90, (time) => (time === 0 ? 100 : null), stored),
      0,
    );
    assert.equal(
      sumSince(0, 90, (time) => (time === 10 ? 100 : null), stored),
      5,
    );
  });
});
