/** Looks at a meter's load profile before anything is read from it: which data set, which channels, from when to when, by which clock. */
import type { Meter } from "@meterport/client";
import { type LoadProfile, openLoadProfile, type ProfileExtent } from "@meterport/client/readers/load-profile";
import { ResponseError, UsageError } from "@meterport/protocol/errors";
import { utcMillis } from "@meterport/protocol/layout/dates";
import type { Clock, Millis, Signal } from "@meterport/protocol/ports";
import { BT52 } from "@meterport/protocol/tables/basic/bt52-utc-clock";
import { type FilledChannel, filledChannels } from "./profile-channels.ts";

/** A load profile with channels that count. */
export interface OpenedProfile {
  readonly meter: Meter;
  readonly profile: LoadProfile;
  readonly channels: readonly FilledChannel[];
  readonly duration: Millis;
  readonly perBlock: number;
  /** How long an interval stays there before others take its place. */
  readonly keptFor: Millis;
  readonly rollover: number | null;
}

/** Why there is none. */
export type NoProfile = "unused" | "unit-unknown";

/**
 * The first data set in use that has a channel which counts.
 *
 * @throws LinkError, ResponseError, LayoutError
 */
export const openFilled = async (meter: Meter, signal: Signal): Promise<OpenedProfile | NoProfile> => {
  let reason: NoProfile = "unused";
  for (let set = 1; set <= 4; set++) {
    const profile = await openSet(meter, set, signal);
    if (profile === undefined) break;
    const { durationMinutes, intervalsPerBlock: perBlock, blocks } = profile;
    if (durationMinutes === undefined || perBlock === undefined || blocks === undefined) continue;
    const channels = filledChannels(profile.channels, profile.energyUnit);
    if (channels.length === 0) {
      if (filledChannels(profile.channels, 1).length > 0) reason = "unit-unknown";
      continue;
    }
    const rollover = await profile.rollover({ signal });
    const duration = 60_000 * durationMinutes;
    return { meter, profile, channels, duration, perBlock, keptFor: blocks * perBlock * duration, rollover };
  }
  return reason;
};

/** Undefined beyond the last data set. */
const openSet = async (meter: Meter, set: number, signal: Signal): Promise<LoadProfile | undefined> => {
  try {
    return await openLoadProfile(meter, { set, signal });
  } catch (error) {
    if (error instanceof UsageError && error.code === "no-such-data-set") return undefined;
    throw error;
  }
};

/** The meter's clock less ours; null if it does not give it. @throws LinkError, LayoutError */
export const clockOffset = async (meter: Meter, clock: Clock, signal: Signal): Promise<Millis | null> => {
  try {
    const before = clock.wall();
    const told = utcMillis((await meter.read(BT52, { signal })).clock);
    // Its seconds are whole, and it was read in between.
    return told === undefined ? null : Math.round(told + 500 - (before + clock.wall()) / 2);
  } catch (error) {
    if (error instanceof ResponseError) return null;
    throw error;
  }
};

/** What a look finds. */
export interface ProfileLook {
  readonly opened: OpenedProfile;
  readonly extent: ProfileExtent | undefined;
  readonly clockOffset: Millis | null;
}
