/**
 * The journal of changes, and how far each reader has come. Its numbers come from a row that each transaction locks, not
 * from a sequence: a sequence leaves gaps and numbers changes in the order in which they began, so a reader could pass
 * one that is committed later.
 */
import type { JournalChange, JournalPage } from "@meterport/engine/model/journal-entry";
import type { JournalQuery, PruneLimits } from "@meterport/engine/ports/store";
import type { Millis } from "@meterport/protocol/ports";
import { journalEntryIn, numberOrNull } from "../fact-rows.ts";
import { journalPage, lastLookedAt } from "../journal-page.ts";
import type { Run } from "./postgres-run.ts";
import { columnsOf, slices, unnested } from "./slices.ts";

/** A change with the number of its point. */
export interface Noted {
  readonly point: number;
  readonly change: JournalChange;
}

/** Makes other writers wait until this transaction ends, and tells the number of the newest entry. */
export const lockJournal = async (run: Run): Promise<number> =>
  Number((await run("SELECT journal FROM state FOR UPDATE", [])).rows[0]?.journal);

const insertEntries = `INSERT INTO journal (number, stored, point, kind, body)
  SELECT * FROM ${unnested(["bigint", "bigint", "int", "text", "text"])}`;

/** Stores entries after the number that `lockJournal` told; returns that of the last. */
export const noteAll = async (run: Run, newest: number, now: Millis, list: readonly Noted[]): Promise<number> => {
  const rows = list.map(({ point, change: { kind, ...rest } }, n) => ({
    ...{ number: newest + n + 1, point, kind, body: JSON.stringify(rest) },
  }));
  for (const part of slices(rows))
    await run(
      insertEntries,
      columnsOf(part, [
        ({ number }) => number,
        () => now,
        ({ point }) => point,
        ({ kind }) => kind,
        ({ body }) => body,
      ]),
    );
  return newest + list.length;
};

const range = "SELECT journal AS newest, newest_reading, (SELECT min(number) FROM journal) AS oldest FROM state";

export interface JournalRange {
  readonly oldest: number | null;
  /** Counts on after its entry was deleted. */
  readonly newest: number;
  readonly newestReading: Millis | null;
}

export const rangeOf = async (run: Run): Promise<JournalRange> => {
  const [row] = (await run(range, [])).rows;
  return {
    oldest: numberOrNull(row?.oldest),
    newest: Number(row?.newest ?? 0),
    newestReading: numberOrNull(row?.newest_reading),
  };
};

export const pageOf = async (run: Run, query: JournalQuery): Promise<JournalPage> => {
  const { after, limit, points, kinds } = query;
  const { oldest, newest } = await rangeOf(run);
  const until = lastLookedAt(query, { oldest, newest });
  const { rows } = await run(
    `SELECT journal.number, journal.stored, journal.kind, journal.body, point.id AS point
      FROM journal JOIN point ON point.key = journal.point WHERE journal.number > $1 AND journal.number <= $5
        AND ($2::text[] IS NULL OR journal.point IN (SELECT key FROM point WHERE id = ANY ($2)))
        AND ($3::text[] IS NULL OR journal.kind = ANY ($3)) ORDER BY journal.number LIMIT $4`,
    [after, points ?? null, kinds ?? null, limit, until],
  );
  const entries = rows.map((row) => journalEntryIn(String(row.point), row));
  return journalPage({ after, limit, entries, until }, { oldest, newest });
};

export const cursorsOf = async (run: Run): Promise<ReadonlyMap<string, number>> => {
  const { rows } = await run("SELECT reader, number FROM cursor ORDER BY reader", []);
  return new Map(rows.map(({ reader, number }) => [String(reader), Number(number)]));
};

export const cursorOf = async (run: Run, reader: string): Promise<number | undefined> =>
  numberOrNull((await run("SELECT number FROM cursor WHERE reader = $1", [reader])).rows[0]?.number) ?? undefined;

export const setCursor = async (run: Run, reader: string, number: number | undefined): Promise<void> => {
  if (number === undefined) await run("DELETE FROM cursor WHERE reader = $1", [reader]);
  else
    await run(
      "INSERT INTO cursor (reader, number) VALUES ($1, $2) ON CONFLICT (reader) DO UPDATE SET number = excluded.number",
      [reader, number],
    );
};

/** The last of the entries that were all stored before a moment; the wall clock may have gone back in between. */
const lastBefore = (moment: string): string =>
  `coalesce((SELECT min(number) - 1 FROM journal WHERE stored >= ${moment}), (SELECT journal FROM state))`;

/** The number up to which entries may be deleted; 0 for none. */
export const journalEnd = async (run: Run, { journal, journalAtMost }: PruneLimits): Promise<number> => {
  const { rows } = await run(
    `SELECT greatest(
      CASE WHEN $1::bigint IS NULL THEN 0 ELSE least(${lastBefore("$1")}, (SELECT min(number) FROM cursor)) END,
      CASE WHEN $2::bigint IS NULL THEN 0 ELSE ${lastBefore("$2")} END) AS last`,
    [journal ?? null, journalAtMost ?? null],
  );
  return Number(rows[0]?.last ?? 0);
};
