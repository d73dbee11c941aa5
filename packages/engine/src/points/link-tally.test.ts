import assert from "node:assert/strict";
import { test } from "node:test";
import { LinkError } from "@meterport/protocol/errors";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { limitsForFuse } from "../guard/guard.ts";
import { silentLog } from "../ports/log.ts";
import { FakeMeter } from "../testing/fake-meter.ts";
import { LinkTally } from "./link-tally.ts";
import { PointLoop } from "./point-loop.ts";

test("the states of all points are counted as they change, also those that only time tells", async () => {
  const clock = new VirtualClock();
  const tally = new LinkTally();
  const meters = Array.from({ length: 5 }, () => new FakeMeter(clock));
  const loops = meters.map(
    (source, index) =>
      new PointLoop({
        ...{ id: `m${index}`, name: "Meter", url: "tcp://bridge", simulated: false, interval: 2_000 },
        ...{ limits: limitsForFuse(25), source, clock, log: silentLog, tally },
      }),
  );
  assert.deepEqual([tally.counts.connecting, tally.points, tally.without], [5, 5, 5]);
  for (const loop of loops) loop.start();
  await clock.advance(1_000);
  assert.deepEqual([tally.counts.up, tally.without], [5, 0]);
  const [first, second, third] = meters as [FakeMeter, FakeMeter, FakeMeter];
  first.readFails = new LinkError("no-answer", "read BT23", "no answer");
  second.turn("degraded", { code: "noise", text: "noise" });
  third.hangs = true;
  await clock.advance(5_000);
  assert.deepEqual(tally.counts, { connecting: 0, up: 3, degraded: 0, paused: 0, refused: 0, silent: 2 });
  await clock.run(Promise.all(loops.map((loop) => loop.stop())));
  assert.equal(tally.points, 0);
});
