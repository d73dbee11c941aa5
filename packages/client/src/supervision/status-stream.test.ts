import assert from "node:assert/strict";
import { test } from "node:test";
import { StopSignal } from "../session/stop-signal.ts";
import { StatusStream } from "./status-stream.ts";

test("listeners get every value, until they unsubscribe", () => {
  const stream = new StatusStream<number>();
  const heard: number[] = [];
  const off = stream.listen((value) => heard.push(value));
  stream.tell(1);
  stream.tell(2);
  off();
  stream.tell(3);
  assert.deepEqual(heard, [1, 2]);
});

test("an iteration begins with the present value, a slow one gets the newest, and it ends with the stream", async () => {
  const stream = new StatusStream<number>();
  const values = stream.values(() => 0, undefined);
  assert.equal((await values.next()).value, 0);
  const next = values.next();
  stream.tell(1);
  assert.equal((await next).value, 1);
  stream.tell(2);
  stream.tell(3);
  assert.equal((await values.next()).value, 3);
  const last = values.next();
  stream.end();
  assert.equal((await last).done, true);
});

test("an iteration ends with its signal", async () => {
  const stream = new StatusStream<number>();
  const stop = new StopSignal();
  const values = stream.values(() => 0, stop);
  await values.next();
  const waiting = values.next();
  stop.raise();
  assert.equal((await waiting).done, true);
});

test("an iteration that begins late begins with the value at that time", async () => {
  const stream = new StatusStream<number>();
  let present = 0;
  const values = stream.values(() => present, undefined);
  present = 1;
  stream.tell(1);
  assert.equal((await values.next()).value, 1);
  stream.end();
  assert.equal((await values.next()).done, true);
});
