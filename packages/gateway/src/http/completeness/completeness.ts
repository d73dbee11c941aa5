/** How the API writes completeness. */
import type { Completeness } from "@meterport/engine/intervals/completeness";
import type { Store, TimeRange } from "@meterport/engine/ports/store";
import type { Clock } from "@meterport/protocol/ports";
import { type BodyOf, iso, type Points } from "../give.ts";
import type { completeness, gap } from "../points/schemas.ts";
import type { overviewPage } from "./routes.ts";

export interface CompletenessOptions extends Points {
  readonly store: Pick<
    Store,
    "channels" | "intervals" | "intervalSums" | "intervalCoverage" | "intervalGaps" | "registers" | "devices"
  >;
  readonly clock: Clock;
}

/** `GET /api/v1/completeness` */
export type CompletenessPage = BodyOf<typeof overviewPage>;

export const rangeAnswer = ({ from, to }: TimeRange): BodyOf<typeof gap> => ({ from: iso(from), to: iso(to) });

export const completenessOut = (report: Completeness): BodyOf<typeof completeness> => {
  const expected = Math.floor(report.expectedSeconds);
  return {
    ...rangeAnswer(report),
    expected_s: expected,
    // An interval that ends after now, by the meter's clock, covers more than has passed.
    present_s: Math.min(report.covered, expected),
    percent: report.percent,
    by_quality: report.byQuality,
    by_source: report.bySource,
    interval_s: report.seconds,
    expected: report.expected,
    present: report.present,
    missing: report.missing,
    open: report.open,
    pending: report.pending,
    gap_count: report.gaps.length + report.moreGaps,
    longest_gap_s: report.longestGap / 1000,
    gaps: report.gaps.map(rangeAnswer),
  };
};
