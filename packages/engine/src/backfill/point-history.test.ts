import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { emptyGuard, type GuardEvent, guard, limitsForFuse } from "../guard/guard.ts";
import { type Interval, replaces } from "../model/interval.ts";
import type { Store } from "../ports/store.ts";
import { FakeMeter, identity, reading } from "../testing/fake-meter.ts";
import { PointHistory } from "./point-history.ts";

const t0 = Date.UTC(2026, 0, 1, 12);
const minute = 60_000;

/** A point whose readings pass the guard, with everything else absent. */
class Point {
  readonly made: Interval[] = [];
  serial = "1234";
  apart: number | null = null;
  readonly #clock = new VirtualClock({ wall: t0 - minute });
  readonly #history: PointHistory;
  #state = emptyGuard;

  constructor() {
    this.#history = new PointHistory({
      point: "home",
      zone: "UTC",
      source: { ...new FakeMeter(this.#clock), identity: () => ({ ...identity, serial: this.serial }) } as FakeMeter,
      store: {} as Store,
      keeper: { keep: ({ intervals = [] }) => void this.made.push(...intervals) },
      clock: this.#clock,
      interval: 10_000,
      clockDisagreement: () => this.apart,
    });
  }

  /** Readings each 10 s, with a load of 720 W, from one minute to another. */
  async run(from: number, to: number, wh: number): Promise<number> {
    let register = wh;
    for (let time = t0 + from * minute; time <= t0 + to * minute; time += 10_000) {
      await this.#clock.advance(Math.max(0, time - this.#clock.wall()));
      const {
        state,
        reading: seen,
        events,
      } = guard(this.#state, reading(time, { energy_import_wh: register }), limitsForFuse(63));
      this.#state = state;
      for (const event of events) this.#history.onEvent(event satisfies GuardEvent);
      this.#history.onReading(seen);
      register += 2;
    }
    return register;
  }
}

test("without an exchange each interval is there", async () => {
  const point = new Point();
  await point.run(-1, 46, 1_000);
  assert.deepEqual(
    point.made.map(({ value }) => value),
    [180, 180, 180],
  );
});

test("no interval reaches from one meter to another whose registers are far ahead", async () => {
  const point = new Point();
  await point.run(-1, 20, 1_000);
  // The fitter takes ten minutes; whether the serial number is known already is a matter of luck.
  await point.run(29, 46, 5_000_000);
  assert.deepEqual(
    point.made.map(({ value, end }) => [value, (end - t0) / minute]),
    [
      [180, 15],
      [180, 45],
    ],
  );
});

test("no interval reaches from one meter to another whose registers go on by chance", async () => {
  const point = new Point();
  const last = await point.run(-1, 20, 1_000);
  point.serial = "5678";
  await point.run(29, 46, last + 300);
  assert.deepEqual(
    point.made.map(({ value, end }) => [value, (end - t0) / minute]),
    [
      [180, 15],
      [180, 45],
    ],
  );
});

test("an interval of a time on which the clocks disagree is in doubt, so that the right one replaces it", async () => {
  const point = new Point();
  const last = await point.run(-1, 10, 1_000);
  point.apart = 3_600_000;
  const later = await point.run(10.1, 20, last);
  // A third of an interval is not enough to move its energy to another one.
  point.apart = -300_000;
  await point.run(20.1, 46, later);
  assert.deepEqual(
    point.made.map(({ quality, flags }) => [quality, ...flags]),
    [["suspect", "clockDoubted"], ["good"], ["good"]],
  );
  const [doubted] = point.made as [Interval];
  assert.ok(replaces({ ...doubted, quality: "good", value: 7 }, doubted));
});
