import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { PointRow } from "../../state/point-rows.ts";
import { isPresent, toldBy, withTold } from "./live-rows.ts";

const row: PointRow = {
  ...{ id: "a", name: "A", group: null, simulated: false, state: "up", cause: null },
  ...{ lastReading: 1_000, power: 500 },
};

test("a live event brings power and time, a stale one takes the power away and leaves the time", () => {
  const live = toldBy("live", { id: "a", time: "1970-01-01T00:00:05Z", quality: "good", power_w: -20 });
  assert.deepEqual(withTold(row, live?.told), { ...row, power: -20, lastReading: 5_000 });
  const stale = toldBy("live", { id: "a", time: null, quality: "stale", power_w: 7 });
  assert.deepEqual(withTold(row, stale?.told), { ...row, power: null });
});

test("a link event brings state and cause; a state that is unknown changes nothing", () => {
  const link = toldBy("link", { id: "a", state: "silent", cause: "no-answer", last_reading: null });
  assert.deepEqual(withTold(row, link?.told), { ...row, state: "silent", cause: "no-answer" });
  assert.equal(toldBy("link", { id: "a", state: "sleepy" }), null);
});

test("no event is a crash", () => {
  fc.assert(
    fc.property(fc.constantFrom("live", "link", "alive"), fc.anything(), fc.anything(), (type, data, value) => {
      toldBy(type, data);
      const told = toldBy(type, { id: "a", time: value, power_w: value, state: value, quality: value })?.told;
      assert.ok(told?.power === undefined || told.power === null || Number.isFinite(told.power));
    }),
  );
});

test("a value is present for some seconds after its answer, and then only while the stream lives and tells of it", () => {
  const heard = { now: 60_000, answeredAt: 0, aliveAt: 59_000, told: true };
  assert.equal(isPresent({ ...heard, answeredAt: 55_500, aliveAt: null, told: false }), true);
  assert.equal(isPresent(heard), true);
  assert.equal(isPresent({ ...heard, told: false }), false);
  assert.equal(isPresent({ ...heard, aliveAt: 50_000 }), false);
  assert.equal(isPresent({ ...heard, aliveAt: null }), false);
});
