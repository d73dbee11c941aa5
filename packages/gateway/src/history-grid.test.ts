import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDuration } from "@meterport/protocol/meaning/duration";
import fc from "fast-check";
import { historyGrid, maxPoints } from "./history-grid.ts";
import { parseMoment, parseStep } from "./http/query.ts";
import { staleAfter } from "./staleness.ts";

test("a range begins at a whole step and covers what was asked for", () => {
  const from = Date.UTC(2026, 0, 1, 12, 0, 7);
  assert.deepEqual(historyGrid({ from, to: from + 60_000, step: 10, interval: 2_000 }), {
    from: from - 7_000,
    step: 10,
    count: 7,
  });
});

test("the step that is chosen suits the range and the poll interval", () => {
  const step = (range: number, interval: number) => {
    const grid = historyGrid({ from: 0, to: range, interval });
    return typeof grid === "string" ? grid : grid.step;
  };
  assert.equal(step(3_600_000, 2_000), 5);
  assert.equal(step(86_400_000, 2_000), 120);
  assert.equal(step(3_600_000, 60_000), 120);
  assert.equal(step(10 * 365 * 86_400_000, 2_000), 518_400);
});

test("too many points are refused with a step that works", () => {
  const request = { from: 0, to: 86_400_000, interval: 2_000 };
  const sentence = historyGrid({ ...request, step: 1 });
  assert.ok(typeof sentence === "string");
  const proposed = Number(/step=(\d+)/.exec(sentence)?.[1]);
  assert.ok(typeof historyGrid({ ...request, step: proposed }) !== "string", sentence);
  assert.match(String(historyGrid({ from: 5, to: 5, interval: 2_000 })), /must be before/);
});

test("property: a chosen grid is never too long, and covers the range", () => {
  fc.assert(
    fc.property(
      fc.nat(4e12),
      fc.integer({ min: 1, max: 3e11 }),
      fc.integer({ min: 100, max: 3_600_000 }),
      (from, range, interval) => {
        const grid = historyGrid({ from, to: from + range, interval });
        assert.ok(typeof grid !== "string");
        assert.ok(
          grid.count <= maxPoints && grid.from <= from && grid.from + grid.count * grid.step * 1_000 >= from + range,
        );
      },
    ),
  );
});

test("times and steps are read in every form that is promised, and nothing else", () => {
  assert.equal(parseMoment("1767268800"), 1_767_268_800_000);
  assert.equal(parseMoment("2026-01-01T12:00:00Z"), 1_767_268_800_000);
  assert.equal(parseMoment("2026-01-01T13:00:00.000+01:00"), 1_767_268_800_000);
  assert.equal(parseMoment("2026-01-01"), Date.UTC(2026, 0, 1));
  for (const text of ["", "now", "-5", "1e9", "999999999999", "2026-13-01T00:00:00Z", "2026-01-01T12:00:00"]) {
    assert.equal(parseMoment(text), undefined, text);
  }
  assert.deepEqual(["60", "1m", "1h"].map(parseStep), [60, 60, 3_600]);
  for (const text of ["0", "", "500ms", "-1", "1.5", "999999999"]) assert.equal(parseStep(text), undefined, text);
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[\d:TZ.+-]*$/)), (text) => {
      const time = parseMoment(text);
      assert.ok(time === undefined || (Number.isInteger(time) && time >= 0));
    }),
  );
});

test("lengths of time", () => {
  assert.deepEqual(
    ["500ms", "2s", "1.5 h", "48h", "2d"].map(parseDuration),
    [500, 2_000, 5_400_000, 172_800_000, 172_800_000],
  );
  for (const text of ["2", "", "s", "-2s", "2 minutes", "1e3s"]) assert.equal(parseDuration(text), undefined, text);
  assert.deepEqual([staleAfter(2_000), staleAfter(10_000)], [4_000, 20_000]);
});
