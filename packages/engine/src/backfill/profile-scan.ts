/** Scans the store for intervals that are missing, or known only from a lower source. */
import type { Store } from "../ports/store.ts";
import { type Covered, type EndGrid, isSettled, openSpans, type Span } from "./profile-gaps.ts";
import type { ProfileKnown } from "./profile-known.ts";

const pageSize = 5_000;
/** Settled intervals between open ones that are read again rather than stepped over. */
const usualNear = 24;

export interface ScanOptions {
  readonly store: Pick<Store, "intervals">;
  readonly point: string;
  readonly channels: readonly { readonly channel: string }[];
  readonly grid: EndGrid;
  /** What is known elsewhere; nothing if omitted. */
  readonly known?: ProfileKnown | undefined;
  /** Settled intervals between open ones that count as open; those that are quicker read again than stepped over if omitted. */
  readonly near?: number | undefined;
}

/** Ascending, as `openSpans` needs them. */
const together = (here: readonly Covered[], elsewhere: readonly Covered[] = []): readonly Covered[] =>
  elsewhere.length === 0 ? here : [...here, ...elsewhere].sort((a, b) => a[0] - b[0]);

/** The spans in which any of the channels has an interval to be read. @throws what the store or `known` throws */
export const scanStore = async (
  span: Span,
  { store, point, channels, grid, known, near = usualNear }: ScanOptions,
): Promise<readonly Span[]> => {
  const elsewhere = await known?.({ point, after: span.after, until: span.until });
  const settled: (readonly Covered[])[] = [];
  for (const { channel } of channels) {
    const covered: Covered[] = [];
    for (let from = span.after; ; ) {
      const rows = await store.intervals(point, { channel, from, to: span.until, limit: pageSize });
      for (const row of rows) if (isSettled(row)) covered.push([row.end - 1000 * row.seconds, row.end]);
      const last = rows.at(-1);
      if (last === undefined || rows.length < pageSize) break;
      from = last.end;
    }
    settled.push(together(covered, elsewhere?.get(channel)));
  }
  return openSpans(grid, span, settled, near);
};
