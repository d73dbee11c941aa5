import type { Messages } from "../../i18n/en.ts";
import type { Formatter } from "../../i18n/format.ts";
import { directionOf } from "../../i18n/format.ts";
import type { Reading } from "../../state/api-answers.ts";
import type { Freshness, FreshnessCause } from "../../state/freshness.ts";

/** What the sentence depends on. */
export interface PowerState {
  readonly state: Freshness;
  readonly cause: FreshnessCause;
  /** The last true reading, however old. */
  readonly reading: Reading | null;
  /** Milliseconds since it was measured. */
  readonly readingAge: number | null;
  readonly link: { readonly last_reading: string | null } | null;
  /** The gateway's milliseconds since 1970. */
  readonly time: number;
}

/** The sentence below the power: where it flows, or why there is no present value and how old the last one is. */
export function powerNote(
  { state, cause, reading, readingAge, link, time }: PowerState,
  { words, format }: { readonly words: Messages; readonly format: Formatter },
): string {
  const dead = state === "dead";
  if (cause === "connecting" && reading === null) return words.connecting;
  const power = reading?.values.power_w ?? null;
  if (state === "fresh") return words.directionDetail[directionOf(power)];
  if (readingAge !== null) {
    const ago = format.ago(readingAge);
    if (!dead || power === null) return words.lastReadingAgo(ago);
    return words.lastKnown(`${format.magnitudeText(power)}${words.inBrackets[directionOf(power)]}`, ago);
  }
  const reported = Date.parse(link?.last_reading ?? "");
  return Number.isFinite(reported) ? words.lastReadingAgo(format.ago(time - reported)) : words.noReadingYet;
}
