import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { LiveBatch } from "./live-batch.ts";

const setup = (most = 3) => {
  const clock = new VirtualClock();
  const batches: (readonly number[])[] = [];
  const counts = { sent: 0, skipped: 0 };
  const errors: unknown[] = [];
  let answer: () => Promise<void> = async () => {};
  const batch = new LiveBatch<number>({
    ...{ clock, every: 1_000, most },
    send: (values) => {
      batches.push(values);
      return answer();
    },
    sent: (count) => {
      counts.sent += count;
    },
    skipped: (count) => {
      counts.skipped += count;
    },
    failed: (error) => errors.push(error),
  });
  const answers = (next: () => Promise<void>): void => {
    answer = next;
  };
  return { clock, batch, batches, counts, errors, answers };
};

test("values are sent together after their time, and at once when there are many", async () => {
  const { clock, batch, batches, counts } = setup();
  batch.add(1);
  batch.add(2);
  assert.deepEqual(batches, []);
  await clock.advance(1_000);
  assert.deepEqual(batches, [[1, 2]]);
  for (const value of [3, 4, 5]) batch.add(value);
  assert.deepEqual(batches.at(-1), [3, 4, 5]);
  await clock.advance(0);
  assert.deepEqual(counts, { sent: 5, skipped: 0 });
});

test("while a consumer is slow the oldest values make room, and are counted", async () => {
  const { clock, batch, batches, counts, answers } = setup();
  let finish = (): void => {};
  answers(
    () =>
      new Promise((resolve) => {
        finish = resolve;
      }),
  );
  for (let value = 0; value < 20; value++) batch.add(value);
  assert.deepEqual(batches, [[0, 1, 2]]);
  answers(async () => {});
  finish();
  await clock.advance(10_000);
  const given = batches.flat();
  assert.equal(given.length + counts.skipped, 20);
  assert.equal(given.at(-1), 19);
  assert.deepEqual(
    given,
    [...given].sort((a, b) => a - b),
  );
});

test("a failure is told, and after the stop nothing is sent", async () => {
  const { clock, batch, batches, errors, answers } = setup();
  answers(() => Promise.reject(new Error("gone")));
  batch.add(1);
  await clock.advance(1_000);
  assert.equal(errors.length, 1);
  batch.add(2);
  batch.stop();
  batch.add(3);
  await clock.advance(10_000);
  assert.equal(batches.length, 1);
});
