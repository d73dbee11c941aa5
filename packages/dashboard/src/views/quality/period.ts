/** Which stretch of time the view shows. */

export const PERIODS = ["day", "week", "month", "year"] as const;
export type PeriodName = (typeof PERIODS)[number];

const DAY = 86_400;
/** Seconds of each, and of one step of its grid: 10 minutes are what EN 50160 counts by, hours and days are what is stored. */
const SIZES: Readonly<Record<PeriodName, { readonly length: number; readonly step: number }>> = {
  day: { length: DAY, step: 600 },
  week: { length: 7 * DAY, step: 600 },
  month: { length: 30 * DAY, step: 3600 },
  year: { length: 365 * DAY, step: DAY },
};

/** Nobody goes back further than a meter lives. */
const MOST_BACK = 20_000;

export interface Period {
  readonly name: PeriodName;
  /** How many periods before the present one. */
  readonly back: number;
  /** Seconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** Seconds. */
  readonly step: number;
}

/**
 * The period that an address asks for: it ends now, or whole periods earlier. What cannot be understood is the last day.
 *
 * @param now seconds since 1970
 * @example periodOf({ by: "week", back: "1" }, 1_000_000).to // 395_400, a week before the end of the running step
 */
export function periodOf(query: Readonly<Record<string, string>>, now: number): Period {
  const name = PERIODS.find((each) => each === query.by) ?? "day";
  const wanted = /^\d{1,5}$/.test(query.back ?? "") ? Number(query.back) : 0;
  const back = Math.min(MOST_BACK, wanted);
  const { length, step } = SIZES[name];
  // Whole steps, so that the same question is asked until a step is over.
  const to = Math.ceil(now / step) * step - back * length;
  return { name, back, from: to - length, to, step };
}
