/** Who controls values, as the pages print it: what decides whether a client may write a field. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { leaves, parseProfile } from "../layout/index.ts";
import { defaultDimensions, tablesById } from "./index.ts";

/** Table, page (negative: of the optical guide), and fields with the control that is printed beside them. */
const printed: readonly (readonly [id: string, page: number, controls: Readonly<Record<string, string>>])[] = [
  [
    "BT20",
    -22,
    {
      season: "F",
      demandResetCounter: "P",
      demandResetLock: "P",
      cumulativeDemand: "P",
      continuousCumulativeDemand: "P",
      timeRemaining: "P",
      selfReadSequenceNumber: "P",
      selfReads: "P",
      presentValues: "P",
    },
  ],
  ["BT21", 207, { demandResetCounter: "M", cumulativeDemand: "M", timeRemaining: "P", selfReads: "M", tiers: "P" }],
  ["BT27", 220, { "presentValueSources.0": "F" }],
  ["BT53", 231, { dstTimeAdjustment: "H", timeZoneOffset: "H" }],
  ["BT61", 240, { memoryLength: "M", set2InhibitOverflow: "P", "dataSets.0.blocks": "M", "dataSets.0.channels": "H" }],
  ["ET04", 63, { subnetId: "H/M", explicitMessageReceived: "M", forceNeuronConfiguration: "H/M", neuronPhase: "M" }],
  ["ET13", 88, { "devices.0.ta": "H", "devices.4.scheduledRead": "M", "devices.4.downlinkData": "H" }],
  ["ET34", 112, { "devices.0.groupMask": "H", "devices.0.controlMdt": "H" }],
  ["ET36", 114, { "actualDimensions.0.tableNumber": "F", "actualDimensions.0.entrySize": "M" }],
  ["ET47", 128, { tariff: "HD/HI", cancellation: "HD/HI", calendarId: "HD/HI" }],
  ["ET51", 134, { "clients.0.enableOpticalDosTimer": "H", "clients.0.healthTimeout": "H" }],
  ["ET71", 181, { "deltaData.0.configuredDelta": "H", "deltaData.0.comparisonValue": "H/M" }],
  ["ET74", 183, { validEntries: "M", unreadEntries: "H/M" }],
  ["ET75", 185, { order: "F", validEntries: "M", unreadEntries: "H/M" }],
  ["ET80", 190, { averagePowerControlSubInterval: "H", averagePowerDisconnectThreshold: "H" }],
  ["ET81", 192, { unreadEntries: "H/M", "entries.0.start": "M" }],
];

for (const [id, page, controls] of printed)
  test(`${id}: ${page < 0 ? `optical guide, p. ${-page}` : `MEP guide, p. ${page}`}`, () => {
    const table = tablesById.get(id) ?? assert.fail(id);
    const env = defaultDimensions(parseProfile("meter:3.70"));
    const found = new Map(leaves(table, env, "all", env.ET36).map(({ path, meta }) => [path, meta.vci]));
    assert.deepEqual(Object.fromEntries(Object.keys(controls).map((path) => [path, found.get(path)])), controls);
  });
