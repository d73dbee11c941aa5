import assert from "node:assert/strict";
import { test } from "node:test";
import { ZoneCalendar } from "../../state/zone-calendar.ts";
import { type BarContext, type BarState, barsOf, usualInterval } from "./bars.ts";
import type { Interval, Sum } from "./history-answers.ts";
import { type TileKey, tileSpan } from "./levels.ts";
import type { TileData } from "./load-tiles.ts";

const calendar = new ZoneCalendar("Europe/Copenhagen");
const quarter = 900_000;
const hour = 4 * quarter;
const start = calendar.at(2026, 10, 25);
const now = start + 40 * hour;

const interval = (n: number, value: number | null, more: Partial<Interval> = {}): Interval => ({
  ...{ from: start + (n - 1) * quarter, end: start + n * quarter, value, source: "profile", flags: [] },
  ...{ quality: value === null ? "missing" : "good", ...more },
});
const intervals = (
  imported: readonly Interval[],
  exported: readonly Interval[] = [],
  recovered: readonly number[] = [],
): TileData => ({
  ...{ kind: "intervals", imported, exported, recovered: new Set(recovered) },
});

/** Bars of tiles that hold everything; without `tiles` nothing is loaded. */
function context(
  tiles: Partial<Record<"intervals" | "sums" | "costs", TileData>>,
  more: Partial<BarContext> = {},
): BarContext {
  const cut = (key: TileKey): TileData | undefined => {
    const kind = key.startsWith("costs") ? "costs" : key.startsWith("intervals") ? "intervals" : "sums";
    const tile = tiles[kind];
    if (tile?.kind !== "intervals") return tile;
    const span = tileSpan(calendar, key);
    const own = (list: readonly Interval[]) => list.filter(({ end }) => end > span.from && end <= span.to);
    return { ...tile, imported: own(tile.imported), exported: own(tile.exported) };
  };
  return {
    calendar,
    tile: cut,
    now,
    pendingFrom: now - hour,
    first: start - 100 * hour,
    hasExport: true,
    interval: quarter,
    ...more,
  };
}
const states = (bars: readonly { state: BarState }[]): BarState[] => bars.map(({ state }) => state);

test("each interval is a bar that says what it is", () => {
  const six = [
    interval(1, 100),
    interval(2, 110),
    interval(3, null),
    interval(5, 120, { source: "estimated" }),
    interval(6, 130, { quality: "suspect" }),
    interval(7, 140, { end: start + 7 * quarter - 400_000 }),
  ];
  const bars = barsOf(
    "interval",
    { from: start, to: start + 7 * quarter },
    context({ intervals: intervals(six, [interval(1, 7)], [start + quarter]) }),
  );
  assert.deepEqual(states(bars), ["measured", "recovered", "missing", "gap", "estimated", "doubtful", "incomplete"]);
  assert.deepEqual(
    bars.map(({ imported }) => imported),
    [100, 110, null, null, 120, 130, 140],
  );
  assert.deepEqual([bars[0]?.exported, bars[1]?.exported], [7, null]);
  assert.deepEqual(bars[4]?.single, { end: start + 5 * quarter, source: "estimated" });
});

test("what is not due yet is pending, what is not over is in the future, what was before the first value is neither", () => {
  const span = { from: now - 2 * hour, to: now + hour };
  const bars = barsOf("hour", span, context({ intervals: intervals([]) }));
  assert.deepEqual(states(bars), ["gap", "pending", "future"]);
  const before = barsOf(
    "hour",
    { from: start, to: start + 2 * hour },
    context({ intervals: intervals([]) }, { first: start + hour }),
  );
  assert.deepEqual(states(before), ["before", "gap"]);
  const nothing = barsOf("hour", span, context({ intervals: intervals([]) }, { first: null }));
  assert.deepEqual(states(nothing), ["before", "before", "future"]);
});

test("what is not loaded is never shown as a gap", () => {
  assert.deepEqual(states(barsOf("hour", { from: start, to: start + 2 * hour }, context({}))), ["loading", "loading"]);
});

test("hours add up their intervals exactly, in a day of 25 hours too", () => {
  const all = Array.from({ length: 100 }, (_, n) => interval(n + 1, n));
  const bars = barsOf("hour", { from: start, to: calendar.next("day", start) }, context({ intervals: intervals(all) }));
  assert.equal(bars.length, 25);
  assert.equal(bars[0]?.imported, 0 + 1 + 2 + 3);
  assert.equal(
    bars.reduce((sum, { imported }) => sum + (imported ?? 0), 0),
    (99 * 100) / 2,
  );
  assert.ok(bars.every(({ state, single }) => state === "measured" && single === null));
});

test("an hour with an interval that nobody has is incomplete", () => {
  const four = [interval(1, 5), interval(2, null), interval(3, 5), interval(4, 5)];
  const [bar] = barsOf("hour", { from: start, to: start + hour }, context({ intervals: intervals(four) }));
  assert.deepEqual([bar?.imported, bar?.state], [15, "incomplete"]);
});

test("pieces of one interval are one bar, and a longer interval is a bar of its own length", () => {
  const pieces = [
    interval(1, 30, { end: start + quarter / 3, quality: "partial" }),
    interval(1, 60, { from: start + quarter / 3, quality: "partial" }),
    interval(2, null, { flags: ["replaced"] }),
    interval(5, 400, { from: start + quarter }),
    interval(6, 10),
  ];
  const bars = barsOf("interval", { from: start, to: start + 6 * quarter }, context({ intervals: intervals(pieces) }));
  assert.deepEqual(
    bars.map(({ from, to, imported, state }) => [(from - start) / quarter, (to - start) / quarter, imported, state]),
    [
      [0, 1, 90, "doubtful"],
      [1, 5, 400, "measured"],
      [5, 6, 10, "measured"],
    ],
  );
});

const sum = (n: number, value: number | null, seconds: number, more: Partial<Sum> = {}): Sum => {
  const from = calendar.at(2026, 10, n);
  const byQuality = { good: 0, partial: 0, suspect: 0, missing: 0 };
  const bySource = { manual: 0, profile: 0, difference: 0, estimated: 0 };
  return { from, to: calendar.next("day", from), value, seconds, byQuality, bySource, ...more };
};

test("days are the gateway's own sums, and a day of 25 hours is whole with 90,000 seconds", () => {
  const none = { good: 0, partial: 0, suspect: 0, missing: 0 };
  const imported = [
    sum(24, 900, 86_400),
    sum(25, 950, 90_000),
    sum(26, 5, 40_000),
    sum(27, 0, 86_400, { byQuality: { ...none, missing: 1 } }),
  ];
  const tile: TileData = {
    kind: "sums",
    imported,
    exported: [sum(25, 11, 90_000)],
    recovered: new Set([sum(24, 0, 0).from]),
  };
  const span = { from: calendar.at(2026, 10, 24), to: calendar.at(2026, 10, 28) };
  const bars = barsOf("day", span, context({ sums: tile }, { now: span.to + hour, pendingFrom: span.to }));
  assert.deepEqual(states(bars), ["recovered", "measured", "incomplete", "incomplete"]);
  assert.deepEqual(
    bars.map(({ imported: wh, exported }) => [wh, exported]),
    [
      [900, null],
      [950, 11],
      [5, null],
      [0, null],
    ],
  );
});

test("costs are added up, and say if a part of the energy has no price", () => {
  const cost = (n: number, amount: number | null, energyWh: number, allPricedWh: number) => ({
    ...{ from: start + (n - 1) * quarter, to: start + n * quarter, cost: amount, energyWh, allPricedWh },
    ...{ importWh: allPricedWh, pricedWh: allPricedWh, importCost: amount, peaks: [] },
  });
  const costs: TileData = {
    kind: "costs",
    currency: "DKK",
    problem: null,
    costs: [cost(1, 0.5, 100, 100), cost(2, 0.25, 100, 100), cost(5, null, 9, 0)],
  };
  const bars = barsOf("hour", { from: start, to: start + 3 * hour }, context({ costs, intervals: intervals([]) }));
  assert.deepEqual(
    bars.map((bar) => [bar.cost, bar.partlyPriced]),
    [
      [0.75, false],
      [null, true],
      [null, false],
    ],
  );
});

test("without a channel of export there is none, not zero", () => {
  const [bar] = barsOf(
    "interval",
    { from: start, to: start + quarter },
    context({ intervals: intervals([interval(1, 1)]) }, { hasExport: false }),
  );
  assert.equal(bar?.exported, null);
});

test("finds out how long intervals are", () => {
  assert.equal(usualInterval([intervals([interval(1, 1), interval(2, 1), interval(9, 1, { from: start })])]), quarter);
  assert.equal(usualInterval([]), null);
});
