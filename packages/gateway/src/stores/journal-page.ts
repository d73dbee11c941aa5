/** How far one page of the journal reaches. */
import type { JournalEntry, JournalPage } from "@meterport/engine/model/journal-entry";
import type { JournalQuery } from "@meterport/engine/ports/store";

/** Through a filter that matches little, a page would otherwise look at millions of entries, and everybody else would wait. */
const mostLookedAt = 20_000;

type Range = Pick<JournalPage, "oldest"> & { readonly newest: number };

/** The number of the last entry that a page may look at; at least that of its cursor. */
export const lastLookedAt = ({ after, points, kinds }: JournalQuery, { oldest, newest }: Range): number => {
  const last = Math.max(after, newest);
  if (points === undefined && kinds === undefined) return last;
  return Math.min(last, Math.max(after, (oldest ?? 1) - 1) + mostLookedAt);
};

/** What is said about a page whose entries were looked for up to `until`. */
export const journalPage = (
  found: Pick<JournalQuery, "after" | "limit"> & {
    readonly entries: readonly JournalEntry[];
    readonly until: number;
  },
  { oldest, newest }: Range,
): JournalPage => {
  const { after, limit, entries, until } = found;
  // A higher number than the newest is that of another database, which was replaced or restored since.
  if (after > newest) return { entries, next: newest, more: false, oldest, passed: true };
  const last = entries.at(-1);
  const next = entries.length < limit || last === undefined ? until : last.number;
  const passed = newest > after && (oldest === null || oldest > after + 1);
  return { entries, next, more: next < newest, oldest, passed };
};
