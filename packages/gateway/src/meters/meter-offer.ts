/** What a meter gives with a key: a first look, for a person who has just entered it. */
import { openLive } from "@meterport/client/live/live";
import type { Meter } from "@meterport/client/meter/meter";
import { openLoadProfile } from "@meterport/client/readers/load-profile";
import { MeterportError } from "@meterport/protocol/errors";
import type { Signal } from "@meterport/protocol/ports";

/** Null is unknown everywhere: the key may not read it, or the meter does not have it. */
export interface MeterOffer {
  /** Phases with voltage. */
  readonly phases: number | null;
  /** Present net power, import positive. */
  readonly power_w: number | null;
  /** How far back its load profile reaches. */
  readonly profile_days: number | null;
  /** Length of an interval of the load profile. */
  readonly profile_minutes: number | null;
}

const lookedAt = ["power_w", "voltage_l1_v", "voltage_l2_v", "voltage_l3_v"] as const;
/** A phase that is not connected may show a few volts. */
const voltageOfAPhase = 50;
const day = 86_400_000;

/** Undefined if the meter refuses it, has no such thing, or the link fails meanwhile. */
const ifGiven = async <T>(read: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await read();
  } catch (error) {
    if (error instanceof MeterportError) return undefined;
    throw error;
  }
};

/** The power now, the phases, and how far back the meter remembers. A link that fails here changes nothing about a key that works. */
export const offerOf = async (meter: Meter, signal: Signal): Promise<MeterOffer> => {
  const call = { signal };
  const live = await ifGiven(async () => (await openLive(meter, { ...call, keys: lookedAt })).read(call));
  const voltages = [live?.voltage_l1_v, live?.voltage_l2_v, live?.voltage_l3_v].filter((volts) => volts != null);
  const profile = await ifGiven(() => openLoadProfile(meter, call));
  const extent = profile === undefined ? undefined : await ifGiven(() => profile.extent(call));
  return {
    phases: voltages.length === 0 ? null : voltages.filter((volts) => volts > voltageOfAPhase).length,
    power_w: live?.power_w ?? null,
    profile_days: extent === undefined ? null : Math.round((extent.newest - extent.oldest) / day),
    profile_minutes: profile?.durationMinutes ?? null,
  };
};
