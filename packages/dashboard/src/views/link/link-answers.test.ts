import assert from "node:assert/strict";
import { test } from "node:test";
import { doctorTestOf, keyTestOf, recordingOf, testsOf } from "./link-answers.ts";

const head = { id: "home", state: "done", started: "2026-01-01T12:00:00.000Z", took_ms: 28_400, problem: null };
const started = Date.UTC(2026, 0, 1, 12);

test("an examination with its layers", () => {
  const document = {
    ...{ name: "the link is healthy", sickness: null, usable: true, language: "en", meter: "NES", cause: null },
    remedies: ["a", 7, "b"],
    checks: [
      { name: "open", verdict: "good", title: "Link", text: "opened" },
      { name: "new", verdict: "splendid", title: "New" },
      { verdict: "good" },
      null,
    ],
  };
  const test = doctorTestOf({ ...head, diagnosis: document });
  assert.deepEqual(test, {
    ...{ state: "done", started, took: 28_400, problem: null },
    diagnosis: {
      ...{ name: "the link is healthy", sickness: null, usable: true, language: "en", meter: "NES", cause: null },
      remedies: ["a", "b"],
      checks: [
        { name: "open", verdict: "good", title: "Link", text: "opened" },
        { name: "new", verdict: "unknown", title: "New", text: "" },
      ],
      document,
    },
  });
  assert.equal(doctorTestOf({ ...head, state: "running", diagnosis: null })?.diagnosis, null);
  assert.equal(doctorTestOf({ ...head, diagnosis: null }), null, "done, and nothing to show");
});

test("a key test, whether or not the gateway says what the meter offers", () => {
  const verdict = { outcome: "works", level: "basic", meter: "NES", message: "fine" };
  const shown = { outcome: "works", level: "basic", meter: "NES", message: "fine" };
  assert.deepEqual(keyTestOf({ ...head, verdict })?.verdict, { ...shown, phases: null, power: null, days: null });
  const offer = { phases: 3, power_w: -20, profile_days: 60, profile_minutes: 15 };
  assert.deepEqual(keyTestOf({ ...head, verdict: { ...verdict, offer } })?.verdict, {
    ...{ ...shown, phases: 3, power: -20, days: 60 },
  });
  assert.equal(keyTestOf({ ...head, verdict: { outcome: "perhaps" } }), null);
});

test("a recording that runs, one that is over, and none", () => {
  const running = {
    ...{ id: "home", running: true, started: head.started, until: "2026-01-01T12:05:00.000Z", bytes: 3, entries: 1 },
    ...{ ended: null, capture: null },
  };
  assert.deepEqual(recordingOf(running), {
    ...{ state: "running", started, until: started + 300_000, bytes: 3, entries: 1, ended: null, capture: null },
  });
  const over = recordingOf({ ...running, running: false, ended: "moon", capture: "x" });
  assert.deepEqual([over?.state, over?.ended, over?.capture], ["done", null, "x"]);
  assert.equal(recordingOf({ running: false })?.started, null);
});

test("which tests there are", () => {
  assert.deepEqual(testsOf({ doctor: { state: "done" }, key_test: null }), { doctor: true, key: false });
  assert.deepEqual(testsOf({}), { doctor: false, key: false });
});

test("anything else is nothing", () => {
  for (const data of [null, undefined, 7, "x", [], {}, { state: "asleep" }, { running: "yes" }])
    assert.deepEqual([doctorTestOf(data), keyTestOf(data), recordingOf(data)], [null, null, null]);
  assert.equal(testsOf(null), null);
});
