/** A day of two devices at one meter, with all that the grid asks of them. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Day, runDay, shortDay } from "./support/device-day.ts";

const minute = 60_000;
const hour = 60 * minute;

const check = (day: Day, label: string): void => {
  assert.deepEqual(day.wrong, [], label);
  for (const { at, request, disturbed } of day.requests)
    assert.ok(
      request.outcome === "answered" || disturbed,
      `${label}: request ${request.transaction} of type ${request.type} to ${request.device} at ${at}: ${request.outcome}`,
    );
};

describe("device day", () => {
  test("a whole day: 50 requests, 24 scheduled reads, a 200 kB file, power failures, an exchange, storms", async (t) => {
    const promised = 10_000;
    const day = await runDay({
      seed: 1,
      length: 24 * hour,
      livePeriod: 3 * promised,
      fileBytes: 200_000,
      scheduledReads: 24,
      requests: 50,
    });
    check(day, "the day");
    assert.equal(day.file, "done");
    assert.equal(day.requests.length, 50);
    const latest = Math.max(...day.late);
    t.diagnostic(`${day.late.length} live sets, at most ${latest} ms after they were due`);
    assert.ok(latest <= promised, `a live set was ${latest} ms late`);
    assert.equal(day.scheduled.received, day.scheduled.asked);
  });

  test("with a live set each second, none is later than that, also beside a file and storms of alerts", async (t) => {
    const day = await runDay({
      seed: 2,
      length: hour,
      livePeriod: 1_000,
      fileBytes: 20_000,
      scheduledReads: 12,
      requests: 50,
    });
    check(day, "the hour");
    assert.equal(day.file, "done");
    const latest = Math.max(...day.late);
    t.diagnostic(`${day.late.length} live sets, at most ${latest} ms after they were due`);
    assert.ok(latest <= 1_000, `a live set was ${latest} ms late`);
  });

  test("on lines with faults no answer comes twice and none from the wrong device", async (t) => {
    const first = Number(process.env.METERPORT_TEST_SEED ?? 1);
    const runs = Number(process.env.METERPORT_TEST_RUNS ?? 15);
    let [answered, requests] = [0, 0];
    for (let seed = first; seed < first + runs; seed++) {
      const day = await runDay(shortDay(seed));
      assert.deepEqual(day.wrong, [], `seed ${seed}`);
      requests += day.requests.length;
      answered += day.requests.filter(({ request }) => request.outcome === "answered").length;
    }
    t.diagnostic(`${answered} of ${requests} requests were answered`);
    assert.ok(answered > 0.95 * requests, `only ${answered} of ${requests} requests were answered`);
  });
});
