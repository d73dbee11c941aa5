import assert from "node:assert/strict";
import { test } from "node:test";
import { RETRY_MS, repeated } from "./repeat.ts";

/** Timers that the test lets run. */
const timers = () => {
  let waiting: { readonly ms: number; readonly run: () => void } | null = null;
  return {
    after: (ms: number, run: () => void) => {
      waiting = { ms, run };
      return () => {
        waiting = null;
      };
    },
    waits: () => waiting?.ms ?? null,
    run: async () => {
      const due = waiting;
      waiting = null;
      due?.run();
      await settled();
    },
  };
};
const settled = () => new Promise((resolve) => setImmediate(resolve));

test("asks at once, later again, and sooner after a failure", async () => {
  const { after, waits, run } = timers();
  const answers = [true, false, true];
  let asked = 0;
  const stop = repeated({ ask: async () => answers[asked++] ?? true, each: 60_000, after, isHidden: () => false });
  await settled();
  assert.deepEqual([asked, waits()], [1, 60_000]);
  await run();
  assert.deepEqual([asked, waits()], [2, RETRY_MS]);
  await run();
  assert.deepEqual([asked, waits()], [3, 60_000]);
  stop();
  assert.equal(waits(), null);
});

test("asks nothing while the page is hidden", async () => {
  const { after, run } = timers();
  let [asked, hidden] = [0, true];
  repeated({
    ask: async () => {
      asked++;
      return true;
    },
    ...{ each: 1000, after, isHidden: () => hidden },
  });
  await settled();
  await run();
  assert.equal(asked, 0);
  hidden = false;
  await run();
  assert.equal(asked, 1);
});

test("an answer that comes after the end starts no timer", async () => {
  const { after, waits } = timers();
  let answer: (done: boolean) => void = () => undefined;
  let given: AbortSignal | null = null;
  const stop = repeated({
    ask: (signal) => {
      given = signal;
      return new Promise<boolean>((resolve) => {
        answer = resolve;
      });
    },
    ...{ each: 1000, after, isHidden: () => false },
  });
  stop();
  answer(true);
  await settled();
  assert.equal(waits(), null);
  assert.equal((given as AbortSignal | null)?.aborted, true);
});
