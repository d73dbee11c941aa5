import assert from "node:assert/strict";
import { test } from "node:test";
import { PERIODS, periodOf } from "./period.ts";

const now = Date.UTC(2026, 0, 8, 12, 3) / 1000;

test("ends with the running step, and lies whole periods back", () => {
  const day = periodOf({}, now);
  assert.deepEqual([day.name, day.back, day.to - day.from, day.step], ["day", 0, 86_400, 600]);
  assert.equal(day.to, Date.UTC(2026, 0, 8, 12, 10) / 1000);
  const week = periodOf({ by: "week", back: "2" }, now);
  assert.equal(week.to, day.to - 14 * 86_400);
});

test("never asks for more points than the gateway gives", () => {
  for (const by of PERIODS) {
    const { from, to, step } = periodOf({ by }, now);
    assert.ok((to - from) / step <= 1008, by);
    assert.equal(from % step, 0);
  }
});

test("an address that means nothing is the last day", () => {
  for (const query of [{ by: "decade" }, { back: "-3" }, { back: "1e9" }, { back: "x" }, { by: "<b>", back: "" }])
    assert.deepEqual(periodOf(query as Record<string, string>, now), periodOf({}, now));
  assert.ok(periodOf({ back: "99999", by: "year" }, now).back <= 20_000);
});
