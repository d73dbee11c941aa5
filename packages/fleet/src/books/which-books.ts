/**
 * Which books these are: those that a process has booked into, or others with the same fleet in them, such as a backup that was restored. A process
 * whose journal says that something is booked must book it again then.
 */
import type { Millis } from "@meterport/protocol/ports";
import type { Run } from "./database.ts";

const mayAskServer = "SELECT has_function_privilege(to_regprocedure('pg_control_system()'), 'EXECUTE') AS may";
const askServer = "SELECT system_identifier::text AS server FROM pg_control_system()";

/** What a restore gives other numbers to. The row of the fleet is never changed once it is made. */
const askTables = `
  SELECT to_regnamespace(current_schema())::oid::text AS schema, 'profile_day'::regclass::oid::text AS days, xmin::text AS fleet
  FROM fleet`;

/** A word for these very tables on this very server. */
export const booksIn = async (run: Run): Promise<string> => {
  const may = (await run(mayAskServer)).rows[0]?.may === true;
  const server = may ? String((await run(askServer)).rows[0]?.server) : "";
  const { schema = "", days = "", fleet = "" } = (await run(askTables)).rows[0] ?? {};
  return [server, schema, days, fleet].map(String).join(".");
};

/** Up to when the backup has everything at least, of a fleet that has just been restored. */
const newestKnown = `
  greatest((SELECT max(seen) FROM holder WHERE seen <= now()), (SELECT max(done_at) FROM job_mark WHERE done_at <= now()), 'epoch')`;

const noteBooks = `
  INSERT INTO job_mark (job, key, done_at) SELECT 'books', $1, ${newestKnown} ON CONFLICT DO NOTHING`;

/**
 * Notes that a fleet is here, before its processes come. If it was elsewhere before, it was restored: what should be there is looked at at once,
 * as far back as the meters remember.
 */
export const settleBooks = async (run: Run): Promise<void> => {
  const { count } = await run(noteBooks, [await booksIn(run)]);
  if (count > 0) await run("DELETE FROM job_mark WHERE job IN ('gap-scan', 'gap-scan-whole')");
};

/** Since when something may be missing in these books; null if nobody noted it. */
export const completeUntil = async (run: Run, books: string): Promise<Millis | null> => {
  const text = `SELECT (1000 * extract(epoch FROM done_at))::float8 AS at FROM job_mark WHERE job = 'books' AND key = $1`;
  const [row] = (await run(text, [books])).rows;
  return row === undefined ? null : Number(row.at);
};
