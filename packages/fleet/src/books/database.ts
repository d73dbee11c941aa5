/** The fleet's PostgreSQL: a few connections, statements, transactions. */

import { poolOf, postgresDriver } from "@meterport/gateway/stores/postgres/postgres-driver";

export type { Row } from "@meterport/gateway/stores/fact-rows";

import { failureOf } from "@meterport/gateway/stores/postgres/postgres-failure";
import type { Run } from "@meterport/gateway/stores/postgres/postgres-run";
import { PostgresStatements } from "@meterport/gateway/stores/postgres/postgres-statements";
import { type PostgresPlace, parsePostgresUrl } from "@meterport/gateway/stores/postgres/postgres-url";
import type { Pool, PoolClient } from "pg";

export type { Run };

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
  readonly #statements = new PostgresStatements("fleet", (value) => value);

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

  #with<T>(work: (run: Run) => Promise<T>): Promise<T> {
    const failed = (error: unknown, ofDatabase: boolean): unknown =>
      ofDatabase ? failureOf(error, this.place) : error;
    return this.#statements.on(this.#pool, work, failed);
  }
}

/** SQLSTATE of an error inside of a transaction; undefined for other errors. */
export const sqlStateOf = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
