/** A client connected to a virtual meter, in virtual time. */
import { connect, type Meter, rc4 } from "@meterport/client";
import { parseProfile } from "@meterport/protocol/layout/index";
import { Secret } from "@meterport/protocol/mep/security/key";
import { memoryLine, VirtualMeter } from "@meterport/simulator";
import { VirtualClock } from "./virtual-clock.ts";

const basic = new Uint8Array(16).fill(2);
const advanced = new Uint8Array(16).fill(1);

export interface VirtualWorld {
  readonly clock: VirtualClock;
  readonly virtual: VirtualMeter;
  readonly meter: Meter;
}

export interface WorldOptions {
  /** "meter:3.70" if omitted. */
  readonly profile?: string | undefined;
  /** Which key the client has; the advanced one if omitted. */
  readonly level?: "basic" | "advanced" | undefined;
  /** true if omitted. */
  readonly writable?: boolean | undefined;
  /** Numbers of tables that the meter shows to no key. */
  readonly locked?: readonly number[] | undefined;
}

/** A quiet household at noon of 2026-01-01 UTC. */
export const virtualWorld = async ({
  profile = "meter:3.70",
  level = "advanced",
  writable = true,
  locked = [],
}: WorldOptions = {}): Promise<VirtualWorld> => {
  const clock = new VirtualClock({ wall: Date.UTC(2026, 0, 1, 12) });
  const virtual = new VirtualMeter({
    profile: parseProfile(profile),
    keys: { basic: new Secret(basic), advanced: new Secret(advanced) },
    scenario: "quiet",
    seed: 1,
    start: clock.wall(),
    epoch: clock.now(),
    locked,
  });
  const entropy = (length: number) => new Uint8Array(length).fill(7);
  const key = new Secret(level === "basic" ? basic : advanced);
  const transport = memoryLine({ meter: virtual, clock });
  const meter = await clock.run(connect(transport, { security: rc4({ key, level, entropy }), clock, writable }));
  return { clock, virtual, meter };
};
