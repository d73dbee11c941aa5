import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { JobRoom } from "./job-room.ts";

const taken = (room: JobRoom, name: string, order: string[]) => {
  const state: { leave?: () => void } = {};
  const unqueue = room.take((leave) => {
    order.push(name);
    state.leave = leave;
  });
  return { unqueue, leave: () => state.leave?.() };
};

test("few jobs run at once, and of many those wait for which there is no room", () => {
  const room = new JobRoom({ clock: new VirtualClock() });
  const order: string[] = [];
  const jobs = Array.from({ length: 20 }, (_, n) => taken(room, String(n), order));
  assert.equal(order.length, 16);
  jobs[17]?.unqueue();
  jobs[0]?.leave();
  jobs[0]?.leave();
  jobs[1]?.leave();
  assert.deepEqual(order.slice(16), ["16", "18"]);
  assert.deepEqual(room.counts, { running: 16, waiting: 1, limit: 16 });
});

test("while the machine keeps up there is more and more room", async () => {
  const clock = new VirtualClock();
  const room = new JobRoom({ clock });
  const order: string[] = [];
  for (let n = 0; n < 40; n++) taken(room, String(n), order);
  await clock.advance(2_000);
  assert.equal(order.length, 26);
  await clock.advance(10_000);
  assert.equal(order.length, 40);
  assert.equal(clock.pending, 0, "nothing is looked at when nobody waits");
});

test("while timers come late there is less room, but never less than for some", async () => {
  const clock = new VirtualClock();
  let lateness = 0;
  const late = { now: clock.now, at: (time: number, run: () => void) => clock.at(time + lateness, run) };
  const room = new JobRoom({ clock: late });
  const order: string[] = [];
  const jobs = Array.from({ length: 60 }, (_, n) => taken(room, String(n), order));
  await clock.advance(4_010);
  assert.equal(room.counts.limit, 36);
  lateness = 50;
  await clock.advance(5_000);
  assert.equal(room.counts.limit, 16);
  // Two came before it was clear that timers are late.
  for (const { leave } of jobs.slice(0, 22)) leave();
  assert.equal(order.length, 38, "sixteen still run");
  jobs[22]?.leave();
  assert.equal(order.length, 39);
});

test("timers that are some milliseconds late, as on a machine that has time left, take no room away", async () => {
  const clock = new VirtualClock();
  const late = { now: clock.now, at: (time: number, run: () => void) => clock.at(time + 15, run) };
  const room = new JobRoom({ clock: late });
  for (let n = 0; n < 100; n++) taken(room, String(n), []);
  await clock.advance(10_000);
  assert.ok(room.counts.limit > 50, `${room.counts.limit}`);
});
