import assert from "node:assert/strict";
import { test } from "node:test";
import { reading } from "../testing/fake-meter.ts";
import { joinedReading, type TakenReading } from "./joined-reading.ts";
import type { TakenAt } from "./staleness.ts";

const at = (time: number, values: Parameters<typeof reading>[1]): TakenReading => ({
  reading: reading(time, values),
  taken: { now: time, wall: time },
});
const full = at(1_000, { power_w: 500, power_l1_w: 500, voltage_l1_v: 231, energy_import_wh: 1_000 });
const power = at(1_250, { power_w: 800 });
const youngerThan = (age: number, now: number) => (taken: TakenAt) => now - taken.now < age;
const always = () => true;

test("power comes from the newer reading, everything else from the full set", () => {
  const joined = joinedReading(full, power, always);
  assert.deepEqual(
    [joined?.power_w, joined?.power_l1_w, joined?.voltage_l1_v, joined?.energy_import_wh, joined?.time],
    [800, 500, 231, 1_000, power.reading.time],
  );
  assert.deepEqual(joinedReading(at(1_300, { power_w: 900 }), power, always)?.power_w, 900);
  assert.equal(joinedReading(full, undefined, always), full.reading);
  assert.equal(joinedReading(undefined, undefined, always), undefined);
});

test("nothing old stays beside new power, and no old power beside a new set", () => {
  const late = at(9_000, { power_w: 700 });
  const joined = joinedReading(full, late, youngerThan(4_000, 9_100));
  assert.deepEqual([joined?.power_w, joined?.voltage_l1_v, joined?.energy_import_wh], [700, null, null]);
  assert.equal(joinedReading(full, power, youngerThan(4_000, 20_000)), undefined);
  const set = at(9_000, { power_w: 400, voltage_l1_v: 230 });
  assert.equal(joinedReading(set, power, youngerThan(4_000, 9_100)), set.reading);
});

test("the quality is that of the worse reading", () => {
  const doubtful = { ...power, reading: { ...power.reading, power_w: null, quality: "suspect" as const } };
  const joined = joinedReading(full, doubtful, always);
  assert.deepEqual([joined?.power_w, joined?.quality], [null, "suspect"]);
  const partial = { ...full, reading: { ...full.reading, quality: "partial" as const } };
  assert.equal(joinedReading(partial, power, always)?.quality, "partial");
});
