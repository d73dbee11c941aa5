/** The consumption between two snapshots of a register. */
import { extendedSource } from "@meterport/protocol/meaning/extended-source";
import type { Source } from "@meterport/protocol/meaning/source-ids";
import type { Millis } from "@meterport/protocol/ports";
import type { LoadProfileInterval } from "./load-profile-intervals.ts";
import type { ChannelState, ChannelValue } from "./load-profile-status.ts";

/** `gap`: the interval before it is missing or not valid; `reset`: the register has fallen. */
export type ConsumptionState = ChannelState | "gap" | "reset";

export interface ConsumptionValue {
  readonly source: number;
  /** In steps of the register on the wire; null if unknown. */
  readonly value: number | null;
  readonly status: ConsumptionState;
  readonly valid: boolean;
}

/** An interval with the differences of its registers instead of their values. */
export interface ConsumptionInterval extends Omit<LoadProfileInterval, "channels"> {
  readonly channels: readonly ConsumptionValue[];
}

export interface ConsumptionOptions {
  /** The count at which energy registers roll over to 0 (`LoadProfile.rollover`); null if unknown. */
  readonly rollover?: number | null | undefined;
}

/** A standard source whose unit counts up. A device's own counters may be in any coding, so they do not qualify. */
const registerOf = (source: number): Source | undefined => {
  const meaning = extendedSource(source);
  if (meaning.kind !== "standard" || meaning.source.kind !== "register") return undefined;
  return meaning.source.wire === null ? undefined : meaning.source;
};
/** Whether the difference of two snapshots of a source is a consumption. */
export const isRegister = (source: number): boolean => registerOf(source) !== undefined;

/**
 * How far a register has advanced; undefined if it has fallen without rolling over. A register that was reset has fallen
 * too: only a fall from the last tenth of its range into the first counts as a rollover.
 *
 * @example
 * advance(999_990, 5, 1_000_000) // 15
 * @example
 * advance(40_000, 5, 1_000_000) // undefined
 */
export const advance = (from: number, to: number, rollover: number | null): number | undefined => {
  if (to >= from) return to - from;
  if (rollover === null || from >= rollover || to < 0) return undefined;
  const tenth = rollover / 10;
  return from >= rollover - tenth && to < tenth ? to + rollover - from : undefined;
};

const difference = (before: ChannelValue | undefined, now: ChannelValue, rollover: number | null): ConsumptionValue => {
  const { source, status } = now;
  const unknown = (status: ConsumptionState): ConsumptionValue => ({ source, value: null, status, valid: false });
  if (now.value === null) return unknown(status);
  if (before === undefined || before.value === null) return unknown("gap");
  const quantity = registerOf(source)?.quantity;
  const isEnergy = quantity === "activeEnergy" || quantity === "reactiveEnergy" || quantity === "apparentEnergy";
  const value = advance(before.value, now.value, isEnergy ? rollover : null);
  return value === undefined ? unknown("reset") : { source, value, status, valid: true };
};

/**
 * The consumption of each interval but the first: the difference of registers to the interval that ended when it began;
 * other channels are left out.
 *
 * Across a gap, next to an invalid value and if a register has fallen, the difference is null.
 */
export async function* consumption(
  intervals: AsyncIterable<LoadProfileInterval> | Iterable<LoadProfileInterval>,
  { rollover = null }: ConsumptionOptions = {},
): AsyncGenerator<ConsumptionInterval> {
  let before: LoadProfileInterval | undefined;
  for await (const interval of intervals) {
    if (before !== undefined) {
      const start: Millis = interval.end - interval.durationMinutes * 60_000;
      const base = before.end === start ? before.channels : [];
      const channels = interval.channels.flatMap((now, i) =>
        isRegister(now.source) ? [difference(base[i], now, rollover)] : [],
      );
      yield { ...interval, channels };
    }
    before = interval;
  }
}
