import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { DatabaseSight } from "./database-sight.ts";

test("a database that was seen lately is ready, with what was wrong last; one that is silent is not", async () => {
  const clock = new VirtualClock();
  const sight = new DatabaseSight(clock);
  await clock.advance(30_000);
  assert.deepEqual(sight.ready({ news: "at once" }), {
    ...{ name: "database", ready: true, problem: null, figures: { silent_s: 30, news: "at once" } },
  });
  sight.failed("it is locked");
  assert.deepEqual([sight.ready().ready, sight.ready().problem], [true, "it is locked"]);
  await clock.advance(1_000);
  assert.deepEqual([sight.ready().ready, sight.ready().problem], [false, "it is locked"]);
  sight.seen();
  assert.deepEqual([sight.ready().ready, sight.ready().problem], [true, null]);
  await clock.advance(31_000);
  assert.equal(sight.ready().problem, "the database of the fleet does not answer");
});
