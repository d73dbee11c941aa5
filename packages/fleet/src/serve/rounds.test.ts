import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { Rounds } from "./rounds.ts";

test("work is done each period, counted from its end, and its failure is told once until it succeeds", async () => {
  const clock = new VirtualClock();
  const told: string[] = [];
  const began: number[] = [];
  const rounds = new Rounds(clock, (sentence) => told.push(sentence));
  let problem: string | null = "the database is away";
  rounds.every(1_000, "sites", async () => {
    began.push(clock.now());
    await new Promise<void>((resolve) => void clock.at(clock.now() + 500, resolve));
    if (problem !== null) throw new Error(problem);
  });
  await clock.advance(4_600);
  assert.deepEqual(began, [1_000, 2_500, 4_000]);
  assert.deepEqual(told, ["sites: the database is away"]);
  problem = null;
  await clock.advance(1_500);
  problem = "the database is away";
  await clock.advance(1_500);
  assert.equal(told.length, 2);
  await clock.run(rounds.stop());
});

test("what is wanted soon is done once for all who want it, again if it had begun before, and by its period later", async () => {
  const clock = new VirtualClock();
  const began: number[] = [];
  const other: number[] = [];
  const rounds = new Rounds(clock, () => {});
  rounds.every(5_000, "visits", async () => {
    began.push(clock.now());
    await new Promise<void>((resolve) => void clock.at(clock.now() + 100, resolve));
  });
  rounds.every(5_000, "sites", async () => void other.push(clock.now()));
  await clock.advance(1_000);
  for (let n = 0; n < 10; n++) rounds.soon("visits");
  await clock.advance(50);
  assert.deepEqual(began, [1_020]);
  rounds.soon("visits");
  rounds.soon("visits");
  await clock.advance(6_000);
  assert.deepEqual(began, [1_020, 1_140, 6_240]);
  assert.deepEqual(other, [5_000]);
  rounds.soon("visits");
  await clock.run(rounds.stop());
  rounds.soon("visits");
  await clock.advance(20_000);
  assert.equal(began.length, 3, "nothing begins after the end");
});
