import assert from "node:assert/strict";
import { test } from "node:test";
import { lineLog } from "./log.ts";
import { LogMemory } from "./log-memory.ts";

test("keeps the newest lines as they were logged, and gives them by level, meter and number", () => {
  const memory = new LogMemory();
  const log = lineLog(
    { wall: () => 7 },
    () => {},
    () => ({ level: "info", format: "text" }),
    (...line) => memory.note(...line),
  );
  log.info("starting");
  log.debug("not at this level");
  log.warn("link\nsilent", { meter: "home" });
  log.error("store: disk full");
  const messages = (query: Partial<Parameters<LogMemory["newest"]>[0]>) =>
    memory.newest({ level: "trace", limit: 10, ...query }).map(({ message }) => message);
  assert.deepEqual(messages({}), ["store: disk full", "link silent", "starting"]);
  assert.deepEqual(messages({ level: "warn" }), ["store: disk full", "link silent"]);
  assert.deepEqual(messages({ meter: "home" }), ["link silent"]);
  assert.deepEqual(messages({ after: 1, limit: 1 }), ["store: disk full"]);
  assert.deepEqual(memory.newest({ level: "warn", limit: 1 })[0], {
    ...{ number: 3, time: 7, level: "error", meter: null, message: "store: disk full", isEvent: false },
  });
  log.warn("registers fell", { meter: "home", isEvent: true });
  assert.equal(memory.newest({ level: "warn", limit: 1 })[0]?.isEvent, true);
  for (let n = 0; n < 5_000; n++) log.info(`line ${n}`);
  assert.equal(memory.newest({ level: "trace", limit: 5_000 }).length, 1_000);
});
