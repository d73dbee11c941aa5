import assert from "node:assert/strict";
import { test } from "node:test";
import { dayIn } from "./point-facts-day.ts";

test("points of several zones and moments share what was looked up, and get their own dates", () => {
  const late = Date.UTC(2026, 0, 31, 23, 30);
  const [there, here, again] = [dayIn("Europe/Copenhagen"), dayIn("UTC"), dayIn("Europe/Copenhagen")];
  const asked = [late, late - 7_200_000, late + 1, late - 7_200_000].map((time) => [
    there(time),
    here(time),
    again(time),
  ]);
  assert.deepEqual(asked, [
    ["2026-02-01", "2026-01-31", "2026-02-01"],
    ["2026-01-31", "2026-01-31", "2026-01-31"],
    ["2026-02-01", "2026-01-31", "2026-02-01"],
    ["2026-01-31", "2026-01-31", "2026-01-31"],
  ]);
});
