/** A meter behind a transport as the poll loop wants it: connect, learn the sources, read. */
import { connect, type Identity, type Meter, openLive, type Security } from "@meterport/client";
import { parseProfile, profileName } from "@meterport/protocol/layout/index";
import type { LinkTiming } from "@meterport/protocol/link/timing";
import type { Clock, Transport } from "@meterport/protocol/ports";
import type { MeterIdentity } from "./api.ts";
import type { MeterSource } from "./meter-source.ts";

export interface MeterLinkOptions {
  readonly security: Security;
  readonly clock: Clock;
  /** "meter:3.70"; the meter is asked when absent. */
  readonly profile?: string;
  readonly timing?: Partial<LinkTiming>;
  readonly signal?: AbortSignal;
}

const identityOf = (meter: Meter): MeterIdentity => {
  const told: Partial<Identity> = meter.identity ?? {};
  return {
    manufacturer: told.manufacturer ?? null,
    model: told.model ?? null,
    firmware: told.firmware ?? null,
    serial: told.serial ?? null,
    utility_serial: told.utilitySerial ?? null,
    profile: profileName(meter.profile),
    key_level: meter.level ?? null,
  };
};

/**
 * Connects over an open transport, which is closed where that fails.
 *
 * @throws LinkError, UsageError, LayoutError
 */
export const linkMeter = async (transport: Transport, options: MeterLinkOptions): Promise<MeterSource> => {
  const { security, clock, profile, timing, signal } = options;
  const meter = await connect(transport, {
    security,
    clock,
    ...(profile === undefined ? {} : { profile: parseProfile(profile) }),
    ...(timing === undefined ? {} : { timing }),
    ...(signal === undefined ? {} : { signal }),
  });
  try {
    const live = await openLive(meter, signal === undefined ? {} : { signal });
    return {
      identity: identityOf(meter),
      read: (signal) => live.read({ signal }),
      counters: () => {
        const { retries, discarded } = meter.session.counters;
        return { retries, discarded };
      },
      close: () => meter.close(),
    };
  } catch (error) {
    await meter.close();
    throw error;
  }
};
