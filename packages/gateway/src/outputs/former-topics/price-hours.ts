/** What a kWh costs in the hours to come, as readers told it that knew hours only. */
import type { PriceNow } from "@meterport/engine/ports/output";
import { intervalCosts } from "@meterport/engine/prices/costs";
import type { Millis } from "@meterport/protocol/ports";

const hour: Millis = 3_600_000;
/** The present hour, and as many as the reader looked ahead. */
export const hoursAhead = 38;
const stretches = [1, 3, 6] as const;
export type Stretch = (typeof stretches)[number];

export interface PriceHours {
  /** ISO 4217. */
  readonly currency: string;
  /** Of the present hour and those after it, with everything; null is unknown. */
  readonly hours: readonly (number | null)[];
  readonly min: number | null;
  readonly max: number | null;
  /** When the cheapest stretch of so many hours begins; null if no such stretch is known. */
  readonly cheapest: Readonly<Record<Stretch, Millis | null>>;
}

/** The hour that holds a moment. The prices of quarters do not depend on the clock of a zone. */
export const hourOf = (time: Millis): Millis => time - (time % hour);

const cheapestOf = (hours: readonly (number | null)[], begin: Millis, length: number): Millis | null => {
  let [best, at] = [Number.POSITIVE_INFINITY, -1];
  for (let n = 0; n + length <= hours.length; n++) {
    const part = hours.slice(n, n + length);
    const sum = part.reduce<number | null>((all, each) => (all === null || each === null ? null : all + each), 0);
    if (sum === null || sum >= best) continue;
    [best, at] = [sum, n];
  }
  return at < 0 ? null : begin + at * hour;
};

/** Undefined if nothing is known of any hour. @param quarters ascending */
export const priceHours = (quarters: readonly PriceNow[], now: Millis): PriceHours | undefined => {
  const begin = hourOf(now);
  const spans = Array.from({ length: hoursAhead }, (_, n) => ({
    end: begin + (n + 1) * hour,
    seconds: 3_600,
    value: null,
  }));
  const hours = intervalCosts(spans, quarters, "import").map(({ price }) => price);
  const known = hours.filter((price) => price !== null);
  const [first] = quarters;
  if (first === undefined || known.length === 0) return undefined;
  return {
    ...{ currency: first.currency, hours, min: Math.min(...known), max: Math.max(...known) },
    cheapest: { 1: cheapestOf(hours, begin, 1), 3: cheapestOf(hours, begin, 3), 6: cheapestOf(hours, begin, 6) },
  };
};

/** As the reader wrote moments: "2026-08-01T10:00:00Z". */
export const momentText = (time: Millis | null): string | null =>
  time === null ? null : `${new Date(time).toISOString().slice(0, 19)}Z`;
