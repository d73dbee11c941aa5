import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { StopSignal } from "../session/stop-signal.ts";
import { bounded } from "./bounded.ts";

test("a task that throws before it returns a promise leaves no timer and no listener", async () => {
  const clock = new VirtualClock();
  const stop = new StopSignal();
  let listening = 0;
  const signal = {
    get aborted() {
      return stop.aborted;
    },
    addEventListener: () => void listening++,
    removeEventListener: () => void listening--,
  };
  const mistake = (): never => {
    throw new TypeError("x is not a function");
  };
  await assert.rejects(bounded({ clock, limit: 1_000, signal, label: "ask" }, mistake), /x is not a function/);
  assert.deepEqual([clock.pending, listening], [0, 0]);
});

test("the limit is reported before the task is given up, and a late result is not lost", async () => {
  const clock = new VirtualClock();
  const seen: string[] = [];
  const bound = {
    clock,
    limit: 1_000,
    label: "ask",
    onLimit: () => seen.push("limit"),
    late: (result: string) => seen.push(result),
  };
  const task = (): Promise<string> => new Promise((resolve) => clock.at(2_000, () => resolve("late")));
  await assert.rejects(clock.run(bounded(bound, task)), { code: "no-answer", message: "ask: not done after 1 s" });
  await clock.advance(2_000);
  assert.deepEqual(seen, ["limit", "late"]);
});
