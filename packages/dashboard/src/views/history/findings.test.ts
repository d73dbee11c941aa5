/** Peaks, tariffs, the first value, and marks of the axes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ZoneCalendar } from "../../state/zone-calendar.ts";
import { tickStep, ticksOf, valueTicks } from "../../widgets/time-ticks.ts";
import type { Interval, RegisterState, Sum } from "./history-answers.ts";
import { firstOf } from "./known-span.ts";
import type { TileData } from "./load-tiles.ts";
import { highest } from "./peaks.ts";
import { tariffsOf } from "./tariffs.ts";

const calendar = new ZoneCalendar("Europe/Copenhagen");
const hour = 3_600_000;

test("the peak is the highest mean power, whatever the length of its interval, and no splinter of one", () => {
  const of = (from: number, minutes: number, value: number | null): Interval => ({
    ...{ from, end: from + minutes * 60_000, value, source: "profile", quality: "good", flags: [] },
  });
  const peak = highest([
    of(0, 15, 500),
    of(hour, 60, 2500),
    of(2 * hour, 1, 400),
    of(3 * hour, 15, null),
    of(4 * hour, 60, 2500),
  ]);
  assert.deepEqual(peak, { power: 2500, end: 2 * hour, seconds: 3600 });
  assert.equal(highest([of(0, 15, null)]), null);
});

const state = (tier: number, time: number, value: number, more: Partial<RegisterState> = {}): RegisterState => ({
  ...{ register: "energy_import_wh", tier, time, value, serial: "1", ...more },
});

test("tariffs are the differences of the nearest states, which say when they were", () => {
  const [from, to] = [calendar.at(2026, 11, 1), calendar.at(2026, 11, 8)];
  const start = [
    state(0, from, 9),
    state(1, from, 100),
    state(2, from, 50),
    state(3, from, 0),
    state(1, from - 24 * hour, 1),
  ];
  const end = [state(1, to, 160), state(2, to, 75), state(3, to, 0), state(1, to, 7, { register: "energy_export_wh" })];
  assert.deepEqual(tariffsOf({ from, to }, start, end), {
    ...{ from, to },
    tiers: [
      { tier: 1, imported: 60, exported: null },
      { tier: 2, imported: 25, exported: null },
    ],
  });
});

test("tariffs are unknown across an exchange of the meter, far from any state, and after a register fell", () => {
  const [from, to] = [0, 100 * hour];
  assert.equal(tariffsOf({ from, to }, [state(1, 0, 1)], [state(1, to, 9, { serial: "2" })]), null);
  assert.equal(tariffsOf({ from, to }, [state(1, 50 * hour, 1)], [state(1, to, 9)]), null);
  assert.equal(tariffsOf({ from, to }, [], []), null);
  assert.equal(tariffsOf({ from, to }, [state(1, 0, 10)], [state(1, to, 9)]), null);
});

test("the first value is found as precisely as what is loaded tells", () => {
  const now = Date.UTC(2026, 10, 29);
  const sums = (starts: readonly [number, number | null][]): TileData => ({
    kind: "sums",
    imported: starts.map(([from, value]) => ({ from, to: from + 1, value }) as Sum),
    ...{ exported: [], recovered: new Set() },
  });
  const [year, month, day] = [calendar.at(2025, 1), calendar.at(2025, 4), calendar.at(2025, 4, 9)];
  const tiles = new Map<string, TileData>([
    [
      "years:20",
      sums([
        [calendar.at(2024, 1), null],
        [year, 1],
      ]),
    ],
  ]);
  const first = () => firstOf({ calendar, tile: (key) => tiles.get(key) }, now);
  assert.equal(first(), year);
  tiles.set(
    "months:202",
    sums([
      [calendar.at(2025, 3), null],
      [month, 1],
    ]),
  );
  assert.equal(first(), month);
  tiles.set(
    "days:2025",
    sums([
      [month, null],
      [day, 1],
    ]),
  );
  assert.equal(first(), day);
  tiles.clear();
  assert.equal(first(), null);
});

test("the marks of a day stand at the same times of the clock when it has 23 or 25 hours", () => {
  for (const date of [calendar.at(2026, 10, 25), calendar.at(2026, 3, 29), calendar.at(2026, 6, 1)]) {
    const span = { from: date, to: calendar.next("day", date) };
    const ticks = ticksOf(calendar, span, tickStep(span, 9));
    assert.deepEqual(
      ticks.map(({ time }) => calendar.parts(time).hour),
      [0, 3, 6, 9, 12, 15, 18, 21, 0],
    );
    assert.deepEqual(ticks.map(({ kind }) => kind).filter((kind) => kind === "day").length, 2);
  }
});

test("longer ranges have marks at days, weeks, months and years, and never too many", () => {
  for (const [from, to, kind, first] of [
    [calendar.at(2026, 11, 1), calendar.at(2026, 11, 8), "day", "2026-11-01"],
    [calendar.at(2026, 1, 1), calendar.at(2027, 1, 1), "month", "2026-01-01"],
    [calendar.at(2001, 6, 1), calendar.at(2026, 1, 1), "year", "2005-01-01"],
  ] as const) {
    const ticks = ticksOf(calendar, { from, to }, tickStep({ from, to }, 12));
    assert.equal(ticks[0]?.kind, kind);
    assert.equal(calendar.date(ticks[0]?.time ?? 0), first);
    assert.ok(ticks.length <= 14, `${ticks.length}`);
  }
});

test("the marks of values are round", () => {
  assert.deepEqual(valueTicks(-300, 610, 5), [-200, 0, 200, 400, 600]);
  assert.deepEqual(valueTicks(0, 0, 5), [0]);
});
