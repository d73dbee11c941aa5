/** How far the meter's memory has been read: the gateway reads the last two days first, and goes back from there. */
import type { Offer, Recovered } from "./answers.ts";

/** What was seen at the last look. */
export interface Seen {
  readonly recovered: Recovered;
  /** Looks in a row that brought nothing. */
  readonly still: number;
}

export interface MemoryProgress {
  readonly present: number;
  readonly expected: number;
  readonly whole: boolean;
}

/** After so many looks that brought nothing, nothing is left: half a minute, which a slow line between two pieces does not take. */
const STILL = 15;
const MINUTES_OF_A_DAY = 1440;

export function look(before: Seen | null, recovered: Recovered): Seen {
  const grew = before === null || recovered.present > before.recovered.present;
  return { recovered, still: grew ? 0 : before.still + 1 };
}

/** @param offer what the meter said when its key was tried; null if nobody asked */
export function progressOf({ recovered, still }: Seen, offer: Offer | null): MemoryProgress {
  const { present, expected, open } = recovered;
  const ofADay = offer?.minutes ? MINUTES_OF_A_DAY / offer.minutes : 0;
  // Whole days, rounded: half of one more or less is no difference.
  const remembered = (offer?.days ?? 0) * ofADay;
  const whole =
    expected > 0 && open === 0 && (still >= STILL || (remembered > 0 && expected >= remembered - ofADay / 2));
  return { present, expected: whole ? expected : Math.max(expected, Math.round(remembered)), whole };
}
