/** Energy of one interval, and who says so. */
import type { Millis } from "@meterport/protocol/ports";
import type { Proof } from "./proof.ts";

/**
 * Where an interval's value comes from, the best first.
 *
 * - `manual`: a person entered it.
 * - `profile`: the meter's own load profile.
 * - `difference`: the difference of two registers that we read at its ends.
 * - `estimated`: calculated from its neighbours.
 */
export const intervalSources = ["manual", "profile", "difference", "estimated"] as const;
export type IntervalSource = (typeof intervalSources)[number];

/**
 * How far an interval can be trusted, the best first.
 *
 * - `good`: the whole interval was measured.
 * - `partial`: shorter or longer than usual: power was off, or a clock was set.
 * - `suspect`: measured, but in doubt: it disagrees with the registers, or the meter's clock was wrong.
 * - `missing`: nobody has it any more; the value is null and the meter is not asked again.
 */
export const intervalQualities = ["good", "partial", "suspect", "missing"] as const;
export type IntervalQuality = (typeof intervalQualities)[number];

/** One interval of one channel of a metering point. */
export interface Interval {
  /** Id of the metering point. */
  readonly point: string;
  /** "energy_import_wh", or "source_17" for a source of the load profile without a live key. */
  readonly channel: string;
  /** When it ended, milliseconds since 1970. */
  readonly end: Millis;
  /** Its length. */
  readonly seconds: number;
  /** In the unit of the channel; null is unknown. */
  readonly value: number | null;
  readonly source: IntervalSource;
  readonly quality: IntervalQuality;
  /**
   * What the meter noted: "powerFail", "clockForward", "clockBackward", "dst", "partialInterval", "clockError" …; "replaced" (without a value)
   * if a longer interval has its energy; "clockDoubted" if this machine's clock and the meter's disagreed on when it was.
   */
  readonly flags: readonly string[];
  /** State of the counter at its end, in the unit of the channel; null if the source does not give it. */
  readonly register: number | null;
  /** How the value came to be. Intervals from one read share one object, which is stored once. */
  readonly proof?: Proof | undefined;
}

/** An interval as it is stored. */
export interface StoredInterval extends Interval {
  /** 1 for the first value; each better one counts it up. */
  readonly revision: number;
  /** When this revision was stored, milliseconds since 1970. */
  readonly stored: Millis;
}

const rankOf = ({ source, quality }: Pick<Interval, "source" | "quality">): number => {
  if (quality === "missing") return -1;
  const bySource = intervalSources.length - intervalSources.indexOf(source);
  return 10 * bySource + intervalQualities.length - intervalQualities.indexOf(quality);
};

/**
 * Whether `next` replaces what is stored: a better source does, and so does the same source with at least the same quality and
 * another value. The same again changes nothing.
 *
 * @example
 * replaces({ source: "profile", quality: "good", value: 250 }, { source: "difference", quality: "good", value: 251 }) // true
 * @example
 * replaces({ source: "estimated", quality: "good", value: 250 }, { source: "profile", quality: "good", value: 251 }) // false
 */
export const replaces = (
  next: Pick<Interval, "source" | "quality" | "value">,
  stored: Pick<Interval, "source" | "quality" | "value">,
): boolean => {
  const [a, b] = [rankOf(next), rankOf(stored)];
  if (a !== b) return a > b;
  return next.source === stored.source && next.value !== stored.value;
};
