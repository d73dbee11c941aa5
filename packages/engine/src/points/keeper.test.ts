import assert from "node:assert/strict";
import { test } from "node:test";
import { type Log, silentLog } from "../ports/log.ts";
import { Keeper } from "./keeper.ts";

const noting = () => {
  const lines: string[] = [];
  const note = (text: string) => void lines.push(text);
  const log: Log = { ...silentLog, info: note, error: note };
  return { lines, log };
};

/** A store's write that ends when it is told to. */
const gate = () => {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
};

test("work begins at once if nothing waits, and in order behind slow work", async () => {
  const keeper = new Keeper(silentLog);
  const [first, done] = [gate(), [] as string[]];
  keeper.keep("keep a reading", async () => {
    done.push("1 begins");
    await first.promise;
    done.push("1 ends");
  });
  keeper.keep("keep a reading", async () => void done.push("2"));
  assert.deepEqual(done, ["1 begins"]);
  first.resolve();
  await keeper.settled();
  assert.deepEqual(done, ["1 begins", "1 ends", "2"]);
});

test("a failing store is logged once, and again when it works", async () => {
  const { lines, log } = noting();
  const keeper = new Keeper(log);
  const full = () => Promise.reject(new Error("disk full"));
  keeper.keep("keep a reading", full);
  keeper.keep("keep a reading", full);
  keeper.keep("keep a reading", async () => {});
  await keeper.settled();
  assert.deepEqual(lines, [
    "store: cannot keep a reading: disk full; live values go on, history has a gap",
    "store: works again",
  ]);
});

test("work that throws before its first await counts as failed, and stops nothing", async () => {
  const { lines, log } = noting();
  const keeper = new Keeper(log);
  keeper.keep("keep an event", () => {
    throw new TypeError("no table");
  });
  await keeper.settled();
  assert.deepEqual(lines, ["store: cannot keep an event: no table; live values go on, history has a gap"]);
});

test("a store that hangs holds a bounded number of writes, and logs what it drops", async () => {
  const { lines, log } = noting();
  const keeper = new Keeper(log, 2);
  const [hanging, done] = [gate(), [] as number[]];
  keeper.keep("keep a reading", () => hanging.promise);
  for (const n of [1, 2, 3]) keeper.keep("keep a reading", async () => void done.push(n));
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? "", /2 writes are already waiting/);
  hanging.resolve();
  await keeper.settled();
  assert.deepEqual(done, [1]);
});
