import assert from "node:assert/strict";
import { test } from "node:test";
import { type Loaded, TileCache } from "./tile-cache.ts";

/** A cache whose answers the test gives. */
function setup({ most = 100, atOnce = 2 } = {}) {
  const asked: string[] = [];
  const waiting = new Map<string, { give: (loaded: Loaded<string, string>) => void; signal: AbortSignal }>();
  let changes = 0;
  const cache = new TileCache<string, string, string>({
    load: (key, signal) =>
      new Promise((resolve) => {
        asked.push(key);
        waiting.set(key, { give: resolve, signal });
      }),
    changed: () => {
      changes++;
    },
    ...{ most, atOnce },
  });
  const give = async (key: string, weight = 1, data = `data of ${key}`): Promise<void> => {
    waiting.get(key)?.give({ ok: true, data, weight });
    await new Promise(setImmediate);
  };
  const fail = async (key: string): Promise<void> => {
    waiting.get(key)?.give({ ok: false, failure: `no ${key}` });
    await new Promise(setImmediate);
  };
  return { cache, asked, waiting, give, fail, changes: () => changes };
}

test("moving back and forth asks for nothing twice", async () => {
  const { cache, asked, give } = setup();
  for (const keys of [
    ["a", "b"],
    ["b", "c"],
    ["a", "b"],
    ["b", "c"],
  ]) {
    cache.want("chart", keys);
    for (const key of keys) await give(key);
  }
  assert.deepEqual(asked, ["a", "b", "c"]);
  assert.equal(cache.get("a"), "data of a");
});

test("asks for a few at once, in the order in which they are needed", async () => {
  const { cache, asked, give } = setup();
  cache.want("chart", []);
  cache.want("heat", ["x", "y"]);
  cache.want("chart", ["a", "b", "c"]);
  assert.deepEqual(asked, ["x", "y"]);
  await give("x");
  await give("y");
  assert.deepEqual(asked, ["x", "y", "a", "b"], "the chart goes before what the map would want next");
});

test("cancels a request that nobody waits for any more, and drops its answer", async () => {
  const { cache, asked, waiting, give } = setup();
  cache.want("chart", ["a"]);
  const { signal } = waiting.get("a") ?? assert.fail();
  cache.want("chart", ["b"]);
  assert.equal(signal.aborted, true);
  await give("a");
  assert.equal(cache.get("a"), undefined);
  cache.want("chart", ["a"]);
  assert.deepEqual(asked, ["a", "b", "a"]);
});

test("a request that another part still waits for goes on", () => {
  const { cache, waiting } = setup();
  cache.want("chart", ["a"]);
  cache.want("overview", ["a"]);
  cache.want("chart", []);
  assert.equal(waiting.get("a")?.signal.aborted, false);
});

test("what is kept is bounded: the least recently used goes first, and never what is wanted", async () => {
  const { cache, give } = setup({ most: 30 });
  for (const key of ["a", "b", "c"]) {
    cache.want("chart", [key]);
    await give(key, 10);
  }
  cache.want("chart", ["a", "d"]);
  await give("d", 10);
  assert.equal(cache.get("b"), undefined);
  assert.deepEqual([cache.get("a"), cache.get("c"), cache.get("d")], ["data of a", "data of c", "data of d"]);
  cache.want("chart", ["e", "a", "d"]);
  await give("e", 500);
  assert.equal(cache.weight, 520, "one that alone is too heavy is kept as long as it is wanted");
  cache.want("chart", ["f"]);
  await give("f", 1);
  assert.equal(cache.weight, 1);
});

test("what may have changed is asked for again, and the old is shown meanwhile", async () => {
  const { cache, asked, give } = setup();
  cache.want("chart", ["a", "b"]);
  await give("a");
  await give("b");
  cache.expire((key) => key === "a");
  assert.deepEqual(asked, ["a", "b", "a"]);
  assert.equal(cache.get("a"), "data of a");
  await give("a", 1, "new");
  assert.equal(cache.get("a"), "new");
});

test("a renewal that was cancelled is made when somebody wants the tile again", async () => {
  const { cache, asked, give } = setup();
  cache.want("chart", ["a"]);
  await give("a");
  cache.expire(() => true);
  cache.want("chart", []);
  await give("a", 1, "cancelled");
  assert.equal(cache.get("a"), "data of a");
  cache.want("chart", ["a"]);
  assert.deepEqual(asked, ["a", "a", "a"]);
});

test("a failure is told, does not repeat itself, and ends with the next attempt", async () => {
  const { cache, asked, fail, give, changes } = setup();
  cache.want("chart", ["a"]);
  assert.equal(cache.isLoading("chart"), true);
  await fail("a");
  assert.equal(cache.failure("chart"), "no a");
  assert.equal(cache.isLoading("chart"), false);
  cache.want("chart", ["a"]);
  assert.deepEqual(asked, ["a"]);
  cache.retry();
  assert.equal(cache.failure("chart"), undefined);
  await give("a");
  assert.equal(cache.get("a"), "data of a");
  assert.ok(changes() >= 3);
});

test("after it is closed, it asks for nothing and gives nothing away", async () => {
  const { cache, asked, waiting, give } = setup();
  cache.want("chart", ["a", "b", "c"]);
  cache.close();
  assert.equal(waiting.get("a")?.signal.aborted, true);
  await give("a");
  cache.want("chart", ["c"]);
  assert.deepEqual(asked, ["a", "b"]);
});
