/** One connection with its prepared statements, its transactions and the short numbers of points and channels. */
import type { SqliteConnection, SqliteStatement } from "./sqlite-driver.ts";

type KeyTable = "meter" | "channel";

/** No row has this number. */
const unknown = -1;

export class SqliteSession {
  readonly db: SqliteConnection;
  readonly #statements = new Map<string, SqliteStatement>();
  readonly #points = new Map<string, number>();
  readonly #names = new Map<number, string>();
  readonly #channels = new Map<string, number>();
  #inside = false;

  constructor(db: SqliteConnection) {
    this.db = db;
  }

  prepare(sql: string): SqliteStatement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /** The point's short number, made on first use. Inside a transaction. */
  makePoint(id: string): number {
    return this.#makeKey(this.#points, "meter", id);
  }

  makeChannel(id: string): number {
    return this.#makeKey(this.#channels, "channel", id);
  }

  /** Points whose short numbers are known. */
  get points(): number {
    return this.#points.size;
  }

  /** The point's short number; `unknown` if nothing is stored of it. */
  point(id: string): number {
    return this.#keyOf(this.#points, "meter", id) ?? unknown;
  }

  channel(id: string): number {
    return this.#keyOf(this.#channels, "channel", id) ?? unknown;
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
    this.#begin("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.db.exec("COMMIT");
      this.#inside = false;
      return result;
    } catch (error) {
      // Short numbers that were made are gone with the rest.
      this.#points.clear();
      this.#channels.clear();
      this.#rollBack();
      throw error;
    }
  }

  /** What several queries see is of one moment, whatever another connection writes meanwhile. */
  snapshot<T>(work: () => T): T {
    if (this.#inside) return work();
    this.#begin("BEGIN");
    try {
      return work();
    } finally {
      this.#rollBack();
    }
  }

  #begin(how: "BEGIN" | "BEGIN IMMEDIATE"): void {
    // A transaction that could not be ended would make every later one fail.
    if (this.#inside) this.#rollBack();
    this.db.exec(how);
    this.#inside = true;
  }

  #rollBack(): void {
    try {
      this.db.exec("ROLLBACK");
      this.#inside = false;
    } catch (error) {
      // SQLite has already rolled back, as when the disk is full.
      if (/no transaction/.test(String(error))) this.#inside = false;
    }
  }

  close(): void {
    this.db.close();
  }

  #makeKey(known: Map<string, number>, table: KeyTable, id: string): number {
    const key = this.#keyOf(known, table, id);
    if (key !== undefined) return key;
    this.prepare(`INSERT INTO ${table} (id) VALUES (?)`).run(id);
    return this.#keyOf(known, table, id) ?? unknown;
  }

  #keyOf(known: Map<string, number>, table: KeyTable, id: string): number | undefined {
    let key = known.get(id);
    if (key === undefined) {
      const row = this.prepare(`SELECT key FROM ${table} WHERE id = ?`).get(id);
      if (row === undefined) return undefined;
      key = Number(row.key);
      known.set(id, key);
    }
    return key;
  }
}
