/** A supervised meter as the point loop wants it: connect, learn the sources, read. */
import { connect, type LiveReader, type Meter, openLive, type Security, type WearStore } from "@meterport/client";
import type { Session } from "@meterport/client/session/session";
import { Supervisor, type SupervisorOptions } from "@meterport/client/supervision/supervisor";
import type { MeterIdentity } from "@meterport/engine/model/point-model";
import type { MeterSource } from "@meterport/engine/ports/meter-source";
import { parseProfile, profileName } from "@meterport/protocol/layout/index";
import type { LiveKey } from "@meterport/protocol/meaning/readings";
import type { LinkTiming } from "@meterport/protocol/mep/link/timing";
import type { Clock, Signal, Transport } from "@meterport/protocol/ports";
import { askMeter } from "./ask-meter.ts";
import { newestEvents } from "./newest-events.ts";

/** A meter, and the reader of its live values. */
export interface LinkedMeter {
  readonly meter: Meter;
  readonly live: LiveReader;
}

export interface LinkMeterOptions {
  readonly security: Security;
  readonly clock: Clock;
  /** "meter:3.70": the profile, if the meter does not identify itself. */
  readonly profile?: string | undefined;
  /** Called with one sentence if the meter does not identify itself. */
  readonly onUnsure?: ((sentence: string) => void) | undefined;
  readonly timing?: Partial<LinkTiming> | undefined;
  readonly signal?: Signal | undefined;
  /** Where its writes are counted, if it may be written to; it is only read if omitted. */
  readonly wear?: WearStore | undefined;
  /** Called with the session before its first request. */
  readonly onSession?: ((session: Session) => void) | undefined;
}

/**
 * Connects over an open transport, which is closed if that fails.
 *
 * @throws LinkError, UsageError, LayoutError
 */
export const linkMeter = async (transport: Transport, options: LinkMeterOptions): Promise<LinkedMeter> => {
  const { security, clock, profile, timing, signal, wear, onSession, onUnsure } = options;
  const meter = await connect(transport, {
    security,
    clock,
    ...(profile === undefined ? {} : { profile: parseProfile(profile) }),
    timing,
    signal,
    ...(wear === undefined ? {} : { writable: true, wear }),
    onSession,
  });
  if (meter.profileFrom !== "meter")
    onUnsure?.(
      `the meter does not identify itself: its values are only as certain as the profile ${profileName(meter.profile)}`,
    );
  try {
    return { meter, live: await openLive(meter, { signal }) };
  } catch (error) {
    await meter.close();
    throw error;
  }
};

const identityOf = (meter: Meter): MeterIdentity => {
  const told = meter.identity;
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

/** How to reach a meter. */
export type MeterAccess = Pick<SupervisorOptions<LinkedMeter>, "open" | "connect" | "baud" | "near">;

/** A supervised meter. */
export const superviseMeter = (options: SupervisorOptions<LinkedMeter>): MeterSource => {
  const link = new Supervisor(options);
  let part: { readonly of: LiveReader; readonly keys: readonly LiveKey[]; readonly reader: LiveReader } | undefined;
  /** What the meter says of itself is asked for with each reading. */
  let told: { readonly of: Meter; readonly identity: MeterIdentity } | undefined;
  const readerOf = (live: LiveReader, keys: readonly LiveKey[] | undefined): LiveReader => {
    if (keys === undefined) return live;
    if (part === undefined || part.of !== live || part.keys !== keys)
      part = { of: live, keys, reader: live.only(keys) };
    return part.reader;
  };
  return {
    start: () => link.start(),
    status: () => link.status,
    condition: () => link.condition,
    listen: (listener) => link.listen(listener),
    identity: () => {
      const meter = link.connected?.meter;
      if (meter === undefined) return null;
      if (told?.of !== meter) told = { of: meter, identity: identityOf(meter) };
      return told.identity;
    },
    read: (limit, keys) =>
      link.run(({ live }, signal) => readerOf(live, keys).read({ signal }), { label: "read the live values", limit }),
    events: (count, limit) => newestEvents(link, count, limit),
    ask: (task) => askMeter(link, task),
    livePlan: () => link.connected?.live ?? null,
    close: () => link.close(),
  };
};
