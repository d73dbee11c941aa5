import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChosenDay } from "./choose-day.ts";
import type { Edit } from "./edits.ts";
import { runVee } from "./run-vee.ts";
import { channelDay, day, inputOf, loadAt } from "./vee.test-kit.ts";
import { dayMillis, type VeeInput } from "./vee-input.ts";

const hour = 3_600_000;
const quarter = hour / 4;

/** Two days of a meter with intervals of an hour. */
const hourly = (): VeeInput =>
  inputOf({
    step: hour,
    days: [day - dayMillis, day].map((at) =>
      channelDay(at, {
        raw: Array.from({ length: 24 }, (_, n) => loadAt(at + n * hour)),
        rank: "2".repeat(24),
        status: new Array<number>(24).fill(0),
      }),
    ),
  });

const editOf = (from: number, to: number, changes: object): Edit =>
  ({ author: "ida", reason: "read on site", at: 5, from: day + from, to: day + to, ...changes }) as Edit;

const chosenOf = (input: VeeInput, edits: readonly Edit[], previous: ChosenDay | null = null): ChosenDay => {
  const { chosen } = runVee({ input, previous, edits, at: 1_000 });
  assert.ok(chosen !== "unchanged");
  return chosen;
};

test("an edit of quarters holds for whole hours, and for no part of one", () => {
  const values = [1, 2, 3, 4, 5, 6, 7, 8];
  const set = editOf(10 * hour + quarter, 12 * hour + quarter, { kind: "set", values });
  const chosen = chosenOf(hourly(), [set, editOf(quarter, 2 * quarter, { kind: "estimate" })]);
  const codes = Object.entries(chosen.codes).filter(([, code]) => code === "edited");
  assert.deepEqual(codes, [["11", "edited"]]);
  assert.equal(chosen.values[11], 4 + 5 + 6 + 7);
});

test("an edit of hours holds for quarters, to the unit", () => {
  const set = editOf(10 * hour, 12 * hour, { kind: "set", values: [10, 3] });
  const chosen = chosenOf(inputOf(), [set]);
  assert.deepEqual(chosen.values.slice(40, 48), [3, 3, 2, 2, 1, 1, 1, 0]);
  assert.ok(chosen.codes.slice(40, 48).every((code) => code === "edited"));
  assert.equal(chosen.codes[48], "measured");
});

test("a day whose slots got another length has a next version, whatever was edited before and after", () => {
  const first = chosenOf(hourly(), []);
  const later = editOf(2 * dayMillis, 2 * dayMillis + quarter, { kind: "set", values: [7] });
  const next = chosenOf(inputOf(), [later], first);
  assert.deepEqual([next.version, next.values.length], [2, 96]);
  assert.deepEqual(next.values, channelDay(day).raw);
});

test("a point with thousands of decisions can be judged", () => {
  const many = Array.from({ length: 3_000 }, (_, at) => editOf(0, quarter, { kind: "set", values: [at], at }));
  assert.equal(chosenOf(inputOf(), many).values[0], 2_999);
});
