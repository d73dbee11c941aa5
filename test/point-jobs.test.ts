/** Jobs of a point beside its live readings, over a modelled line of 9600 baud, in virtual time. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { rc4 } from "@meterport/client";
import { limitsForFuse } from "@meterport/engine/guard/guard";
import type { PointJob } from "@meterport/engine/plan/point-job";
import { PointLoop } from "@meterport/engine/points/point-loop";
import { silentLog } from "@meterport/engine/ports/log";
import { linkMeter, superviseMeter } from "@meterport/gateway/meters/meter-link";
import { parseProfile } from "@meterport/protocol/layout/index";
import type { Millis } from "@meterport/protocol/ports";
import { BT23, BT28, BT52 } from "@meterport/protocol/tables/index";
import { modelledLine, VirtualMeter } from "@meterport/simulator";
import { advancedKey, basicKey, noEntropy } from "./support/supervised-link.ts";
import { VirtualClock } from "./support/virtual-clock.ts";

/** Of a small read, with the spacing that meters want. */
const oneRequest: Millis = 110;

interface Executed {
  readonly at: Millis;
  readonly live: boolean;
}

test("a live set waits for one request of a job at most, even if the job sends many at once", async (t) => {
  const clock = new VirtualClock();
  const meter = new VirtualMeter({
    profile: parseProfile("meter:3.70"),
    keys: { basic: basicKey, advanced: advancedKey },
    scenario: "house",
    seed: 1,
    start: clock.wall(),
  });
  const executed: Executed[] = [];
  meter.use(({ request }) => {
    const table = "table" in request ? request.table : undefined;
    executed.push({ at: clock.now(), live: table === BT23.number || table === BT28.number });
    return undefined;
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
  let pieces = 0;
  const flood: PointJob = {
    name: "flood",
    due: () => 0,
    run: async () => {
      await source.ask({
        label: "flood the line",
        limit: 60_000,
        run: (connected, signal) => Promise.all(Array.from({ length: 20 }, () => connected.read(BT52, { signal }))),
      });
      pieces++;
    },
  };
  const reads: Millis[] = [];
  const { read } = source;
  const watched = {
    ...source,
    read: (limit: Millis) => {
      reads.push(clock.now());
      return read(limit);
    },
  };
  const readings: Millis[] = [];
  const loop = new PointLoop({
    id: "home",
    name: "Home",
    url: "line",
    simulated: true,
    interval: 2_000,
    limits: limitsForFuse(25),
    source: watched,
    clock,
    log: silentLog,
    onReading: () => readings.push(clock.now()),
    jobs: [flood],
  });
  loop.start();
  await clock.advance(62_000);
  assert.ok(pieces >= 5, `${pieces} pieces of the job were done`);
  assert.ok(readings.length >= 30, `${readings.length} live sets in a minute`);
  const waits = reads.slice(1, -1).map((begun) => {
    const after = executed.filter(({ at }) => at >= begun);
    const first = after.findIndex(({ live }) => live);
    assert.ok(after[first + 1]?.live, "nothing comes between the two reads of a set");
    return first;
  });
  // The request on the line when the tick comes may be executed already, while its answer is still coming.
  const times = readings.slice(1).map((at, index) => at - (reads[index + 1] as Millis));
  const alone = Math.min(...times);
  t.diagnostic(
    `${pieces} pieces, ${readings.length} sets of ${Math.round(alone)} to ${Math.round(Math.max(...times))} ms`,
  );
  assert.ok(Math.max(...waits) <= 1, `sets waited for ${waits.join(" ")} requests`);
  assert.ok(waits.includes(1), "the job was in progress");
  assert.ok(Math.max(...times) - alone < oneRequest, `${times.map(Math.round).join(" ")} ms`);
  await clock.run(loop.stop());
  assert.equal(clock.pending, 0);
});
