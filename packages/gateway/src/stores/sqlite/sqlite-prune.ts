/** Deletes what is older than its retention, a little at a time, so that writes need not wait for long. */
import type { PruneLimits, PruneReport } from "@meterport/engine/ports/store";
import type { Millis } from "@meterport/protocol/ports";
import { idOf, storableTime } from "./sqlite-columns.ts";
import { openSince, type SqliteResolutions } from "./sqlite-resolutions.ts";
import type { SqliteSession } from "./sqlite-session.ts";

/** Rows of one slice: some milliseconds. */
const mostRows = 2_000;
/** Points that one slice looks at. */
const mostPoints = 200;

export interface PruneSlice {
  readonly report: PruneReport;
  /** Where the next slice begins; undefined if everything is done. */
  readonly next: PruneStep | undefined;
}

/** Points are pruned in the order of their numbers, then events, then the journal. */
export interface PruneStep {
  readonly part: "points" | "events" | "journal";
  /** The first point. */
  readonly point: number;
}

export const firstPruneStep: PruneStep = { part: "points", point: 0 };

const none: PruneReport = { readings: 0, minutes: 0, events: 0, journal: 0 };

export const addPruned = (a: PruneReport, b: PruneReport): PruneReport => ({
  readings: a.readings + b.readings,
  minutes: a.minutes + b.minutes,
  events: a.events + b.events,
  journal: a.journal + b.journal,
});

const deleteOf = (table: "reading" | "minute"): string => `DELETE FROM ${table} WHERE id IN
  (SELECT id FROM ${table} WHERE id >= ${idOf(":meter", "0")} AND id < ${idOf(":meter", ":before")} ORDER BY id LIMIT :limit)`;

export class SqlitePrune {
  readonly #session: SqliteSession;
  readonly #resolutions: SqliteResolutions;

  constructor(session: SqliteSession, resolutions: SqliteResolutions) {
    this.#session = session;
    this.#resolutions = resolutions;
  }

  /** Inside a transaction of the caller. */
  slice(limits: PruneLimits, step: PruneStep): PruneSlice {
    if (step.part === "points") return this.#points(limits, step);
    if (step.part === "events") {
      const events =
        limits.events === undefined
          ? 0
          : this.#run(
              `DELETE FROM happening WHERE (meter, id) IN
                (SELECT meter, id FROM happening WHERE time < :before LIMIT :limit)`,
              { before: limits.events, limit: mostRows },
            );
      const part = events < mostRows ? "journal" : "events";
      return { report: { ...none, events }, next: { part, point: 0 } };
    }
    const journal = this.#journal(limits);
    return { report: { ...none, journal }, next: journal < mostRows ? undefined : step };
  }

  #points({ readings, minutes }: PruneLimits, { point }: PruneStep): PruneSlice {
    const keys = this.#session
      .prepare("SELECT key FROM meter WHERE key >= ? ORDER BY key LIMIT ?")
      .all(point, mostPoints)
      .map(({ key }) => Number(key));
    let report = none;
    let left = mostRows;
    for (const key of keys) {
      const deleted = this.#point(key, { readings, minutes }, left);
      report = addPruned(report, deleted);
      left -= deleted.readings + deleted.minutes;
      if (left <= 0) return { report, next: { part: "points", point: key } };
    }
    const last = keys.at(-1);
    const more = last !== undefined && keys.length === mostPoints;
    return { report, next: more ? { part: "points", point: last + 1 } : { part: "events", point: 0 } };
  }

  #point(point: number, { readings, minutes }: PruneLimits, limit: number): PruneReport {
    const deleted = { ...none };
    if (readings !== undefined) {
      const newest = this.#resolutions.newest(point);
      // Nothing would be left of which its last minutes, quarter and hour could be made.
      if (newest !== null && newest < readings) this.#resolutions.close(point, newest);
      // Minutes that are not stored yet are made of all their readings.
      const before = newest === null || newest < readings ? readings : Math.min(readings, openSince(newest));
      deleted.readings = this.#delete("reading", point, before, limit);
    }
    if (minutes !== undefined && deleted.readings < limit)
      deleted.minutes = this.#delete("minute", point, minutes, limit - deleted.readings);
    return deleted;
  }

  #delete(table: "reading" | "minute", meter: number, before: Millis, limit: number): number {
    return this.#run(deleteOf(table), { meter, before: storableTime(before), limit });
  }

  /**
   * The wall clock may have gone back, so only entries before the first that is kept are deleted: a hole would look to readers
   * like a change that they had seen.
   */
  #journal({ journal, journalAtMost }: PruneLimits): number {
    const oldest = "SELECT number, stored FROM journal ORDER BY number LIMIT :limit";
    const young = `SELECT min(number) FROM (${oldest}) WHERE stored >= :before`;
    const sql = `DELETE FROM journal WHERE number IN (SELECT number FROM (${oldest}))
      AND number < ifnull((${young}), ${Number.MAX_SAFE_INTEGER})`;
    const notAwaited = " AND number <= ifnull((SELECT min(number) FROM cursor), number)";
    let deleted = 0;
    if (journal !== undefined) deleted += this.#run(sql + notAwaited, { before: journal, limit: mostRows });
    if (journalAtMost !== undefined) deleted += this.#run(sql, { before: journalAtMost, limit: mostRows });
    return deleted;
  }

  #run(sql: string, names: Readonly<Record<string, number>>): number {
    return Number(this.#session.prepare(sql).run(names).changes);
  }
}
