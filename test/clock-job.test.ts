/** The clock job over the real protocol and a modelled line, in virtual time. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { rc4 } from "@meterport/client";
import { ClockJob } from "@meterport/engine/clock/clock-job";
import { limitsForFuse } from "@meterport/engine/guard/guard";
import type { PointEvent } from "@meterport/engine/model/point-event";
import { PointLoop } from "@meterport/engine/points/point-loop";
import { silentLog } from "@meterport/engine/ports/log";
import { SteppedClock } from "@meterport/engine/testing/stepped-clock";
import { linkMeter, superviseMeter } from "@meterport/gateway/meters/meter-link";
import { parseProfile } from "@meterport/protocol/layout/index";
import { BT52 } from "@meterport/protocol/tables/index";
import { modelledLine, VirtualMeter } from "@meterport/simulator";
import { advancedKey, basicKey, noEntropy } from "./support/supervised-link.ts";
import { VirtualClock } from "./support/virtual-clock.ts";

const [minute, hour] = [60_000, 3_600_000];

/** A point whose meter's clock is off by `meterOffset`; `refused` makes the meter refuse its clock. */
const setUp = (
  meterOffset: number,
  { refused = false, interval = 10_000, every }: { refused?: boolean; interval?: number; every?: number } = {},
) => {
  const real = new VirtualClock();
  const clock = new SteppedClock(real);
  const keys = { basic: basicKey, advanced: advancedKey };
  const meter = new VirtualMeter({
    ...{ profile: parseProfile("meter:3.70"), keys, scenario: "house", seed: 1, start: real.wall() + meterOffset },
  });
  const reads: number[] = [];
  meter.use(({ request }) => {
    if (!("table" in request) || request.table !== BT52.number) return undefined;
    reads.push(real.now());
    return refused ? { kind: "error", code: 0x03 } : undefined;
  });
  const source = superviseMeter({
    name: "line",
    open: async () => modelledLine({ meter, clock, baud: 9600 }),
    connect: (transport, signal, onSession) =>
      linkMeter(transport, { security: rc4({ key: basicKey, entropy: noEntropy }), clock, signal, onSession }),
    clock,
    entropy: noEntropy,
    near: true,
  });
  const events: PointEvent[] = [];
  const job = new ClockJob({
    ...{ point: "home", source, clock, log: silentLog, every },
    keep: (found) => events.push(...found),
  });
  const loop = new PointLoop({
    ...{ id: "home", name: "Home", url: "line", simulated: true, interval, limits: limitsForFuse(25) },
    ...{ source, clock, log: silentLog, jobs: [job], onReading: () => job.notice() },
  });
  loop.start();
  return { real, clock, reads, job, events, loop };
};

test("the offset of a meter's clock is known soon after the first reading, and within its error", async () => {
  for (const meterOffset of [0, -90_000, 7_300]) {
    const { real, job, loop } = setUp(meterOffset);
    await real.advance(minute);
    const found = job.offset();
    assert.ok(found !== null && Math.abs(found.offset - meterOffset) <= found.error, JSON.stringify(found));
    assert.ok(found.error < 700, `${found.error} ms at 9600 baud`);
    await real.run(loop.stop());
  }
});

test("a disagreement of the clocks counts until a read finds them right, however rare reads are, and not after a step", async () => {
  const { real, clock, job, loop } = setUp(7_200_000, { every: 24 * hour });
  assert.equal(job.disagreement(), null, "nothing is known before the first read");
  await real.advance(20 * hour);
  assert.equal(job.offset(), null, "an offset of 20 h ago says little");
  assert.ok(Math.abs((job.disagreement() ?? 0) - 7_200_000) < 1_000);
  // The machine's clock is set right: nobody knows before the next read.
  clock.step(7_200_000);
  job.notice();
  assert.equal(job.disagreement(), null);
  await real.advance(minute);
  assert.ok(Math.abs(job.disagreement() ?? 1e9) < 1_000);
  await real.run(loop.stop());
});

test("the clock is read once an hour, and at once after a step, which is told from the meter's", async () => {
  const { real, clock, reads, events, loop } = setUp(0);
  await real.advance(3.4 * hour);
  assert.equal(reads.length, 4);
  clock.step(40_000);
  await real.advance(minute);
  assert.equal(reads.length, 5);
  assert.deepEqual(
    events.map(({ kind }) => kind),
    ["machine-clock-step"],
  );
  const { by_ms, confirmed, intervals } = JSON.parse(events[0]?.detail ?? "");
  assert.ok(Math.abs(by_ms - 40_000) < 10 && confirmed === true && intervals.count === 1, events[0]?.detail);
  await real.run(loop.stop());
});

test("a meter that refuses its clock is asked again after a day", async () => {
  const { real, reads, job, events, loop } = setUp(0, { refused: true, interval: 5 * minute });
  await real.advance(23 * hour);
  assert.equal(reads.length, 1);
  assert.equal(job.offset(), null);
  await real.advance(2 * hour);
  assert.equal(reads.length, 2);
  assert.deepEqual(events, []);
  await real.run(loop.stop());
});
