/** One connection with its prepared statements, its transactions and the short numbers of points and channels. */
import type { SqliteConnection, SqliteRow, SqliteStatement } from "./sqlite-driver.ts";

/** Keys count from 1. */
const noKey = 0;

export class SqliteSession {
  readonly db: SqliteConnection;
  readonly #statements = new Map<string, SqliteStatement>();
  readonly #points = new Map<string, number>();
  readonly #names = new Map<number, string>();
  readonly #channels = new Map<string, number>();

  readonly #readOnly: boolean;

  constructor(db: SqliteConnection, readOnly = false) {
    this.db = db;
    this.#readOnly = readOnly;
  }

  prepare(sql: string): SqliteStatement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /** The point's short number; made on first use, and never inside a transaction that may be rolled back. */
  point(id: string): number {
    return this.#keyOf(this.#points, "meter", id);
  }

  channel(id: string): number {
    return this.#keyOf(this.#channels, "channel", id);
  }

  /** The id of a point by its short number. */
  nameOf(point: number): string {
    let name = this.#names.get(point);
    if (name === undefined) {
      name = String(this.prepare("SELECT id FROM meter WHERE key = ?").get(point)?.id);
      this.#names.set(point, name);
    }
    return name;
  }

  transaction<T>(work: () => T): T {
    this.db.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.db.exec("COMMIT");
      return result;
    } catch (error) {
      try {
        this.db.exec("ROLLBACK");
      } catch {
        // SQLite has already rolled back, as when the disk is full.
      }
      throw error;
    }
  }

  close(): void {
    this.db.close();
  }

  #keyOf(known: Map<string, number>, table: "meter" | "channel", id: string): number {
    const key = known.get(id);
    if (key !== undefined) return key;
    if (!this.#readOnly) this.prepare(`INSERT OR IGNORE INTO ${table} (id) VALUES (?)`).run(id);
    const made = this.prepare(`SELECT key FROM ${table} WHERE id = ?`).get(id)?.key;
    // Of an unknown name nothing is found; it may come to be known.
    if (made === undefined) return noKey;
    known.set(id, Number(made));
    return Number(made);
  }
}

export const numberOrNull = (value: unknown): number | null => (typeof value === "number" ? value : null);
export const textOrNull = (value: unknown): string | null => (typeof value === "string" ? value : null);

export type { SqliteRow };
