/**
 * Readings in a hypertable, if the database has TimescaleDB with its columnstore when the schema is made: one point's readings of a
 * day are compressed together, some days after they came. Everything else is as it is without the extension.
 *
 * A partitioned table cannot become a hypertable, so a schema that was made before the extension keeps its months. The
 * Apache edition has no columnstore, and then months of our own do the same.
 */
import type { Millis } from "@meterport/protocol/ports";
import type { Run } from "./postgres-run.ts";

const day: Millis = 86_400_000;

/** The schema of the extension's functions, which is not in our search path; undefined without it or its columnstore. */
const extensionSchema = async (run: Run): Promise<string | undefined> => {
  const { rows } = await run(
    `SELECT quote_ident(nspname) AS name FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace
      WHERE extname = 'timescaledb' AND current_setting('timescaledb.license', true) = 'timescale'`,
  );
  return rows[0] === undefined ? undefined : String(rows[0].name);
};

/** Readings are late for minutes, not for a day; what comes into a compressed day is stored as well. */
const statements = (extension: string, view: string): readonly string[] => [
  "CREATE TABLE whole (LIKE reading INCLUDING ALL)",
  "DROP VIEW readings",
  "DROP TABLE reading",
  "ALTER TABLE whole RENAME TO reading",
  "ALTER INDEX whole_pkey RENAME TO reading_pkey",
  `CREATE VIEW readings AS ${view}`,
  `SELECT ${extension}.create_hypertable('reading', 'time', chunk_time_interval => ${day}::bigint, create_default_indexes => false)`,
  `ALTER TABLE reading SET (timescaledb.compress, timescaledb.compress_segmentby = 'point', timescaledb.compress_orderby = 'time')`,
  "CREATE FUNCTION now_in_ms() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT (extract(epoch FROM now()) * 1000)::bigint'",
  `SELECT ${extension}.set_integer_now_func('reading', 'now_in_ms')`,
  `SELECT ${extension}.add_compression_policy('reading', compress_after => ${day}::bigint)`,
];

/**
 * Puts a hypertable in the place of the empty table of readings, in the transaction that makes the schema. If the extension
 * refuses that, the table stays as it was.
 *
 * @returns what was done, as a sentence for the log; undefined without the extension
 */
export const useTimescale = async (run: Run): Promise<string | undefined> => {
  const extension = await extensionSchema(run);
  if (extension === undefined) return undefined;
  const { rows } = await run("SELECT pg_get_viewdef('readings'::regclass) AS view");
  await run("SAVEPOINT timescale");
  try {
    for (const statement of statements(extension, String(rows[0]?.view))) await run(statement);
    return "readings are kept in a hypertable of TimescaleDB, and compressed when they are a day old";
  } catch (error) {
    await run("ROLLBACK TO SAVEPOINT timescale");
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    return `TimescaleDB is installed but cannot be used, so readings are partitioned by month: ${reason}`;
  }
};

/** Whether readings are in partitions of our own. */
export const hasMonths = async (run: Run): Promise<boolean> =>
  (await run("SELECT relkind = 'p' AS native FROM pg_class WHERE oid = 'reading'::regclass")).rows[0]?.native === true;

/** A day of a hypertable. */
export interface Chunk {
  readonly end: Millis;
  readonly isCompressed: boolean;
}

/** Those of the readings, oldest first. */
export const chunksOf = async (run: Run): Promise<readonly Chunk[]> => {
  const { rows } = await run(
    `SELECT range_end_integer AS "end", is_compressed FROM timescaledb_information.chunks
      WHERE hypertable_schema = current_schema() AND hypertable_name = 'reading' ORDER BY 1`,
  );
  return rows.map((row) => ({ end: Number(row.end), isCompressed: row.is_compressed === true }));
};

/** Drops the oldest chunk, which ends at `end`. Returns how many readings it had. */
export const dropChunk = async (run: Run, end: Millis): Promise<number> => {
  const { rows } = await run("SELECT count(*) AS count FROM reading WHERE time < $1", [end]);
  const extension = await extensionSchema(run);
  await run(`SELECT ${extension}.drop_chunks('reading', older_than => $1::bigint)`, [end]);
  return Number(rows[0]?.count);
};

/** Bytes of the readings, which are not in our schema. */
export const hypertableSize = async (run: Run): Promise<number> => {
  const extension = await extensionSchema(run);
  const { rows } = await run(`SELECT ${extension}.hypertable_size('reading')::float8 AS bytes`);
  return Number(rows[0]?.bytes ?? 0);
};
