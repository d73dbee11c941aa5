import assert from "node:assert/strict";
import { test } from "node:test";
import { look, progressOf, type Seen } from "./memory-progress.ts";

const twoDays = { present: 192, expected: 192, open: 0, days: 2 };
const offer = { phases: 3, power: 100, days: 60, minutes: 15 };

test("the days that are read first are not all that the meter remembers", () => {
  assert.deepEqual(progressOf(look(null, twoDays), offer), { present: 192, expected: 5760, whole: false });
  const all = { present: 5730, expected: 5730, open: 0, days: 59.7 };
  assert.deepEqual(progressOf(look(null, all), offer), { present: 5730, expected: 5730, whole: true });
  assert.equal(progressOf(look(null, { ...all, open: 3 }), offer).whole, false);
});

test("where the meter did not say how much it remembers, what no longer grows is all of it", () => {
  let seen: Seen = look(null, twoDays);
  for (let n = 0; n < 14; n++) seen = look(seen, twoDays);
  assert.deepEqual(progressOf(seen, null), { present: 192, expected: 192, whole: false });
  assert.equal(progressOf(look(seen, twoDays), null).whole, true);
  assert.equal(progressOf(look(seen, { ...twoDays, present: 193, expected: 193 }), null).whole, false);
  const none = { present: 0, expected: 0, open: 0, days: 0 };
  seen = look(null, none);
  for (let n = 0; n < 20; n++) seen = look(seen, none);
  assert.equal(progressOf(seen, null).whole, false);
});
