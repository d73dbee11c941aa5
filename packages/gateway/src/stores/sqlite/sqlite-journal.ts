/** The journal of changes, and how far each reader has come. */
import type { JournalChange, JournalPage } from "@meterport/engine/model/journal-entry";
import type { JournalQuery } from "@meterport/engine/ports/store";
import type { Millis } from "@meterport/protocol/ports";
import { journalEntryIn, numberOrNull } from "../fact-rows.ts";
import { journalPage, lastLookedAt } from "../journal-page.ts";
import type { SqliteSession } from "./sqlite-session.ts";

export class SqliteJournal {
  readonly #session: SqliteSession;

  constructor(session: SqliteSession) {
    this.#session = session;
  }

  /** Inside the transaction that stores the change. */
  note(point: number, change: JournalChange, now: Millis): void {
    const { kind, ...rest } = change;
    this.#prepare("INSERT INTO journal (stored, meter, kind, body) VALUES (?, ?, ?, ?)").run(
      ...[now, point, kind, JSON.stringify(rest)],
    );
  }

  /** The page and what is said about the journal are of one moment: others write and delete meanwhile. */
  page(query: JournalQuery): JournalPage {
    return this.#session.snapshot(() => this.#page(query));
  }

  #page({ after, limit, points, kinds }: JournalQuery): JournalPage {
    const { oldest, newest } = this.range();
    const wanted = points?.map((point) => this.#session.point(point));
    const until = lastLookedAt({ after, limit, points, kinds }, { oldest, newest });
    const rows = this.#prepare(
      `SELECT * FROM journal WHERE number > :after AND number <= :until
        AND (:points IS NULL OR meter IN (SELECT value FROM json_each(:points)))
        AND (:kinds IS NULL OR kind IN (SELECT value FROM json_each(:kinds))) ORDER BY number LIMIT :limit`,
    ).all({
      after,
      until,
      points: wanted === undefined ? null : JSON.stringify(wanted),
      kinds: kinds === undefined ? null : JSON.stringify(kinds),
      limit,
    });
    const entries = rows.map((row) => journalEntryIn(this.#session.nameOf(Number(row.meter)), row));
    return journalPage({ after, limit, entries, until }, { oldest, newest });
  }

  /** `newest` counts on after its entry was deleted. */
  range(): { readonly oldest: number | null; readonly newest: number } {
    const oldest = numberOrNull(this.#prepare("SELECT min(number) AS oldest FROM journal").get()?.oldest);
    const newest = this.#prepare("SELECT seq FROM sqlite_sequence WHERE name = 'journal'").get()?.seq;
    return { oldest, newest: Number(newest ?? 0) };
  }

  cursor(reader: string): number | undefined {
    return numberOrNull(this.#prepare("SELECT number FROM cursor WHERE reader = ?").get(reader)?.number) ?? undefined;
  }

  setCursor(reader: string, number: number | undefined): void {
    if (number === undefined) this.#prepare("DELETE FROM cursor WHERE reader = ?").run(reader);
    else this.#prepare("INSERT OR REPLACE INTO cursor (reader, number) VALUES (?, ?)").run(reader, number);
  }

  cursors(): ReadonlyMap<string, number> {
    const rows = this.#prepare("SELECT reader, number FROM cursor ORDER BY reader").all();
    return new Map(rows.map((row) => [String(row.reader), Number(row.number)]));
  }

  readonly #prepare = (sql: string) => this.#session.prepare(sql);
}
