import assert from "node:assert/strict";
import { test } from "node:test";
import { LinkError } from "@meterport/protocol/errors";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { FakeMeter } from "../testing/fake-meter.ts";
import { LiveFirst } from "./live-first.ts";

test("a turn comes when no live reading is in progress, even if the last one failed", async () => {
  const clock = new VirtualClock();
  const meter = new FakeMeter(clock);
  const first = new LiveFirst();
  const source = first.watch(meter);
  await first.turn();
  const order: string[] = [];
  meter.readTakes = 300;
  const live = source.read(1_000).then(() => order.push("live"));
  const turn = first.turn().then(() => order.push("turn"));
  await clock.run(Promise.all([live, turn]));
  meter.readFails = new LinkError("no-answer", "read BT23", "no answer");
  const failing = source.read(1_000).catch(() => order.push("failed"));
  const next = first.turn().then(() => order.push("turn"));
  await clock.run(Promise.all([failing, next]));
  assert.deepEqual(order.sort(), ["failed", "live", "turn", "turn"]);
});

test("the watched source is the same meter in all else", () => {
  const meter = new FakeMeter(new VirtualClock());
  const source = new LiveFirst().watch(meter);
  assert.equal(source.identity(), meter.identity());
  assert.deepEqual(source.status(), meter.status());
});
