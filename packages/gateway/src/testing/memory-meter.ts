/** A connected client over a virtual meter in memory. */
import { connect, type Meter, rc4 } from "@meterport/client";
import { parseProfile } from "@meterport/protocol/layout/index";
import { Secret } from "@meterport/protocol/mep/security/key";
import { memoryLine, VirtualMeter } from "@meterport/simulator";
import { systemClock } from "@meterport/transports/clock";

const key = new Secret(new Uint8Array(16).fill(0x5a));
const advanced = new Secret(new Uint8Array(16).fill(0xa5));

export const memoryMeter = (): Promise<Meter> => {
  const device = new VirtualMeter({
    profile: parseProfile("meter:3.70"),
    keys: { basic: key, advanced },
    scenario: "house",
    seed: 1,
    start: systemClock.wall(),
    epoch: systemClock.now(),
  });
  const entropy = (length: number): Uint8Array => new Uint8Array(length).fill(7);
  return connect(memoryLine({ meter: device, clock: systemClock }), {
    clock: systemClock,
    security: rc4({ key, entropy }),
    timing: { requestSpacing: 0 },
  });
};
