/**
 * Memory for pages of the database. Each point writes into pages of its own, at the end of its readings: if those of all points do not fit, each
 * reading has pages read from the file again.
 */
import type { SqliteConnection } from "./sqlite-driver.ts";

/** Kilobytes, also before anything is written. */
export const leastCache = 16_000;
/** 25,000 points and more. */
const mostCache = 64_000;
/** The last page of a point, its neighbours, into which its rows are spread, and the one above them, with what SQLite keeps beside each. */
const cacheOfPoint = 2.5;
/** It grows by this much, since SQLite is told each time. */
const step = 4_000;

export class SqlitePageCache {
  readonly #db: SqliteConnection;
  #size = leastCache;

  constructor(db: SqliteConnection) {
    this.#db = db;
  }

  /** @param points how many this connection has written */
  fit(points: number): void {
    const wanted = Math.min(Math.ceil((points * cacheOfPoint) / step) * step, mostCache);
    if (wanted <= this.#size) return;
    this.#db.exec(`PRAGMA cache_size = -${wanted}`);
    this.#size = wanted;
  }
}
