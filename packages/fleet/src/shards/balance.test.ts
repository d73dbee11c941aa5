import assert from "node:assert/strict";
import { test } from "node:test";
import { givenBack, mostShards, takenAtOnce } from "./balance.ts";

test("all holders together have room for all shards, and none for much more than its part", () => {
  for (const shards of [1, 16, 256, 1024])
    for (let live = 1; live <= 40; live++) {
      const most = mostShards(shards, live);
      assert.ok(most * live >= shards, `${live} holders with ${most} of ${shards}`);
      assert.ok(most <= Math.ceil(1.15 * (shards / live)), `${most} of ${shards} for one of ${live}`);
    }
  assert.equal(mostShards(256, 0), 256);
});

test("what is too much is given back in a few steps, and never more", () => {
  let held = 256;
  const most = mostShards(256, 3);
  let steps = 0;
  for (; held > most; steps++) held -= givenBack(held, most);
  assert.equal(held, most);
  assert.ok(steps <= 16, `${steps}`);
  assert.equal(givenBack(most, most), 0);
  assert.equal(givenBack(0, most), 0);
});

test("room is filled in two steps from nothing, and never overfilled", () => {
  assert.equal(takenAtOnce(0, 99) + takenAtOnce(50, 99), 99);
  assert.equal(takenAtOnce(120, 99), 0);
});
