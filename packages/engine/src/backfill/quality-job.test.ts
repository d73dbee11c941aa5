import assert from "node:assert/strict";
import { test } from "node:test";
import { LinkError, ResponseError } from "@meterport/protocol/errors";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { silentLog } from "../ports/log.ts";
import type { MeterSource } from "../ports/meter-source.ts";
import type { Store, StoreBatch } from "../ports/store.ts";
import { qualityJob } from "./quality-job.ts";

const hour = 3_600_000;

const setUp = () => {
  const clock = new VirtualClock();
  const written: StoreBatch[] = [];
  const lines: string[] = [];
  const meter = { quality: { sags: 1 } as object, failure: undefined as Error | undefined };
  const ask = async (): Promise<object> => {
    if (meter.failure !== undefined) throw meter.failure;
    return meter.quality;
  };
  const job = qualityJob(
    {
      ...{ id: "hall", clock },
      point: { source: { ask } as unknown as MeterSource },
      store: { write: async (batch: StoreBatch) => void written.push(batch) } as unknown as Store,
      log: { ...silentLog, info: (line: string) => void lines.push(line) },
    },
    hour,
  );
  return { clock, written, lines, meter, job };
};

test("power quality is stored when it differs from the last time", async () => {
  const { clock, written, meter, job } = setUp();
  const first = job.due(clock.now()) ?? Number.NaN;
  assert.ok(first >= clock.now() && first < clock.now() + 300_000, `${first}`);
  await job.run();
  const second = job.due(clock.now()) ?? Number.NaN;
  assert.ok(second > clock.now() && second <= clock.now() + 1.25 * hour, `${second}`);
  await job.run();
  meter.quality = { sags: 2 };
  await job.run();
  assert.deepEqual(
    written.map(({ events }) => [events?.[0]?.kind, events?.[0]?.detail]),
    [
      ["power-quality", '{"sags":1}'],
      ["power-quality", '{"sags":2}'],
    ],
  );
});

test("a meter without power quality is told of once, and a failing link is the link's affair", async () => {
  const { lines, written, meter, job } = setUp();
  meter.failure = new ResponseError("no-such-table", 4, "read ET09", "the meter has no such table");
  await job.run();
  await job.run();
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? "", /power quality is not read: .*no such table/);
  meter.failure = new LinkError("no-answer", "read ET09", "no answer");
  await assert.rejects(job.run(), LinkError);
  assert.deepEqual(written, []);
});
