import assert from "node:assert/strict";
import { test } from "node:test";
import { hasDistortion, meterCountsOf } from "./meter-counts.ts";

const time = "2026-01-01T12:00:00.000Z";
const never = { count: 0, last: null, timeKnown: true };
const distortion = { ...never, highest_percent: 0, highestAt: null, average_percent: 0 };
const phase = {
  ...{ sags: { ...never, count: 2, last: time, voltage_v: 201 }, surges: never, deepSags: null, overCurrents: 1 },
  ...{ phaseLosses: { ...never, now: true }, voltageDistortion: distortion, currentDistortion: null },
};
const answer = {
  ...{ id: "home", time_read: time },
  power_quality: {
    ...{ phases: { L1: phase, L2: phase }, frequency: { lowest_hz: 49.9, highest_hz: null }, shortOutages: 3 },
    ...{ thresholds: { sag_percent: 10, surge_percent: 10, sagOrSurge_s: 0 }, quality: "good", doubts: [] },
  },
};

test("takes the counts of each phase, and what the firmware lacks is unknown and not 0", () => {
  const counts = meterCountsOf(answer);
  const [first, , third] = counts?.phases ?? [];
  assert.deepEqual([first?.sags, first?.deepSags, first?.isLost], [{ count: 2, last: Date.parse(time) }, null, true]);
  assert.deepEqual([third?.sags, third?.overCurrents], [null, null]);
  assert.deepEqual([counts?.readAt, counts?.lowestHz, counts?.highestHz], [Date.parse(time), 49.9, null]);
});

test("distortion that was never more than 0 is one that the meter does not measure", () => {
  const counts = meterCountsOf(answer);
  assert.ok(counts !== null);
  assert.equal(hasDistortion(counts, "voltageDistortion"), false);
  const measured = { ...phase, voltageDistortion: { ...distortion, average_percent: 2.5 } };
  const other = meterCountsOf({ ...answer, power_quality: { ...answer.power_quality, phases: { L1: measured } } });
  assert.ok(other !== null && hasDistortion(other, "voltageDistortion"));
});

test("doubts of the meter's reader are told, and another answer is none", () => {
  const doubtful = { ...answer, power_quality: { ...answer.power_quality, quality: "suspect", doubts: ["time"] } };
  assert.equal(meterCountsOf(doubtful)?.isDoubtful, true);
  for (const wrong of [null, {}, { time_read: time }, { ...answer, time_read: null }])
    assert.equal(meterCountsOf(wrong), null);
});
