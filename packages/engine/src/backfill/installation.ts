/** Whether the connected meter is the one that hangs at the point, and since when: what it recorded before is not the point's. Pure. */
import type { Millis } from "@meterport/protocol/ports";
import type { Device } from "../model/device.ts";
import type { MeterIdentity } from "../model/point-model.ts";

export interface Installation {
  /** Serial number of the connected meter; null if it does not say. */
  readonly serial: string | null;
  /** When it came to the point; null if it is the first one, whose whole memory is welcome. */
  readonly since: Millis | null;
}

/** What counts if a meter was noted with a time that is still to come: the machine's clock was wrong then. */
export interface NotedLater {
  readonly now: Millis;
  /** Taken for its installation; null for the whole memory. */
  readonly instead: Millis | null;
}

/**
 * The installation of the connected meter; undefined while it is not the one that is noted, since a new serial number must stay for a while
 * before it counts as an exchange.
 */
export const installationOf = (
  identity: MeterIdentity | null,
  devices: readonly Device[],
  { now, instead }: NotedLater,
): Installation | undefined => {
  const serials = [identity?.serial ?? null, identity?.utility_serial ?? null];
  const [serial = null] = serials.filter((each) => each !== null);
  let first = devices.length - 1;
  const noted = devices[first];
  if (noted === undefined) return { serial, since: null };
  if (noted.serial !== null && serial !== null && !serials.includes(noted.serial)) return undefined;
  // A meter whose registers were reset is noted again, but its memory goes on.
  while (first > 0 && noted.serial !== null && devices[first - 1]?.serial === noted.serial) first--;
  const { from } = devices[first] as Device;
  return { serial: noted.serial ?? serial, since: first === 0 ? null : from > now ? instead : from };
};
