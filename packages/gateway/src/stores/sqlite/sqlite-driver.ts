/** SQLite, from this Node or from the package libsql, since Node 20 has none. */
import { createRequire } from "node:module";
import { UsageError } from "@meterport/protocol/errors";

/** Values bound to a statement. */
export type SqliteValue = number | string | null;

/** Names are without the colon of the statement. */
export type SqliteNames = Readonly<Record<string, SqliteValue>>;

export type SqliteRow = Readonly<Record<string, unknown>>;

/**
 * A whole number of a row must be within what a JavaScript number holds: Node's SQLite throws at any other, and libsql rounds it.
 * The ids of rows that are written may be as large as SQLite allows.
 */
export interface SqliteStatement {
  readonly all: (...values: readonly SqliteValue[] | readonly [SqliteNames]) => readonly SqliteRow[];
  readonly get: (...values: readonly SqliteValue[]) => SqliteRow | undefined;
  /** Only for a statement that gives no rows. */
  readonly run: (...values: readonly SqliteValue[] | readonly [SqliteNames]) => { readonly changes: number | bigint };
}

/** An open database. Calls are synchronous and throw SQLite's errors. */
export interface SqliteConnection {
  readonly exec: (sql: string) => void;
  readonly prepare: (sql: string) => SqliteStatement;
  /** May be called twice. */
  readonly close: () => void;
}

/** Opens a file, and creates it if there is none; waits up to five seconds if it is locked. */
export type SqliteDriver = (path: string) => SqliteConnection;

const lockTimeout = 5_000;

/** The interface that both share. */
interface Database {
  readonly exec: (sql: string) => unknown;
  readonly prepare: (sql: string) => unknown;
  readonly close: () => unknown;
}

type DatabaseClass = new (path: string, options: { readonly timeout: number }) => Database;

/** What one of them does differently. */
interface Manner {
  readonly statement: (prepared: unknown) => SqliteStatement;
  /** The statement that releases the file if `close` alone does not. */
  readonly farewell?: string;
}

interface BuiltInStatement extends SqliteStatement {
  /** The columns of its rows. Missing before Node 22.16. */
  readonly columns?: () => readonly unknown[];
  readonly setReadBigInts: (on: boolean) => void;
}

/**
 * Since Node 26, `run` throws if the id of the row that the connection inserted last is beyond 2^53, whichever statement
 * inserted it. The statement has had its effect by then. So ids are asked for as big integers.
 */
const builtInStatement = (statement: BuiltInStatement): SqliteStatement => {
  // Where `columns` is missing, `run` rounds the id.
  if (statement.columns?.().length === 0) statement.setReadBigInts(true);
  return statement;
};

const builtInManner: Manner = { statement: (prepared) => builtInStatement(prepared as BuiltInStatement) };

const libsqlManner: Manner = {
  statement: (prepared) => prepared as SqliteStatement,
  // libsql keeps the file open while a statement is in memory, so nothing else empties the write-ahead log.
  farewell: "PRAGMA wal_checkpoint(TRUNCATE)",
};

const connection = (database: Database, { statement, farewell }: Manner): SqliteConnection => {
  let isOpen = true;
  return {
    exec: (sql) => {
      database.exec(sql);
    },
    prepare: (sql) => statement(database.prepare(sql)),
    close: () => {
      if (!isOpen) return;
      isOpen = false;
      try {
        if (farewell !== undefined) database.exec(farewell);
      } finally {
        database.close();
      }
    },
  };
};

/** Where SQLite can come from; undefined if it is missing. Tests replace this. */
export interface SqliteSources {
  readonly builtIn: () => DatabaseClass | undefined;
  /** @throws an error with `code` MODULE_NOT_FOUND if it is not installed */
  readonly libsql: () => DatabaseClass;
  readonly nodeVersion: string;
}

/** Node 22 warns at each start that its SQLite is experimental; users of the daemon cannot act on that. */
const quietly = <T>(load: () => T): T => {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return load();
  } finally {
    process.emitWarning = emitWarning;
  }
};

/** What this process can load. */
export const thisNode: SqliteSources = {
  // The function itself is missing before 20.16, and the module before 22.13 unless a flag enables it.
  builtIn: () => quietly(() => process.getBuiltinModule?.("node:sqlite")?.DatabaseSync),
  libsql: () => createRequire(import.meta.url)("libsql") as typeof import("libsql"),
  nodeVersion: process.versions.node,
};

const reasonOf = (error: unknown): string => {
  if (error instanceof Error && "code" in error && error.code === "MODULE_NOT_FOUND" && /'libsql'/.test(error.message))
    return "is not installed";
  return `does not load (${error instanceof Error ? error.message.split("\n")[0] : String(error)})`;
};

/**
 * The SQLite of this Node, or else the package libsql.
 *
 * @throws UsageError that names the package if neither is available
 */
export const sqliteDriver = (sources: SqliteSources = thisNode): SqliteDriver => {
  const BuiltIn = sources.builtIn();
  if (BuiltIn !== undefined) return (path) => connection(new BuiltIn(path, { timeout: lockTimeout }), builtInManner);
  try {
    const Libsql = sources.libsql();
    return (path) => connection(new Libsql(path, { timeout: lockTimeout }), libsqlManner);
  } catch (cause) {
    throw new UsageError(
      "sqlite",
      `Node ${sources.nodeVersion} has no SQLite of its own, and the package libsql ${reasonOf(cause)}: run npm install libsql@0.5 where Meterport is installed, or use Node 24`,
      { cause },
    );
  }
};
