import assert from "node:assert/strict";
import { test } from "node:test";
import { reportsOf } from "./child-report.ts";

test("a meter's report on its devices is read, and what is not as expected is unknown", () => {
  const device = {
    ...{ handle: 1, customerId: "4711", attempts: 120, answers: 119, lastReadAttempt: "2026-01-01T11:00:00" },
    schedule: { times: { kind: "weekly", weekday: 1, hour: 6, minute: 30 }, loadProfile_min: 60 },
  };
  const reports = reportsOf({
    children: [
      device,
      { handle: 2, schedule: { times: { kind: "hourly", minute: 5 } } },
      { handle: 3, schedule: { times: { kind: "weekly", weekday: 9, hour: 77, minute: -1 } } },
      { handle: 4, schedule: { times: { kind: "yearly" } } },
      { handle: "5" },
    ],
  });
  assert.deepEqual(reports?.[0], {
    ...{ handle: 1, customerId: "4711", attempts: 120, answers: 119, lastAttempt: "2026-01-01T11:00:00" },
    ...{ times: { kind: "weekly", day: null, weekday: 1, at: "06:30" }, profileMinutes: 60 },
  });
  assert.deepEqual(reports?.[1]?.times, { kind: "hourly", day: null, weekday: null, at: "00:05" });
  assert.deepEqual(reports?.[2]?.times, { kind: "weekly", day: null, weekday: null, at: null });
  assert.equal(reports?.[3]?.times, null);
  assert.equal(reports?.length, 4);
  assert.equal(reportsOf({ children: "none" }), null);
});
