import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { logOf } from "./log-answer.ts";

const entry = {
  time: "2026-01-01T00:00:00Z",
  number: 70002,
  code: 68,
  raw: 2116,
  name: "Phase loss",
  argument: { hex: "0100", number: 1, text: "L1", parts: [{ key: "phase", value: 1, meaning: "L1" }] },
  severity: "alarm",
  source: "head-end list",
} as const;
const answer = { id: "home", time_read: "2026-01-01T00:00:09Z", entries: [entry] };

test("takes a valid log unchanged", () => {
  assert.deepEqual(logOf(answer), answer);
});

test("invalid values become unknown, and invalid entries are omitted", () => {
  const broken = {
    ...entry,
    time: "yesterday",
    number: "7",
    severity: "loud",
    source: 3,
    argument: { parts: [{}, 1] },
  };
  assert.deepEqual(logOf({ ...answer, entries: [null, 7, {}, { ...entry, code: "68" }, broken] })?.entries, [
    {
      ...entry,
      time: null,
      number: null,
      severity: null,
      source: null,
      argument: { hex: "", number: null, text: "", parts: [] },
    },
  ]);
});

test("cuts an endless log, and refuses anything else", () => {
  assert.equal(logOf({ ...answer, entries: Array(5000).fill(entry) })?.entries.length, 200);
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      assert.equal(logOf(value), null);
      const log = logOf({ ...answer, entries: [value, { ...entry, argument: value }] });
      assert.ok(log !== null && log.entries.length <= 2);
    }),
  );
});
