/** Scans the store for intervals that are missing, or known only from a lower source. */
import type { Store } from "../ports/store.ts";
import { type Covered, type EndGrid, isSettled, openSpans, type Span } from "./profile-gaps.ts";

const pageSize = 5_000;
/** Settled intervals between open ones that are read again rather than stepped over. */
const near = 24;

export interface ScanOptions {
  readonly store: Pick<Store, "intervals">;
  readonly point: string;
  readonly channels: readonly { readonly channel: string }[];
  readonly grid: EndGrid;
}

/** The spans in which any of the channels has an interval to be read. */
export const scanStore = async (
  span: Span,
  { store, point, channels, grid }: ScanOptions,
): Promise<readonly Span[]> => {
  const settled: Covered[][] = [];
  for (const { channel } of channels) {
    const covered: Covered[] = [];
    for (let from = span.after; ; ) {
      const rows = await store.intervals(point, { channel, from, to: span.until, limit: pageSize });
      for (const row of rows) if (isSettled(row)) covered.push([row.end - 1000 * row.seconds, row.end]);
      const last = rows.at(-1);
      if (last === undefined || rows.length < pageSize) break;
      from = last.end;
    }
    settled.push(covered);
  }
  return openSpans(grid, span, settled, near);
};
