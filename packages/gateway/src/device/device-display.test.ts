import assert from "node:assert/strict";
import { test } from "node:test";
import type { LiveReading } from "@meterport/protocol/meaning/readings";
import { shownItems } from "./device-display.ts";

test("each value has its configured place, also one that is unknown, does not fit or is stale", () => {
  const shown = [
    { place: 2, key: "power_w", icons: ["kW"] },
    { place: 0, key: "voltage_l1_v", icons: [] },
    { place: 1, key: "energy_import_wh", icons: [] },
  ] as const;
  const reading = {
    power_w: null,
    voltage_l1_v: 229.6,
    energy_import_wh: 3e9,
    quality: "good",
  } as unknown as LiveReading;
  assert.deepEqual(shownItems(shown, reading), [
    { place: 2, value: null, icons: ["kW"] },
    { place: 0, value: 230, icons: [] },
    { place: 1, value: null, icons: [] },
  ]);
  for (const none of [null, { ...reading, quality: "stale" as const }])
    assert.ok(shownItems(shown, none).every(({ value }) => value === null));
});
