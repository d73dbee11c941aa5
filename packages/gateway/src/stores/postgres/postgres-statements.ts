/** Statements on the connections of a pool. */
import type { Pool, PoolClient } from "pg";
import type { Row } from "../fact-rows.ts";
import { isAnswer } from "./postgres-failure.ts";
import type { Run } from "./postgres-run.ts";

export class PostgresStatements {
  readonly #prefix: string;
  readonly #bound: (value: unknown) => unknown;
  /** The names of prepared statements, the same on all connections. */
  readonly #names = new Map<string, string>();

  /**
   * @param prefix begins the names of prepared statements, so that the server's views tell whose they are
   * @param bound a value as a parameter of a statement
   */
  constructor(prefix: string, bound: (value: unknown) => unknown) {
    this.#prefix = prefix;
    this.#bound = bound;
  }

  /**
   * Runs statements on one connection; a transaction that they left open is rolled back. A statement with values is prepared.
   *
   * @param failed what is thrown for an error; `ofDatabase` is false of one that the work threw by itself
   */
  async on<T>(
    pool: Pool,
    work: (run: Run) => Promise<T>,
    failed: (error: unknown, ofDatabase: boolean) => unknown,
  ): Promise<T> {
    let client: PoolClient | undefined;
    // A connection on which a statement got no answer is in an unknown state; the server rolls back by itself.
    const connection = { isLost: false };
    try {
      client = await pool.connect();
      const result = await work(this.#runOn(client, connection));
      client.release();
      return result;
    } catch (error) {
      if (client !== undefined) {
        if (!connection.isLost) await this.#runOn(client, connection)("ROLLBACK").catch(() => {});
        client.release(connection.isLost);
      }
      throw failed(error, client === undefined || connection.isLost || isAnswer(error));
    }
  }

  #runOn(client: PoolClient, connection: { isLost: boolean }): Run {
    return async (text, values) => {
      try {
        const query =
          values === undefined ? { text } : { name: this.#nameOf(text), text, values: values.map(this.#bound) };
        const { rows, rowCount } = await client.query(query);
        return { rows: rows as Row[], count: rowCount ?? 0 };
      } catch (error) {
        if (!isAnswer(error)) connection.isLost = true;
        throw error;
      }
    };
  }

  #nameOf(text: string): string {
    let name = this.#names.get(text);
    if (name === undefined) {
      name = `${this.#prefix}_${this.#names.size}`;
      this.#names.set(text, name);
    }
    return name;
  }
}
