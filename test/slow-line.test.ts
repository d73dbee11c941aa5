/** A port at another speed than 9600 baud: the time of a byte counts in the timeout of an answer. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { connect, rc4 } from "@meterport/client";
import { LinkError } from "@meterport/protocol/errors";
import { parseProfile } from "@meterport/protocol/layout/index";
import { Secret } from "@meterport/protocol/mep/security/key";
import type { TransportTiming } from "@meterport/protocol/ports";
import { ET11 } from "@meterport/protocol/tables/index";
import { modelledLine, VirtualMeter } from "@meterport/simulator";
import { byteTimeOf, knownBaudRates } from "@meterport/transports/link-settings";
import { VirtualClock } from "./support/virtual-clock.ts";

const key = new Secret(new Uint8Array(16).fill(1));

/** Reads BT28 in one answer of 233 bytes, which takes 8 s at 300 baud, and a table. */
const readLong = async (baud: number, timing?: TransportTiming) => {
  const clock = new VirtualClock({ wall: Date.UTC(2026, 5, 1) });
  const meter = new VirtualMeter({
    profile: parseProfile("meter:3.70"),
    keys: { basic: key, advanced: new Secret(new Uint8Array(16).fill(2)) },
    scenario: "quiet",
    seed: 1,
    start: clock.wall(),
    epoch: clock.now(),
  });
  const line = modelledLine({ meter, clock, baud });
  const transport = timing === undefined ? line : { ...line, timing };
  const work = async () => {
    const entropy = (length: number) => new Uint8Array(length).fill(7);
    const client = await connect(transport, { security: rc4({ key, entropy }), clock, profile: meter.profile });
    const apdu = await client.session.request(Uint8Array.of(0x3f, 0x00, 0x1c, 0, 0, 0, 0, 220), { label: "read BT28" });
    const et11 = await client.read(ET11);
    const { counters } = client.session;
    await client.session.close();
    return { length: apdu.length, devices: et11.deviceCount, counters };
  };
  return clock.run(work());
};

describe("a line at another speed", () => {
  for (const baud of knownBaudRates)
    test(`reads at ${baud} baud, which its transport reports`, async () => {
      const { length, devices, counters } = await readLong(baud, { byteTime: byteTimeOf(baud) });
      assert.deepEqual([length, devices], [223, 5]);
      // One for the sequence number.
      assert.deepEqual([counters.retries, counters.failures, counters.discarded], [1, 0, 0]);
    });

  test("gives up at 300 baud before an answer can arrive, if the transport does not report the speed", async () => {
    await assert.rejects(readLong(300), (error: unknown) => error instanceof LinkError);
  });
});
