/** How long the newest intervals may take to arrive before somebody should ask where they are. Pure. */
import type { Millis } from "@meterport/protocol/ports";

/** From one read of the load profile to the next, unless something else is configured. */
export const usualProfileEvery: Millis = 3_600_000;

/** A read waits for its turn, and the meter's clock may be some seconds behind. */
const margin: Millis = 300_000;

export interface GraceOptions {
  /** From one read of the load profile to the next, milliseconds; "off" if it is not read, the usual rate if omitted. */
  readonly profile?: Millis | "off" | undefined;
  /** From one live reading to the next, milliseconds: the one after the end of an interval completes it. */
  readonly live: Millis;
}

/**
 * How long after its end an interval without a value is pending rather than missing, milliseconds.
 *
 * @example
 * graceOf({ profile: 900_000, live: 2_000 }) // 1_200_000
 * @example
 * graceOf({ profile: "off", live: 2_000 }) // 302_000
 */
export const graceOf = ({ profile = usualProfileEvery, live }: GraceOptions): Millis =>
  margin + Math.max(profile === "off" ? 0 : profile, live);
