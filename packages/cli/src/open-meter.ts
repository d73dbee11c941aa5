/** A meter from what the command line says: link, key and profile. */
import { connect, type Meter, rc4 } from "@meterport/client";
import type { Profile } from "@meterport/protocol/layout/index";
import type { ParsedKey } from "@meterport/protocol/security/key";
import type { Io } from "./io.ts";

export interface MeterAccess {
  readonly link: string;
  readonly key: ParsedKey;
  /** The meter is asked where undefined. */
  readonly profile: Profile | undefined;
}

/** @throws LinkError, UsageError */
export const openMeter = async ({ link, key, profile }: MeterAccess, io: Io): Promise<Meter> => {
  const signal = io.interrupted;
  const transport = await io.openLink(link, signal);
  return connect(transport, {
    security: rc4({ key: key.secret, entropy: io.entropy }),
    clock: io.clock,
    signal,
    ...(profile === undefined ? {} : { profile }),
  });
};
