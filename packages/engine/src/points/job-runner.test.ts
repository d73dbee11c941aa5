import assert from "node:assert/strict";
import { test } from "node:test";
import { LinkError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import type { PointJob } from "../plan/point-job.ts";
import { type Log, silentLog } from "../ports/log.ts";
import { JobRoom } from "./job-room.ts";
import { JobRunner } from "./job-runner.ts";

/** A job that takes some time, and what it did. */
const slowJob = (clock: VirtualClock, name: string, due: () => Millis | undefined, takes = 100) => {
  const runs: Millis[] = [];
  const job: PointJob = {
    name,
    due,
    run: () => {
      runs.push(clock.now());
      return new Promise((resolve) => clock.at(clock.now() + takes, resolve));
    },
  };
  return { job, runs };
};

const runnerOf = (clock: VirtualClock, jobs: readonly PointJob[], log: Log = silentLog) => {
  const line = { idle: true };
  return { line, runner: new JobRunner({ id: "home", jobs, clock, log, idle: () => line.idle }) };
};

test("the first job in the list that is due runs first, one at a time", async () => {
  const clock = new VirtualClock();
  let pieces = 2;
  const back = slowJob(clock, "back-fill", () => 0);
  const watch = slowJob(clock, "clock watch", () => (pieces-- > 0 ? 0 : undefined));
  const { runner } = runnerOf(clock, [watch.job, back.job]);
  runner.look();
  runner.look();
  await clock.advance(350);
  assert.deepEqual(watch.runs, [0, 100]);
  assert.deepEqual(back.runs, [200, 300]);
  await clock.run(runner.stop());
  assert.equal(clock.pending, 0);
});

test("a job starts at its time, and not while the line is busy", async () => {
  const clock = new VirtualClock();
  const { job, runs } = slowJob(clock, "a job", () => 5_000);
  const { runner, line } = runnerOf(clock, [job]);
  runner.look();
  await clock.advance(4_000);
  assert.deepEqual(runs, []);
  line.idle = false;
  await clock.advance(2_000);
  assert.deepEqual(runs, []);
  line.idle = true;
  runner.look();
  await clock.advance(50);
  assert.deepEqual(runs, [6_000]);
  await clock.run(runner.stop());
});

test("a job that fails rests longer each time, is logged once at its second failure, and others have their turn", async () => {
  const clock = new VirtualClock();
  const lines: string[] = [];
  const attempts: Millis[] = [];
  const broken: PointJob = {
    name: "back-fill",
    due: () => 0,
    run: async () => {
      attempts.push(clock.now());
      throw new LinkError("no-answer", "read BT64", "no answer");
    },
  };
  const other = slowJob(clock, "other", () => 0, 1_000);
  const { runner } = runnerOf(clock, [broken, other.job], {
    ...silentLog,
    warn: (line, about) => lines.push(`${about?.meter}: ${line}`),
  });
  runner.look();
  await clock.advance(5_000);
  assert.deepEqual([attempts, lines], [[0], []], "the link tells of its own failure");
  await clock.advance(70_000);
  assert.deepEqual(attempts, [0, 10_000, 30_000, 70_000]);
  assert.ok(other.runs.length > 70, `${other.runs.length} runs`);
  assert.deepEqual(lines, ["home: back-fill: read BT64: no answer"]);
  await clock.run(runner.stop());
});

test("a job that does nothing and is always due leaves room for everything else", async () => {
  const clock = new VirtualClock();
  let runs = 0;
  const { runner } = runnerOf(clock, [{ name: "eager", due: () => 0, run: async () => void runs++ }]);
  runner.look();
  await Promise.resolve();
  await Promise.resolve();
  assert.equal(runs, 1, "the next one waits for the event loop");
  await clock.run(runner.stop());
});

test("stop waits for the job in progress, but not for ever", async () => {
  const clock = new VirtualClock();
  const { runner } = runnerOf(clock, [{ name: "stuck", due: () => 0, run: () => new Promise(() => {}) }]);
  runner.look();
  const began = clock.now();
  await clock.run(runner.stop());
  assert.equal(clock.now() - began, 3_000);
  runner.look();
  assert.equal(clock.pending, 0);
});

test("a job that somebody waits for runs as soon as the line is idle, before those that are due, and says how it ended", async () => {
  const clock = new VirtualClock();
  const due = slowJob(clock, "back-fill", () => 0);
  const rare = slowJob(clock, "event log", () => undefined);
  const bad: PointJob = { name: "bad", due: () => undefined, run: () => Promise.reject(new Error("no such table")) };
  const { runner, line } = runnerOf(clock, [due.job, rare.job, bad]);
  line.idle = false;
  const ended = runner.runNow("event log");
  const failed = assert.rejects(runner.runNow("bad"), /no such table/);
  await clock.advance(500);
  assert.deepEqual(rare.runs, []);
  line.idle = true;
  runner.look();
  await clock.run(ended);
  assert.deepEqual([rare.runs, due.runs], [[500], []]);
  await clock.run(failed);
  await assert.rejects(runner.runNow("other"), /nothing of that name/);
  line.idle = false;
  const late = assert.rejects(runner.runNow("event log"), /no longer read here/);
  await clock.run(runner.stop());
  await late;
  await assert.rejects(runner.runNow("event log"), LinkError);
});

test("what is due waits for room, and what somebody asks for does not", async () => {
  const clock = new VirtualClock();
  const room = new JobRoom({ clock });
  const leaves: (() => void)[] = [];
  for (let n = 0; n < 16; n++) room.take((leave) => leaves.push(leave));
  const due = slowJob(clock, "back-fill", () => (due.runs.length === 0 ? 0 : undefined));
  const asked = slowJob(clock, "asked", () => undefined);
  const jobs = [due.job, asked.job];
  const runner = new JobRunner({ id: "home", jobs, clock, log: silentLog, idle: () => true, room });
  runner.look();
  runner.look();
  assert.equal(room.counts.waiting, 1);
  const done = runner.runNow("asked");
  await clock.advance(10);
  assert.deepEqual([asked.runs.length, due.runs.length], [1, 0]);
  await clock.run(done);
  leaves[0]?.();
  await clock.advance(10);
  assert.equal(due.runs.length, 1);
  await clock.advance(200);
  assert.equal(room.counts.running, 15);
  await clock.run(runner.stop());
});

test("a point that stops waits for no room", async () => {
  const clock = new VirtualClock();
  const room = new JobRoom({ clock });
  for (let n = 0; n < 16; n++) room.take(() => {});
  const { job, runs } = slowJob(clock, "back-fill", () => 0);
  const runner = new JobRunner({ id: "home", jobs: [job], clock, log: silentLog, idle: () => true, room });
  runner.look();
  await clock.run(runner.stop());
  assert.deepEqual([room.counts.waiting, runs.length], [0, 0]);
});
