/** The package pg, loaded only if a store in PostgreSQL is configured. */
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import type { Pool, PoolConfig } from "pg";
import type { PostgresPlace } from "./postgres-url.ts";

/** What we use of the package. */
export interface Driver {
  readonly Pool: new (config: PoolConfig) => Pool;
  readonly types: { readonly getTypeParser: (oid: number, format?: "text" | "binary") => unknown };
}

/** Tests replace it. */
export type LoadDriver = () => Promise<{ readonly default: Driver }>;

const load: LoadDriver = async () => (await import("pg")) as unknown as { readonly default: Driver };

const reasonOf = (error: unknown): string => {
  if (error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND" && /'pg'/.test(error.message))
    return "is not installed";
  return `does not load (${error instanceof Error ? error.message.split("\n")[0] : String(error)})`;
};

/** @throws UsageError that names the package if it is missing */
export const postgresDriver = async (open: LoadDriver = load): Promise<Driver> => {
  try {
    return (await open()).default;
  } catch (cause) {
    throw new UsageError(
      "pg",
      `a store in PostgreSQL needs the package pg, which ${reasonOf(cause)}: run npm install pg@8.23 where Meterport is installed, or remove "store" from the configuration`,
      { cause },
    );
  }
};

/** int8; our numbers stay below 2 ** 53. */
const int8 = 20;

/** Milliseconds after which the server, or we if it is silent, give up. */
const limits = { connect: 5_000, statement: 30_000, silence: 35_000, lock: 10_000 } as const;

/**
 * @param size how many connections it may have
 * @param connect milliseconds that one may take to be there
 */
export const poolOf = (driver: Driver, place: PostgresPlace, size: number, connect: Millis = limits.connect): Pool => {
  const parserOf = (oid: number, format?: "text" | "binary") =>
    oid === int8 ? Number : driver.types.getTypeParser(oid, format);
  const pool = new driver.Pool({
    connectionString: place.connection,
    application_name: "meterport",
    max: size,
    connectionTimeoutMillis: connect,
    statement_timeout: limits.statement,
    lock_timeout: limits.lock,
    query_timeout: limits.silence,
    idle_in_transaction_session_timeout: 2 * limits.statement,
    keepAlive: true,
    types: { getTypeParser: parserOf as never },
  });
  // A connection that ends while it is idle, or between two queries: the next call finds out.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
};
