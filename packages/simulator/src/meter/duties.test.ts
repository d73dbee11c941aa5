import assert from "node:assert/strict";
import { test } from "node:test";
import { openMeter } from "../testing/conversation.ts";
import { Duties } from "./duties.ts";

test("duties are done at the earliest of their times, and one that is never done does not stop the clock", () => {
  const done: string[] = [];
  const duties = new Duties((now) => done.push(`at ${now}`));
  const due = { a: 10, b: 5 };
  duties.add({ wakeAt: () => due.a, tick: () => done.push("a") });
  const end = duties.add({ wakeAt: () => due.b, tick: () => done.push("b") });
  assert.equal(duties.wakeAt(), 5);
  duties.tick(5);
  assert.deepEqual(done, ["at 5", "a", "b"]);
  assert.equal(duties.wakeAt(), 6);
  end();
  assert.equal(duties.wakeAt(), 10);
});

test("a duty that wakes the lines is not entered again", () => {
  let entered = 0;
  const duties = new Duties(() => {});
  duties.add({
    wakeAt: () => undefined,
    tick: (now) => {
      entered++;
      duties.tick(now);
    },
  });
  duties.tick(1);
  assert.equal(entered, 1);
});

test("a meter without power wakes up when it is back, whatever the speed of its clock", () => {
  for (const speed of [0, 0.3, 1, 7, 1000]) {
    const meter = openMeter({ speed });
    meter.tick(1000);
    meter.powerFail(500);
    assert.equal(meter.dark, true);
    assert.equal(meter.wakeAt(), 1500);
    meter.tick(1499);
    assert.equal(meter.dark, true);
    meter.tick(1500);
    assert.equal(meter.dark, false);
  }
});
