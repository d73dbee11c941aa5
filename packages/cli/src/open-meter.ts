/** A meter from what the command line says: link, key and profile. */
import { connect, identify, type Meter, rc4 } from "@meterport/client";
import type { Profile } from "@meterport/protocol/layout/index";
import type { ParsedKey } from "@meterport/protocol/security/key";
import type { Io } from "./io.ts";
import { wearStoreOf } from "./meter-wear.ts";

export interface MeterAccess {
  readonly link: string;
  readonly key: ParsedKey;
  /** The meter is asked where undefined. */
  readonly profile: Profile | undefined;
  /** Permits writes and procedures; only reads where left out. */
  readonly writable?: true;
}

/** @throws LinkError, UsageError */
export const openMeter = async ({ link, key, profile, writable }: MeterAccess, io: Io): Promise<Meter> => {
  const signal = io.interrupted;
  const transport = await io.openLink(link, signal);
  let name = link;
  const meter = await connect(transport, {
    security: rc4({ key: key.secret, entropy: io.entropy }),
    clock: io.clock,
    signal,
    ...(profile === undefined ? {} : { profile }),
    ...(writable === undefined ? {} : { writable, wear: wearStoreOf(io, () => name) }),
  });
  if (writable !== undefined) {
    const identity = meter.identity ?? (await identify(meter.session, signal)).identity;
    name = identity.serial ?? identity.utilitySerial ?? link;
  }
  return meter;
};
