import assert from "node:assert/strict";
import { test } from "node:test";
import { en } from "../../i18n/en.ts";
import { formatter } from "../../i18n/format.ts";
import { MEASURED_KEYS, type Reading } from "../../state/api-answers.ts";
import { type PowerState, powerNote } from "./power-note.ts";

const ui = { words: en, format: formatter(en, "en-GB", "UTC") };
const reading = (power: number | null): Reading => ({
  time: 0,
  values: { ...(Object.fromEntries(MEASURED_KEYS.map((key) => [key, null])) as Reading["values"]), power_w: power },
});
const fresh: PowerState = {
  ...{ state: "fresh", cause: "none", reading: reading(-300), readingAge: 500, link: null, time: 100_000 },
};
const note = (change: Partial<PowerState>) => powerNote({ ...fresh, ...change }, ui);

test("says where the power flows while it is live", () => {
  assert.equal(note({}), "Power to the grid");
  assert.equal(note({ reading: reading(0) }), "No power flow");
  assert.equal(note({ reading: reading(null) }), "No present value");
});

test("a late value says how old it is, and a dead one what it was", () => {
  assert.equal(note({ state: "stale", cause: "late", readingAge: 4000 }), "last reading 4 s ago");
  const dead = { state: "dead", cause: "meter-silent", readingAge: 240_000 } as const;
  assert.equal(note(dead), "last known 300 W (export), 4 min ago");
  assert.equal(note({ ...dead, reading: reading(null) }), "last reading 4 min ago");
});

test("without a reading on this page it says what the gateway knows of the last one", () => {
  const none = { reading: null, readingAge: null } as const;
  assert.equal(note({ ...none, state: "stale", cause: "connecting" }), en.connecting);
  const silent = { ...none, state: "dead", cause: "meter-silent" } as const;
  assert.equal(note({ ...silent, link: { last_reading: new Date(40_000).toISOString() } }), "last reading 60 s ago");
  assert.equal(note({ ...silent, link: { last_reading: "soon" } }), en.noReadingYet);
  assert.equal(note(silent), en.noReadingYet);
});
