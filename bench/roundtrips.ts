/** Authenticated round trips: client to virtual meter in memory, one core. */
import { connect, rc4 } from "@meterport/client";
import { parseProfile } from "@meterport/protocol/layout/index";
import { Secret } from "@meterport/protocol/mep/security/key";
import { BT23 } from "@meterport/protocol/tables/index";
import { memoryLine, VirtualMeter } from "@meterport/simulator";
import { systemClock } from "@meterport/transports/clock";
import { measureAsync, report, say } from "./measure.ts";

const profile = parseProfile("meter:3.70");
const key = new Secret(new Uint8Array(16).fill(1));
const advanced = new Secret(new Uint8Array(16).fill(2));

export const benchRoundTrips = async (): Promise<void> => {
  say("Authenticated round trips, client to virtual meter in memory (promises, session, link, digest, both sides)");
  const meter = new VirtualMeter({
    profile,
    keys: { basic: key, advanced },
    scenario: "house",
    seed: 1,
    start: Date.UTC(2026, 5, 1),
  });
  const target = { name: "the target of 20,000 a second", perSecond: 20_000 };
  for (const [name, secret, encrypt] of [
    ["authenticated, advanced key", advanced, false],
    ["authenticated, basic key (the meter tries the other first)", key, false],
    ["encrypted, basic key", key, true],
  ] as const) {
    const client = await connect(memoryLine({ meter, clock: systemClock }), {
      security: rc4({ key: secret, entropy: (length) => new Uint8Array(length).fill(9), encrypt }),
      clock: systemClock,
      timing: { requestSpacing: 0 },
      profile,
    });
    const figure = await measureAsync(name, 200, async () => {
      for (let i = 0; i < 200; i++) await client.read(BT23, ["total", "summations", 0]);
    });
    report(figure, "reads/s", { figure: target, what: "the target" });
    await client.close();
  }
};

if (import.meta.main) await benchRoundTrips();
