import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { VirtualClock } from "./support/virtual-clock.ts";

test("tasks run in order of time, then in the order in which they were scheduled", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(20), { maxLength: 60 }), async (times) => {
      const clock = new VirtualClock();
      const ran: [number, number][] = [];
      times.forEach((time, index) => {
        clock.at(time, () => {
          assert.equal(clock.now(), time);
          ran.push([time, index]);
        });
      });
      await clock.advance(20);
      const expected = times.map((time, index): [number, number] => [time, index]);
      expected.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
      assert.deepEqual(ran, expected);
      assert.equal(clock.pending, 0);
    }),
    { numRuns: 50 },
  );
});

test("a cancelled task does not run, and cancelling twice is harmless", async () => {
  const clock = new VirtualClock();
  let ran = 0;
  const off = clock.at(5, () => ran++);
  clock.at(6, () => ran++);
  off();
  off();
  assert.equal(clock.pending, 1);
  assert.equal(clock.next, 6);
  await clock.advance(10);
  assert.equal(ran, 1);
  assert.equal(clock.now(), 10);
});

test("advance lets promises settle between tasks and runs what they schedule", async () => {
  const clock = new VirtualClock();
  const sleep = (ms: number) => new Promise<void>((resolve) => clock.at(clock.now() + ms, resolve));
  const seen: number[] = [];
  const loop = (async () => {
    for (let i = 0; i < 4; i++) {
      await sleep(10);
      seen.push(clock.now());
    }
  })();
  await clock.advance(25);
  assert.deepEqual(seen, [10, 20]);
  await clock.run(loop);
  assert.deepEqual(seen, [10, 20, 30, 40]);
});

test("run returns the value, passes on the failure, and lets only the needed time pass", async () => {
  const clock = new VirtualClock();
  const later = new Promise<string>((resolve) => clock.at(7, () => resolve("done")));
  clock.at(1_000, () => assert.fail("too far"));
  assert.equal(await clock.run(later), "done");
  assert.equal(clock.now(), 7);
  await assert.rejects(clock.run(Promise.reject(new Error("no"))), /^Error: no$/);
});

test("run reports a deadlock, and a promise that outlives the limit", async () => {
  const clock = new VirtualClock();
  await assert.rejects(clock.run(new Promise(() => {})), /deadlock at 0 ms/);
  const tick = (): void => {
    clock.at(clock.now() + 1_000, tick);
  };
  tick();
  await assert.rejects(clock.run(new Promise(() => {}), 10_000), /not settled after 10000 ms; 1 tasks still wait/);
});

test("a deadline in the past is due at once, but not inside the call", async () => {
  const clock = new VirtualClock({ now: 100 });
  let ran = false;
  clock.at(50, () => {
    ran = true;
  });
  assert.equal(ran, false);
  await clock.advance(0);
  assert.equal(ran, true);
  assert.equal(clock.now(), 100);
});

test("stepping the wall clock moves no deadline", async () => {
  const clock = new VirtualClock({ wall: 1_000 });
  let ran = 0;
  clock.at(10, () => ran++);
  clock.stepWall(3_600_000);
  assert.equal(clock.wall(), 3_601_000);
  await clock.advance(9);
  assert.equal(ran, 0);
  await clock.advance(1);
  assert.equal(ran, 1);
});
