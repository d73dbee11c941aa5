import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import { Alarms } from "./alarms.ts";

/** Alarms on a clock that stands, and a timer that rings when the test says so. */
const stand = (t: TestContext) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const time = { now: 0 };
  const alarms = new Alarms(() => time.now);
  const pass = (milliseconds: number): void => {
    time.now += milliseconds;
    t.mock.timers.tick(milliseconds);
  };
  return { alarms, time, pass };
};

test("alarms ring in the order of their times, and of two at one time the one that was set first", (t) => {
  const { alarms, time, pass } = stand(t);
  const planned = fc.array(
    fc.record({ at: fc.integer({ min: -5, max: 40 }), cancelled: fc.option(fc.integer({ min: 0, max: 40 })) }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(planned, (plans) => {
      const rang: number[] = [];
      const began = time.now;
      const cancels = plans.map(({ at }, index) => alarms.at(began + at, () => rang.push(index)));
      for (let step = 0; step <= 41; step++) {
        for (const [index, { cancelled }] of plans.entries()) if (cancelled === step) cancels[index]?.();
        pass(1);
      }
      const expected = plans
        .map(({ at, cancelled }, index) => ({ at: Math.max(0, at), cancelled: cancelled ?? 99, index }))
        .filter(({ at, cancelled }) => cancelled >= Math.max(1, at))
        .toSorted((a, b) => a.at - b.at || a.index - b.index)
        .map(({ index }) => index);
      assert.deepEqual(rang, expected);
    }),
  );
});

test("one that is set for now, or for a time that is over, waits for the next round", (t) => {
  const { alarms, pass } = stand(t);
  const rang: string[] = [];
  alarms.at(5, () => {
    rang.push("first");
    alarms.at(5, () => rang.push("again"));
    alarms.at(0, () => rang.push("overdue"));
  });
  alarms.at(5, () => rang.push("second"));
  pass(5);
  assert.deepEqual(rang, ["first", "second"]);
  pass(1);
  assert.deepEqual(rang, ["first", "second", "again", "overdue"]);
});

test("what a task throws costs no other its turn", (t) => {
  const { alarms, pass } = stand(t);
  let rang = 0;
  alarms.at(1, () => {
    throw new Error("of the task");
  });
  alarms.at(1, () => rang++);
  assert.throws(() => pass(1), /of the task/);
  pass(1);
  assert.equal(rang, 1);
});

test("no timer is left when nothing waits any more", (t) => {
  const { alarms } = stand(t);
  const set = t.mock.method(globalThis, "setTimeout");
  const clear = t.mock.method(globalThis, "clearTimeout");
  const cancels = [alarms.at(10, () => {}), alarms.at(20, () => {})];
  assert.equal(set.mock.callCount(), 1, "one timer for all");
  for (const cancel of cancels) cancel();
  cancels[0]?.();
  assert.equal(clear.mock.calls.at(-1)?.arguments[0], set.mock.calls[0]?.result);
});
