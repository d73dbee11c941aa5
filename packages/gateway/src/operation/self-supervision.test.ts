import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLog } from "@meterport/engine/ports/log";
import type { Millis } from "@meterport/protocol/ports";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { selfSupervision, type WatchedPart } from "./self-supervision.ts";

const setup = (restart?: () => Promise<void>) => {
  const clock = new VirtualClock();
  const lines: string[] = [];
  const part = { busy: undefined as Millis | undefined };
  const watched: WatchedPart = { name: "the meter home", busySince: () => part.busy, limit: 60_000, restart };
  const supervision = selfSupervision(() => [watched], {
    clock,
    log: { ...silentLog, error: (line) => lines.push(line), info: (line) => lines.push(line) },
  });
  supervision.start();
  return { clock, lines, part, supervision };
};

test("a part that is stuck is named and restarted once", async () => {
  let restarts = 0;
  const { clock, lines, part, supervision } = setup(async () => {
    restarts++;
  });
  part.busy = clock.now();
  await clock.advance(59_000);
  assert.deepEqual([restarts, supervision.stuck()], [0, []]);
  await clock.advance(16_000);
  assert.deepEqual([restarts, supervision.stuck(), supervision.isAlive()], [1, ["the meter home"], true]);
  assert.deepEqual(lines, ["the meter home has been stuck for 60 s: it is restarted"]);
  part.busy = undefined;
  await clock.advance(5_000);
  assert.deepEqual([supervision.stuck(), supervision.restarts().get("the meter home")], [[], 1]);
  supervision.stop();
});

test("a part that is stuck again and again leaves the daemon for dead, until it works", async () => {
  const { clock, lines, part, supervision } = setup(async () => {});
  for (let n = 0; n < 4; n++) {
    part.busy = clock.now();
    await clock.advance(70_000);
  }
  assert.equal(supervision.isAlive(), false);
  assert.equal(
    lines.at(-1),
    "the meter home has been stuck for 60 s and cannot be restarted again: restart the daemon",
  );
  part.busy = undefined;
  await clock.advance(5_000);
  assert.equal(supervision.isAlive(), true);
  assert.equal(lines.at(-1), "the meter home works again");
  supervision.stop();
});

test("a restart that fails, or that does not exist, leaves the daemon for dead", async () => {
  for (const restart of [undefined, () => Promise.reject(new Error("no"))]) {
    const { clock, part, supervision } = setup(restart);
    part.busy = clock.now();
    await clock.advance(70_000);
    assert.equal(supervision.isAlive(), false);
    supervision.stop();
  }
});
