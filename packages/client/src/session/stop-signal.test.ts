import assert from "node:assert/strict";
import { test } from "node:test";
import { StopSignal } from "./stop-signal.ts";

test("calls each listener once, however often it was added and the signal is raised", () => {
  const signal = new StopSignal();
  const heard: string[] = [];
  const first = (): void => void heard.push("first");
  signal.addEventListener("abort", first);
  signal.addEventListener("abort", first);
  signal.addEventListener("abort", () => heard.push("second"));
  assert.equal(signal.aborted, false);
  signal.raise();
  signal.raise();
  assert.deepEqual([signal.aborted, heard], [true, ["first", "second"]]);
});

test("does not call a listener that was taken away, or one that comes too late", () => {
  const signal = new StopSignal();
  const never = (): void => assert.fail("it was called");
  const [heard, other] = [[] as number[], (): void => {}];
  signal.addEventListener("abort", never);
  signal.addEventListener("abort", () => heard.push(1));
  signal.removeEventListener("abort", other);
  signal.removeEventListener("abort", never);
  signal.raise();
  signal.removeEventListener("abort", never);
  assert.deepEqual(heard, [1]);
});

test("a listener may take itself and others away while they are called", () => {
  const signal = new StopSignal();
  const heard: number[] = [];
  const second = (): void => void heard.push(2);
  const first = (): void => {
    heard.push(1);
    signal.removeEventListener("abort", first);
  };
  signal.addEventListener("abort", first);
  signal.addEventListener("abort", second);
  signal.raise();
  assert.deepEqual(heard, [1, 2]);
});
