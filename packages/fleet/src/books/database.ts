/** The fleet's PostgreSQL: a few connections, statements, transactions. */

import { poolOf, postgresDriver } from "@meterport/gateway/stores/postgres/postgres-driver";
import { failureOf, isAnswer } from "@meterport/gateway/stores/postgres/postgres-failure";
import { type PostgresPlace, parsePostgresUrl } from "@meterport/gateway/stores/postgres/postgres-url";
import type { Pool, PoolClient } from "pg";

/** A row, by the names of its columns. */
export type Row = Readonly<Record<string, unknown>>;

/** Runs one statement. With values it is prepared, so its text should be one of few. */
export type Run = (
  text: string,
  values?: readonly unknown[],
) => Promise<{ readonly rows: readonly Row[]; readonly count: number }>;

const usualSize = 4;

/**
 * The schema of the address, or `fleet`; and no compiling of statements: it takes longer than any statement of a fleet, since it is chosen by costs
 * that are guesses where values are not known. Options of the address come later, and so win.
 */
const fleetUrl = (url: string): string => {
  const [base = "", ...rest] = url.split("?");
  const query = new URLSearchParams(rest.join("?"));
  if (!query.has("schema")) query.set("schema", "fleet");
  query.set("options", `-c jit=off ${query.get("options") ?? ""}`.trim());
  return `${base}?${query.toString()}`;
};
/** Milliseconds. */
const longest = 86_400_000;

export class Database {
  readonly place: PostgresPlace;
  readonly #pool: Pool;
  readonly #names = new Map<string, string>();

  private constructor(place: PostgresPlace, pool: Pool) {
    this.place = place;
    this.#pool = pool;
  }

  /**
   * Connects to nothing yet.
   *
   * @param url `postgres://user:password@host:5432/database?schema=fleet`; the schema is `fleet` if omitted
   * @throws UsageError that does not quote the address, or names the missing package
   */
  static async open(url: string, size: number = usualSize): Promise<Database> {
    const place = parsePostgresUrl(fleetUrl(url));
    return new Database(place, poolOf(await postgresDriver(), place, size));
  }

  /** One statement on a connection of its own. @throws UsageError, PostgresError */
  readonly run: Run = (text, values) => this.#with((run) => run(text, values));

  /** All or nothing. @throws UsageError, PostgresError, and what the work throws */
  transaction<T>(work: (run: Run) => Promise<T>): Promise<T> {
    return this.#with(async (run) => {
      await run("BEGIN");
      const result = await work(run);
      await run("COMMIT");
      return result;
    });
  }

  /** Several statements on one connection, each its own transaction. */
  session<T>(work: (run: Run) => Promise<T>): Promise<T> {
    return this.#with(work);
  }

  /** Statements that may take a day each, such as one that writes a table again. @throws UsageError, PostgresError */
  async slow(...texts: readonly string[]): Promise<void> {
    let client: PoolClient | undefined;
    try {
      client = await this.#pool.connect();
      await client.query("SET statement_timeout = 0");
      for (const text of texts) {
        // The package reads this key of a query, which its types lack.
        const query = { text, query_timeout: longest };
        await client.query(query);
      }
    } catch (error) {
      throw failureOf(error, this.place);
    } finally {
      // Without its limits it is of no use to others.
      client?.release(true);
    }
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #with<T>(work: (run: Run) => Promise<T>): Promise<T> {
    let client: PoolClient | undefined;
    const connection = { isLost: false };
    try {
      client = await this.#pool.connect();
      const result = await work(this.#runOn(client, connection));
      client.release();
      return result;
    } catch (error) {
      if (client !== undefined) {
        // A connection on which a statement got no answer is in an unknown state; the server rolls back by itself.
        if (!connection.isLost) await this.#runOn(client, connection)("ROLLBACK").catch(() => {});
        client.release(connection.isLost);
      }
      throw connection.isLost || client === undefined || isAnswer(error) ? failureOf(error, this.place) : error;
    }
  }

  #runOn(client: PoolClient, connection: { isLost: boolean }): Run {
    return async (text, values) => {
      try {
        const query = values === undefined ? { text } : { name: this.#nameOf(text), text, values: [...values] };
        const { rows, rowCount } = await client.query(query);
        return { rows: rows as Row[], count: rowCount ?? 0 };
      } catch (error) {
        if (!isAnswer(error)) connection.isLost = true;
        throw error;
      }
    };
  }

  /** The name of a prepared statement, the same on all connections. */
  #nameOf(text: string): string {
    let name = this.#names.get(text);
    if (name === undefined) {
      name = `fleet_${this.#names.size}`;
      this.#names.set(text, name);
    }
    return name;
  }
}

/** SQLSTATE of an error inside of a transaction; undefined for other errors. */
export const sqlStateOf = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
