/** Which channels of a load profile become intervals, under which names, and in which unit. Pure. */
import { isRegister } from "@meterport/client/readers/consumption";
import type { ProfileChannel } from "@meterport/client/readers/load-profile";
import { extendedSource } from "@meterport/protocol/meaning/extended-source";
import { type EnergyUnit, liveKeyInfo } from "@meterport/protocol/meaning/readings";
import { registerKeys } from "../guard/measured.ts";

/** A channel that counts. */
export interface FilledChannel {
  /** Its place among the values of an interval. */
  readonly at: number;
  readonly source: number;
  /** "energy_import_wh", or "source_17" for a source without a live key. */
  readonly channel: string;
  /** Units of the channel in a step on the wire. */
  readonly scale: number;
  /** Whether it rolls over as energies do. */
  readonly energy: boolean;
}

/**
 * The name of a source's channel.
 *
 * @example
 * channelName(0) // "energy_import_wh"
 * @example
 * channelName(108) // "source_108"
 */
export const channelName = (source: number): string =>
  registerKeys.find((key) => {
    const { plus, minus } = liveKeyInfo[key].rule;
    return plus.length === 1 && plus[0] === source && minus.length === 0;
  }) ?? `source_${source}`;

/** Whether a source counts energy, whose unit the meter chooses. */
export const isEnergy = (source: number): boolean => {
  const meaning = extendedSource(source);
  if (meaning.kind !== "standard") return false;
  const { quantity } = meaning.source;
  return quantity === "activeEnergy" || quantity === "reactiveEnergy" || quantity === "apparentEnergy";
};

/**
 * The channels whose values are states of counters. Energies are left out if their unit is unknown; voltages and other present
 * values are no consumption, and a device's counters may be in any coding.
 */
export const filledChannels = (channels: readonly ProfileChannel[], unit: EnergyUnit | null): FilledChannel[] => {
  const filled: FilledChannel[] = [];
  for (const [at, { source }] of channels.entries()) {
    if (!isRegister(source) || filled.some((other) => other.source === source)) continue;
    const energy = isEnergy(source);
    const scale = energy ? unit : 1;
    if (scale !== null) filled.push({ at, source, channel: channelName(source), scale, energy });
  }
  return filled;
};
