/** Deletes what is too old, in slices, each a transaction, so that values are stored in between. */
import type { PruneLimits, PruneReport } from "@meterport/engine/ports/store";
import type { Millis } from "@meterport/protocol/ports";
import { journalEnd } from "./postgres-journal.ts";
import { type Partitions, partitionAt } from "./postgres-keys.ts";
import type { Run } from "./postgres-run.ts";
import type { PostgresSession } from "./postgres-session.ts";
import { chunksOf, dropChunk } from "./postgres-timescale.ts";

/** Points, or entries of the journal, in one slice. */
const pointsAtOnce = 50;
const entriesAtOnce = 20_000;

/** Partitions of readings by name, with their ends, oldest first. */
const monthsOf = async (run: Run): Promise<readonly { readonly name: string; readonly end: Millis }[]> => {
  const { rows } = await run(
    "SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid WHERE inhparent = 'reading'::regclass ORDER BY relname",
    [],
  );
  return rows.flatMap(({ relname }) => {
    const [, year, month] = /^reading_(\d+)_(\d\d)$/.exec(String(relname)) ?? [];
    return year === undefined ? [] : [{ name: String(relname), end: Date.UTC(Number(year), Number(month)) }];
  });
};

/** Whole months at once, which leaves nothing to vacuum. */
const dropMonths = async (session: PostgresSession, limit: Millis, partitions: Partitions): Promise<number> => {
  let deleted = 0;
  const old = (await session.read(monthsOf)).filter(({ end }) => end <= limit);
  for (const { name } of old) {
    deleted += await session.write(async (run) => {
      const { rows } = await run(`SELECT count(*) AS count FROM ${name}`);
      await run(`DROP TABLE ${name}`);
      return Number(rows[0]?.count);
    });
    partitions.forget();
  }
  return deleted;
};

/** Whole days of a hypertable, compressed or not. */
const dropDays = async (session: PostgresSession, limit: Millis): Promise<number> => {
  let deleted = 0;
  const old = (await session.read(chunksOf)).filter(({ end }) => end <= limit);
  for (const { end } of old) deleted += await session.write((run) => dropChunk(run, end));
  return deleted;
};

/** Deleting rows would unpack a compressed day, so it stays until all of it is old. */
const endOfCompressed = async (session: PostgresSession): Promise<Millis> =>
  (await session.read(chunksOf)).findLast(({ isCompressed }) => isCompressed)?.end ?? Number.MIN_SAFE_INTEGER;

const pruneReadings = async (
  session: PostgresSession,
  limit: Millis | undefined,
  partitions: Partitions,
): Promise<number> => {
  if (limit === undefined) return 0;
  const months = await session.read((run) => partitions.hasMonths(run));
  const dropped = await (months ? dropMonths(session, limit, partitions) : dropDays(session, limit));
  const from = months ? Number.MIN_SAFE_INTEGER : await endOfCompressed(session);
  const rows = "DELETE FROM reading WHERE point = ANY ($1::int[]) AND time < $2 AND time >= $3";
  return dropped + (from < limit ? await deleteByPoint(session, rows, limit, from) : 0);
};

/** Point by point, since only then an index leads to the old rows. */
const deleteByPoint = async (
  session: PostgresSession,
  statement: string,
  ...range: readonly Millis[]
): Promise<number> => {
  let deleted = 0;
  for (let after = 0; ; ) {
    const keys = await session.read(async (run) => {
      const { rows } = await run("SELECT key FROM point WHERE key > $1 ORDER BY key LIMIT $2", [after, pointsAtOnce]);
      return rows.map(({ key }) => Number(key));
    });
    const last = keys.at(-1);
    if (last === undefined) return deleted;
    deleted += await session.write(async (run) => (await run(statement, [keys, ...range])).count);
    after = last;
  }
};

const deleteJournal = async (session: PostgresSession, limits: PruneLimits): Promise<number> => {
  const { journal, journalAtMost } = limits;
  if (journal === undefined && journalAtMost === undefined) return 0;
  let deleted = 0;
  for (;;) {
    const count = await session.write(async (run) => {
      const last = await journalEnd(run, limits);
      const { count } = await run(
        "DELETE FROM journal WHERE number <= least($1, (SELECT min(number) FROM journal) + $2 - 1)",
        [last, entriesAtOnce],
      );
      return count;
    });
    deleted += count;
    if (count < entriesAtOnce) return deleted;
  }
};

/** @param now so that the partitions of this month and the next are made before they are needed */
export const pruneAll = async (
  session: PostgresSession,
  limits: PruneLimits,
  partitions: Partitions,
  now: Millis,
): Promise<PruneReport> => {
  const deleteOld = async (statement: string, limit: Millis | undefined): Promise<number> =>
    limit === undefined ? 0 : deleteByPoint(session, statement, limit);
  const next = partitionAt("reading", now).to;
  const nextYear = partitionAt("interval_value", now).to;
  await session.write(async (run) => {
    await partitions.make(run, "reading", [now, next]);
    await partitions.make(run, "interval_value", [now, nextYear]);
  });
  const readings = await pruneReadings(session, limits.readings, partitions);
  const minutes = await deleteOld(
    "DELETE FROM bucket WHERE width = 60 AND point = ANY ($1::int[]) AND start < $2",
    limits.minutes,
  );
  const events = await deleteOld("DELETE FROM happening WHERE point = ANY ($1::int[]) AND time < $2", limits.events);
  return { readings, minutes, events, journal: await deleteJournal(session, limits) };
};
