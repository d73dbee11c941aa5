/** Which intervals a point should have and does not: arithmetic over what is stored. Pure. */
import type { Millis } from "@meterport/protocol/ports";
import type { Interval } from "../model/interval.ts";

/** A span of intervals: those that end after `after` and at or before `until`. */
export interface Span {
  readonly after: Millis;
  readonly until: Millis;
}

/** The moments at which intervals end. */
export interface EndGrid {
  /** Any of them. */
  readonly anchor: Millis;
  readonly duration: Millis;
}

/**
 * The first end after a moment.
 *
 * @example
 * firstEnd({ anchor: 5, duration: 10 }, 15) // 25
 */
export const firstEnd = ({ anchor, duration }: EndGrid, after: Millis): Millis =>
  anchor + (Math.floor((after - anchor) / duration) + 1) * duration;

/** The last end at or before a moment. */
const lastEnd = ({ anchor, duration }: EndGrid, until: Millis): Millis =>
  anchor + Math.floor((until - anchor) / duration) * duration;

/**
 * How many intervals end in a span.
 *
 * @example
 * endsIn({ anchor: 0, duration: 900 }, { after: 0, until: 1800 }) // 2
 */
export const endsIn = (grid: EndGrid, { after, until }: Span): number =>
  Math.max(0, Math.round((lastEnd(grid, until) - lastEnd(grid, after)) / grid.duration));

/** All ends of a span, ascending. */
export const endsOf = (grid: EndGrid, span: Span): Millis[] =>
  Array.from({ length: endsIn(grid, span) }, (_, i) => firstEnd(grid, span.after) + i * grid.duration);

/** Whether nobody needs to be asked for it: the meter said it, or nobody has it any more, or a person entered it. */
export const isSettled = ({ source, quality }: Pick<Interval, "source" | "quality">): boolean =>
  source === "profile" || source === "manual" || quality === "missing";

/** When an interval began and ended. */
export type Covered = readonly [from: Millis, to: Millis];

const isCovered = (covered: readonly Covered[], at: { index: number }, end: Millis): boolean => {
  while ((covered[at.index]?.[1] ?? Number.POSITIVE_INFINITY) < end) at.index++;
  const here = covered[at.index];
  return here !== undefined && here[0] < end;
};

/**
 * The spans of the grid in which at least one channel has an interval that is not settled, ascending. Spans with at most `near` settled
 * intervals between them become one: finding a place in the ring costs more than reading a few again.
 *
 * @param settled of each channel what is settled, ascending; intervals of another length count for the time that they cover
 * @example
 * openSpans({ anchor: 0, duration: 10 }, { after: 0, until: 50 }, [[[10, 20]]], 0) // [{ after: 0, until: 10 }, { after: 20, until: 50 }]
 */
export const openSpans = (
  grid: EndGrid,
  span: Span,
  settled: readonly (readonly Covered[])[],
  near: number,
): readonly Span[] => {
  const { duration } = grid;
  const spans: { after: Millis; until: Millis }[] = [];
  const places = settled.map(() => ({ index: 0 }));
  const count = endsIn(grid, span);
  let end = firstEnd(grid, span.after);
  for (let i = 0; i < count; i++, end += duration) {
    let open = false;
    for (const [n, covered] of settled.entries())
      if (!isCovered(covered, places[n] as { index: number }, end)) open = true;
    if (!open) continue;
    const last = spans.at(-1);
    if (last !== undefined && end - duration - last.until <= near * duration) last.until = end;
    else spans.push({ after: end - duration, until: end });
  }
  return spans;
};

/**
 * The first piece of some spans, of at most `count` intervals, and what is left of them.
 *
 * @example
 * takeFirst([{ after: 0, until: 50 }], { anchor: 0, duration: 10 }, 2) // { piece: { after: 0, until: 20 }, rest: [{ after: 20, until: 50 }] }
 */
export const takeFirst = (
  spans: readonly Span[],
  { duration }: Pick<EndGrid, "duration">,
  count: number,
): { readonly piece: Span | undefined; readonly rest: readonly Span[] } => {
  const [first, ...others] = spans;
  if (first === undefined) return { piece: undefined, rest: [] };
  const until = first.after + count * duration;
  if (until >= first.until) return { piece: first, rest: others };
  return { piece: { after: first.after, until }, rest: [{ after: until, until: first.until }, ...others] };
};

/**
 * The same spans, with what ends after a moment first: people look at the last days before they look at the last months.
 *
 * @param since an end of the grid, so that no interval is in two pieces
 * @example
 * recentFirst([{ after: 0, until: 50 }], 30) // [{ after: 30, until: 50 }, { after: 0, until: 30 }]
 */
export const recentFirst = (spans: readonly Span[], since: Millis): readonly Span[] => {
  const recent = spans.filter(({ until }) => until > since);
  const older = spans.filter(({ after }) => after < since);
  return [
    ...recent.map(({ after, until }) => ({ after: Math.max(after, since), until })),
    ...older.map(({ after, until }) => ({ after, until: Math.min(until, since) })),
  ];
};

/** Until when everything is settled, once a piece is: not beyond what is open before it. */
export const settledAfter = (piece: Span, rest: readonly Span[]): Millis =>
  Math.min(piece.until, ...rest.map(({ after }) => after));
