/** Intervals of a load profile as intervals of a metering point: differences of registers, with what the meter noted. Pure. */
import { advance } from "@meterport/client/readers/consumption";
import type { ChannelValue, LoadProfileInterval } from "@meterport/client/readers/load-profile";
import type { Interval, IntervalQuality } from "../model/interval.ts";
import type { Proof } from "../model/proof.ts";
import type { FilledChannel } from "./profile-channels.ts";

export interface ProfileValuesOptions {
  readonly point: string;
  readonly channels: readonly FilledChannel[];
  /** The count at which energies roll over; null if unknown. */
  readonly rollover: number | null;
  /** Whether the meter's clock is so wrong that its times are in doubt. */
  readonly clockDoubted: boolean;
  /** Neighbours in one block share a proof. */
  readonly proofOf: (interval: LoadProfileInterval) => Proof | undefined;
}

const common = ["powerFail", "clockForward", "clockBackward", "dst"] as const;

const flagsOf = (interval: LoadProfileInterval, { status }: ChannelValue): string[] => {
  const flags: string[] = common.filter((flag) => interval[flag]);
  if (status !== "ok") flags.push(typeof status === "number" ? `status${status}` : status);
  return flags;
};

const unusual: ReadonlySet<string> = new Set([
  "powerFail",
  "clockForward",
  "clockBackward",
  "partialInterval",
  "longInterval",
]);

const qualityOf = (flags: readonly string[], clockDoubted: boolean): IntervalQuality => {
  if (clockDoubted || flags.includes("clockError")) return "suspect";
  return flags.some((flag) => unusual.has(flag)) ? "partial" : "good";
};

/** An interval that nobody has any more. */
export const missingInterval = (
  point: string,
  channel: string,
  end: number,
  seconds: number,
  flags: readonly string[] = [],
  proof?: Proof,
): Interval => ({
  ...{ point, channel, end, seconds, value: null, source: "profile", quality: "missing", flags, register: null },
  ...(proof === undefined ? {} : { proof }),
});

/** Two intervals with the same end, since the clock was set back: both were consumed. */
const together = (a: Interval, b: Interval): Interval => ({
  ...b,
  value: a.value === null || b.value === null ? (a.value ?? b.value) : a.value + b.value,
  quality: a.quality === "missing" && b.quality === "missing" ? "missing" : "partial",
  flags: [...new Set([...a.flags, ...b.flags, "clockBackward"])],
});

/**
 * The intervals of some that were read in a row, oldest first. An interval whose predecessor is neither among them nor `before` has no
 * difference, and one that was not recorded has no value: both are missing, as the meter has no more than it gave.
 *
 * @param before the interval that was read before the first one
 */
export const profileValues = (
  read: readonly LoadProfileInterval[],
  before: LoadProfileInterval | undefined,
  { point, channels, rollover, clockDoubted, proofOf }: ProfileValuesOptions,
): Interval[] => {
  const made = new Map<string, Interval>();
  let previous = before;
  for (const interval of read) {
    const seconds = 60 * interval.durationMinutes;
    const { end } = interval;
    // Where the clock was set back, a block begins before the last one ended; what was counted in between belongs to it.
    const follows = previous !== undefined && (previous.end === end - 1000 * seconds || end <= previous.end);
    const proof = proofOf(interval);
    for (const { at, channel, scale, energy } of channels) {
      const now = interval.channels[at];
      if (now === undefined) continue;
      const flags = interval.valid ? flagsOf(interval, now) : ["notRecorded"];
      const last = follows ? (previous?.channels[at]?.value ?? null) : null;
      const steps =
        now.value === null || last === null ? undefined : advance(last, now.value, energy ? rollover : null);
      if (steps === undefined && now.value !== null) flags.push(last === null ? "gap" : "reset");
      const register = now.value === null ? null : now.value * scale;
      const value = steps === undefined ? null : steps * scale;
      const quality = value === null ? "missing" : qualityOf(flags, clockDoubted);
      const one: Interval = { point, channel, end, seconds, value, source: "profile", quality, flags, register, proof };
      const other = made.get(`${channel} ${end}`);
      made.set(`${channel} ${end}`, other === undefined ? one : together(other, one));
    }
    previous = interval;
  }
  return [...made.values()];
};
