/** How much of a period is stored. */
import type { IntervalSum } from "@meterport/engine/ports/store";
import type { Millis } from "@meterport/protocol/ports";
import { type BodyOf, iso } from "../give.ts";
import type { completeness } from "../points/schemas.ts";

/** The report of one sum; what lies after `now` is not expected yet. */
export const completenessOfSum = (sum: IntervalSum, now: Millis): BodyOf<typeof completeness> => {
  const expected = Math.max(0, Math.floor((Math.min(sum.to, now) - sum.from) / 1000));
  // An interval that ends after now, by the meter's clock, covers more than has passed.
  const present = Math.min(sum.seconds, expected);
  return {
    from: iso(sum.from),
    to: iso(sum.to),
    expected_s: expected,
    present_s: present,
    percent: expected === 0 ? null : Math.floor((1000 * present) / expected) / 10,
    by_quality: sum.byQuality,
    by_source: sum.bySource,
  };
};
