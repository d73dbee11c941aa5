/** A virtual meter in your own test: node --test virtual-meter.test.ts */
import assert from "node:assert/strict";
import { test } from "node:test";
import { connect, openLive, rc4 } from "@meterport/client";
import { parseProfile, Secret } from "@meterport/protocol";
import { memoryLine, VirtualMeter } from "@meterport/simulator";
import { systemClock, systemEntropy } from "@meterport/transports";

/** The code under test: here, whether a house exports power. */
const isExporting = async (live: Awaited<ReturnType<typeof openLive>>): Promise<boolean> =>
  ((await live.read()).power_export_w ?? 0) > 0;

for (const [hour, expected] of [
  [12, true],
  [0, false],
] as const)
  test(`a house with solar panels ${expected ? "exports" : "does not export"} at ${hour}:00 in June`, async () => {
    const key = new Secret(new Uint8Array(16).fill(1));
    const meter = new VirtualMeter({
      profile: parseProfile("meter:3.70"),
      keys: { basic: key, advanced: new Secret(new Uint8Array(16).fill(2)) },
      scenario: "solar",
      seed: 1, // the same household each time
      start: Date.UTC(2026, 5, 21, hour), // what the meter's clock shows …
      epoch: systemClock.now(), // … now
    });
    // A line in memory takes no time. `modelledLine` has a speed, and faults if you want them.
    const line = memoryLine({ meter, clock: systemClock });
    const client = await connect(line, { security: rc4({ key, entropy: systemEntropy }), clock: systemClock });
    assert.equal(await isExporting(await openLive(client)), expected);
    await client.close();
  });
