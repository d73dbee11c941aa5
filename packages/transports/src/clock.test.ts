import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock, systemEntropy } from "./clock.ts";

test("a task runs at its deadline or after it, never before", async () => {
  const start = systemClock.now();
  const ran = await new Promise<number>((resolve) => systemClock.at(start + 5.5, () => resolve(systemClock.now())));
  assert.ok(ran >= start + 5.5);
});

test("a cancelled task does not run", async () => {
  let ran = false;
  const cancel = systemClock.at(systemClock.now() + 1, () => {
    ran = true;
  });
  cancel();
  await new Promise<void>((resolve) => systemClock.at(systemClock.now() + 5, resolve));
  assert.equal(ran, false);
});

test("wall time is the system's, and entropy gives as many bytes as asked", () => {
  assert.ok(Math.abs(systemClock.wall() - Date.now()) < 1000);
  assert.equal(systemEntropy(16).length, 16);
  assert.notDeepEqual(systemEntropy(16), systemEntropy(16));
});
