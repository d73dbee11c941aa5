/** Gaps as spans of time that a meter can be asked for. Pure. */
import type { Span } from "@meterport/engine/backfill/profile-gaps";
import type { Millis } from "@meterport/protocol/ports";
import type { DayGaps } from "../books/known-day.ts";
import { endOf } from "../books/slots.ts";

/**
 * Spans that touch or nearly do become one.
 *
 * @param spans ascending
 * @param near milliseconds between two spans that are one all the same
 * @example
 * joinSpans([{ after: 0, until: 10 }, { after: 12, until: 20 }], 2) // [{ after: 0, until: 20 }]
 */
export const joinSpans = (spans: readonly Span[], near: Millis): readonly Span[] => {
  const joined: { after: Millis; until: Millis }[] = [];
  for (const { after, until } of spans) {
    const last = joined.at(-1);
    if (last !== undefined && after - last.until <= near) last.until = Math.max(last.until, until);
    else joined.push({ after, until });
  }
  return joined;
};

/**
 * What is open of a channel's days, as spans for `takeFirst`: over midnight too, and without what is gone.
 *
 * @param days as `gapsOf` gives them, oldest first
 * @param near spans with at most so many slots between them become one: finding a place in the meter's ring costs more than reading a few
 * again
 * @example
 * gapSpans([{ day: "1970-01-01", open: [0, 1, 4], gone: [9] }], { step: 900, phase: 0 }, 0)
 * // [{ after: 0, until: 1_800_000 }, { after: 3_600_000, until: 4_500_000 }]
 */
export const gapSpans = (
  days: readonly DayGaps[],
  grid: { readonly step: number; readonly phase: number },
  near: number,
): readonly Span[] => {
  const duration = 1000 * grid.step;
  const spans = days.flatMap(({ day, open }) =>
    open.map((slot) => {
      const until = endOf(day, slot, grid);
      return { after: until - duration, until };
    }),
  );
  return joinSpans(spans, near * duration);
};
