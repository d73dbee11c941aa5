import assert from "node:assert/strict";
import { test } from "node:test";
import { parseProfile } from "@meterport/protocol/layout/index";
import { Secret } from "@meterport/protocol/mep/security/key";
import type { Millis } from "@meterport/protocol/ports";
import type { ScenarioName } from "../household/scenarios.ts";
import { installationAt } from "./installation.ts";
import { VirtualMeter } from "./virtual-meter.ts";

const key = new Secret(new Uint8Array(16));
/** The energy registers of a meter that was started again just now. */
const registersAt = (scenario: ScenarioName, now: Millis): number[] => {
  const { start, counted } = installationAt(now);
  const profile = parseProfile("meter:3.70");
  const keys = { basic: key, advanced: key };
  const meter = new VirtualMeter({ profile, keys, scenario, seed: 1, start, counted, epoch: start });
  const values = meter.valuesAt(now);
  return [0, 1, 2, 3, 6, 108, 109, 110, 111].map((source) => values.get(source) ?? 0);
};

test("a meter that is started again goes on where it was, and never falls", () => {
  for (const [scenario, month] of [
    ["house", 0],
    ["ev", 0],
    ["solar", 5],
  ] as const) {
    const begin = Date.UTC(2026, month, 1);
    const moments = [begin, begin + 60_000, begin + 90_000, begin + 86_400_000, Date.UTC(2026, month + 1, 1) - 1];
    const rows = [...moments, Date.UTC(2026, month + 1, 1)].map((now) => registersAt(scenario, now));
    for (const [n, row] of rows.entries())
      for (const [i, count] of row.entries())
        assert.ok(count >= (rows[n - 1]?.[i] ?? 0), `${scenario}: register ${i} falls at moment ${n}`);
    assert.deepEqual(registersAt(scenario, begin + 90_000), rows[2]);
  }
});
