import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { basisTable, sizingOf, sizingTable, threeDigits } from "./sizing.ts";

test("docs/fleet-sizing.md shows the tables as they are computed", () => {
  const page = readFileSync(new URL("../../../../docs/fleet-sizing.md", import.meta.url), "utf8");
  for (const [name, expected] of [
    ["six reads a day", sizingTable()],
    ["96 reads a day", sizingTable(undefined, 96)],
    ["what they are computed from", basisTable()],
  ] as const)
    assert.ok(page.includes(`\n\n${expected}\n\n`), `put this table into docs/fleet-sizing.md (${name}):\n${expected}`);
});

test("what was worked out on paper for the choice of the design comes out", () => {
  // Reads a second and channel-days a second of the paper; its lines are those of 4.5 s a read, ours follow from what a read sends.
  const paper = [
    [1_000, 6, 0.07, 0.3, 0.3],
    [10_000, 96, 11, 50, 44],
    [100_000, 6, 6.9, 31, 28],
    [1_000_000, 6, 69, 312, 278],
    [1_000_000, 96, 1_111, 5_000, 4_444],
  ] as const;
  for (const [meters, readsPerDay, reads, lines, merges] of paper) {
    const sizing = sizingOf(meters, readsPerDay);
    const near = (value: number, expected: number, tolerance: number) =>
      assert.ok(Math.abs(value / expected - 1) < tolerance, `${meters} at ${readsPerDay}: ${value} for ${expected}`);
    near(sizing.reads, reads, 0.02);
    near(sizing.merges, merges, 0.08);
    near(sizing.lines, lines, 0.12);
  }
});

test("needs grow with meters and with reads", () => {
  const [few, many] = [sizingOf(1_000), sizingOf(1_000_000)];
  for (const key of [
    "reads",
    "peakLines",
    "merges",
    "memory",
    "machines",
    "liveCores",
    "firstYear",
    "liveTraffic",
  ] as const) {
    assert.ok(many[key] > few[key], key);
    assert.ok(sizingOf(1_000, 96)[key] >= few[key], key);
  }
  assert.deepEqual([few.shards, many.shards], [256, 1_024]);
  assert.ok(few.workers >= 2 && few.machines >= 2, "one to spare");
});

test("figures have three digits that count", () => {
  assert.deepEqual([0, 0.0123456, 1.005, 99.94, 100.4, 1_234_567].map(threeDigits), [
    "0",
    "0.0123",
    "1",
    "99.9",
    "100",
    "1,234,567",
  ]);
});
