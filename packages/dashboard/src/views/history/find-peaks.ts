/** Looks for the highest interval of each month, a month of intervals at a time. */
import type { Requests } from "../../state/requests.ts";
import type { ZoneCalendar } from "../../state/zone-calendar.ts";
import { type IntervalPage, intervalsOf, type Peak } from "./history-answers.ts";
import type { Failure } from "./load-tiles.ts";
import { highest } from "./peaks.ts";
import type { Span } from "./shown-range.ts";

/** A month, without its peak while it is looked at; null if it has no value. */
export type PeakStep = (Span & { readonly peak?: Peak | null }) | { readonly failure: Failure };

export interface PeakSource {
  readonly requests: Pick<Requests, "get">;
  readonly point: string;
  readonly calendar: ZoneCalendar;
  readonly signal: AbortSignal;
  /** Peaks of whole months that are over, by their beginning: nobody asks for them twice. */
  readonly known: Map<number, Peak | null>;
}

/** What ended within this time may still change, milliseconds. */
const SETTLING = 3 * 3_600_000;

/** Pages of one month at most: a month of minutes has five. */
const MOST_PAGES = 10;

/** @param range what is shown, and the part of it that is known: from `first` to `now` */
export async function* findPeaks(
  source: PeakSource,
  range: Span & { readonly first: number; readonly now: number },
): AsyncGenerator<PeakStep> {
  const { calendar } = source;
  for (let from = Math.max(range.from, calendar.start("month", range.first)); from < Math.min(range.to, range.now); ) {
    const to = Math.min(range.to, calendar.next("month", from));
    const isMonth = calendar.start("month", from) === from && calendar.next("month", from) === to;
    const known = isMonth ? source.known.get(from) : undefined;
    if (known === undefined) {
      yield { from, to };
      const found = await peakOf(source, { from, to });
      if ("failure" in found) return yield found;
      if (isMonth && to < range.now - SETTLING) source.known.set(from, found.peak);
      yield { from, to, peak: found.peak };
    } else yield { from, to, peak: known };
    from = to;
  }
}

async function peakOf(
  { requests, point, signal }: PeakSource,
  { from, to }: Span,
): Promise<{ peak: Peak | null } | { failure: Failure }> {
  const range = {
    channel: "energy_import_wh",
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    limit: "10000",
  };
  const pages: IntervalPage[] = [];
  for (let cursor: string | null = null; pages.length < MOST_PAGES; ) {
    const query = new URLSearchParams({ ...range, ...(cursor === null ? {} : { cursor }) });
    const answer = await requests.get(`points/${encodeURIComponent(point)}/intervals?${query}`, intervalsOf, {
      signal,
      timeout: 30_000,
    });
    if (!answer.ok) return { failure: answer };
    pages.push(answer.value);
    cursor = answer.value.next;
    if (cursor === null) break;
  }
  return { peak: highest(pages.flatMap(({ intervals }) => intervals)) };
}
