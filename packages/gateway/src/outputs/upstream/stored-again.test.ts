import assert from "node:assert/strict";
import { test } from "node:test";
import type { StoredInterval } from "@meterport/engine/model/interval";
import { storedAgain } from "./stored-again.ts";

const quarter = 900_000;
const interval = (n: number, more: Partial<StoredInterval> = {}): StoredInterval => ({
  ...{ point: "home", channel: "energy_import_wh", end: n * quarter, seconds: 900, value: 100 + n, revision: 1 },
  ...{ source: "profile", quality: "good", flags: [], register: null, stored: 0, ...more },
});
const history = (rows: readonly StoredInterval[]) => ({
  intervals: async (point: string, { channel, from, to }: { channel: string; from: number; to: number }) =>
    rows.filter((one) => one.point === point && one.channel === channel && one.end > from && one.end <= to),
});
const wanted = (...spans: readonly [number, number][]) => ({
  ...{ point: "home", from: (spans[0]?.[0] ?? 0) * quarter },
  channels: [
    {
      channel: "energy_import_wh",
      spans: spans.map(([after, until]) => ({ after: after * quarter, until: until * quarter })),
    },
  ],
});
const clock = { wall: () => 77 };

test("what is stored is brought again, and the meter is asked from the first that is not", async () => {
  const rows = [1, 2, 3, 4].map((n) => interval(n)).concat(interval(5, { source: "difference" }), interval(8));
  const { entries, lacking } = await storedAgain(wanted([1, 3], [4, 6], [7, 8]), history(rows), clock);
  assert.deepEqual(
    entries.map((entry) => entry.kind === "interval" && [entry.number, entry.stored, entry.interval.end / quarter]),
    [
      [0, 77, 2],
      [0, 77, 3],
      [0, 77, 8],
    ],
  );
  assert.equal(lacking, 4 * quarter, "a value of live registers is replaced by what the meter kept");
  assert.equal((await storedAgain(wanted([1, 3]), history(rows), clock)).lacking, undefined);
});

test("what the meter has lost is told as lost, and a fleet that names no channels has the meter asked", async () => {
  const lost = interval(1, { value: null, quality: "missing" });
  const { entries, lacking } = await storedAgain(wanted([0, 1]), history([lost]), clock);
  assert.deepEqual([entries.length, lacking], [1, undefined]);
  assert.deepEqual(await storedAgain({ point: "home", from: 5, channels: [] }, history([lost]), clock), {
    entries: [],
    lacking: 5,
  });
});
