import assert from "node:assert/strict";
import { test } from "node:test";
import { childReading, childrenOf } from "./child-answers.ts";

const water = {
  ...{ id: "home.1", parent: "home", serial: "54325175", medium: "water", manufacturer: "VRT", slot: 0, handle: 1 },
  ...{ state: "up", alarms: ["billingDataCollected"], time_read: "2026-01-01T00:00:00.000Z", age_s: 1 },
  values: [
    { register: "flow_temperature_c", tier: 0, value: 8.8 },
    { register: "volume_m3", tier: 1, value: 1 },
    { register: "volume_m3", tier: 0, value: 4380.458 },
  ],
};

test("the counter comes first, over all tariffs, in a unit for people", () => {
  const [child] = childrenOf({ children: [water] }) ?? [];
  assert.deepEqual(
    child?.values.map(({ quantity, tier, unit }) => [quantity, tier, unit]),
    [
      ["volume", 0, "m³"],
      ["flow_temperature", 0, "°C"],
      ["volume", 1, "m³"],
    ],
  );
  assert.deepEqual([child?.medium, child?.readAt, child?.alarms], ["water", Date.UTC(2026, 0, 1), []]);
});

test("units are those that people read, and an unknown register keeps its value and has none", () => {
  const shown = (register: string, value: number) => {
    const { quantity, value: number, unit } = childReading(register, 0, value);
    return [quantity, number, unit];
  };
  assert.deepEqual(shown("energy_wh", 438_169_000), ["energy", 438_169, "kWh"]);
  assert.deepEqual(shown("volume_flow_m3_per_h", 0.056), ["volume_flow", 0.056, "m³/h"]);
  assert.deepEqual(shown("temperature_difference_k", 40.3), ["temperature_difference", 40.3, "K"]);
  assert.deepEqual(shown("something_new", 3), ["something_new", 3, ""]);
});

test("a medium has the page's word, or the gateway's", () => {
  const media = ["heat, by the return temperature", "warm water", "compressed air", null].map((medium) => {
    const [child] = childrenOf({ children: [{ ...water, medium }] }) ?? [];
    return child?.medium;
  });
  assert.deepEqual(media, ["heat", "warm water", null, null]);
});

test("an answer that is not as expected loses what is wrong, and nothing crashes", () => {
  assert.equal(childrenOf({}), null);
  assert.deepEqual(childrenOf({ children: [null, 3, {}, { id: 7 }] }), []);
  assert.equal(childrenOf({ children: [{ id: "a" }, { id: "a" }] })?.length, 1);
  const [odd] = childrenOf({ children: [{ id: "a", values: [{ register: 1 }, { register: "x", value: "9" }] }] }) ?? [];
  assert.deepEqual([odd?.values, odd?.state, odd?.readAt, odd?.alarms], [[], "unknown", null, []]);
});
