/** Months as partitions: made ahead, dropped when they are too old. Readers and writers of the table go on meanwhile. */
import type { Millis } from "@meterport/protocol/ports";
import type { Database, Run } from "./database.ts";

/** Tables that grow by the month. */
export const monthlyTables = ["profile_day", "chosen_day", "vee_day", "block", "register_reading"] as const;
export type MonthlyTable = (typeof monthlyTables)[number];

/** A month as a number: 12 × year + month, January being 0. */
export type Month = number;

/** @example monthOf(Date.UTC(2026, 10, 29)) // 24322 */
export const monthOf = (time: Millis): Month => {
  const date = new Date(time);
  return 12 * date.getUTCFullYear() + date.getUTCMonth();
};

/** @example firstDay(24322) // "2026-11-01" */
export const firstDay = (month: Month): string =>
  new Date(Date.UTC(Math.floor(month / 12), month % 12)).toISOString().slice(0, 10);

const nameOf = (table: MonthlyTable, month: Month): string =>
  `${table}_${firstDay(month).slice(0, 7).replace("-", "_")}`;

/** Which months of which table exist, and before which month facts are no longer kept. */
export interface Months {
  readonly of: ReadonlyMap<MonthlyTable, ReadonlySet<Month>>;
  readonly droppedBefore: ReadonlyMap<MonthlyTable, Month>;
  /** By the database's clock, when it was asked; milliseconds since 1970. */
  readonly now: Millis;
}

export const monthsIn = async (run: Run): Promise<Months> => {
  const parts = await run(
    `SELECT parent.relname AS of_table, part.relname AS name FROM pg_inherits
      JOIN pg_class parent ON parent.oid = inhparent JOIN pg_class part ON part.oid = inhrelid
      WHERE parent.relnamespace = current_schema()::regnamespace AND parent.relkind = 'p' AND NOT inhdetachpending`,
  );
  const of = new Map<MonthlyTable, Set<Month>>(monthlyTables.map((table) => [table, new Set()]));
  for (const { of_table, name } of parts.rows) {
    const [, year, month] = /_(\d{4})_(\d\d)$/.exec(String(name)) ?? [];
    if (year !== undefined) of.get(of_table as MonthlyTable)?.add(12 * Number(year) + Number(month) - 1);
  }
  const floors = await run("SELECT of_table, day::text AS day FROM dropped_before");
  const droppedBefore = new Map(
    floors.rows.map(({ of_table, day }) => [of_table as MonthlyTable, monthOf(Date.parse(String(day)))]),
  );
  const [time] = (await run("SELECT 1000 * extract(epoch FROM now())::float8 AS now")).rows;
  return { of, droppedBefore, now: Number(time?.now) };
};

/** Makes the partition of a month, unless it is there. Readers and writers go on meanwhile. */
export const makeMonth = async (database: Database, table: MonthlyTable, month: Month): Promise<void> => {
  await database.run("SELECT make_month($1, $2::date)", [table, firstDay(month)]);
};

/** Months of all tables from the present one to so many ahead. For a job each day. */
export const makeMonthsAhead = async (database: Database, now: Millis, ahead = 3): Promise<number> => {
  const { of } = await monthsIn(database.run);
  let made = 0;
  for (const table of monthlyTables)
    for (let month = monthOf(now); month <= monthOf(now) + ahead; month++) {
      if (of.get(table)?.has(month) === true) continue;
      await makeMonth(database, table, month);
      made++;
    }
  return made;
};

export interface DropOptions {
  /** Everything before the month that holds this moment goes. */
  readonly before: Millis;
  /** Keep the months as tables of their own, for somebody who archives them. */
  readonly detachOnly?: boolean | undefined;
}

/** Only the owner of a table may drop its months; a login that is a member of the owner acts as it for that time. */
const asOwner = async <T>(run: Run, table: MonthlyTable, work: () => Promise<T>): Promise<T> => {
  await run(await becomeOwner(run, table));
  try {
    return await work();
  } finally {
    await run("RESET ROLE").catch(() => {});
  }
};

const becomeOwner = async (run: Run, table: MonthlyTable): Promise<string> => {
  const { rows } = await run(
    "SELECT format('SET ROLE %I', pg_get_userbyid(relowner)) AS text FROM pg_class WHERE oid = to_regclass($1)",
    [table],
  );
  return String(rows[0]?.text);
};

/** A month that was being detached when its process ended is in between until somebody ends that. */
const finishDetaching = async (run: Run, table: MonthlyTable): Promise<void> => {
  const { rows } = await run(
    "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = $1::regclass AND inhdetachpending",
    [table],
  );
  for (const { name } of rows) await run(`ALTER TABLE ${table} DETACH PARTITION ${String(name)} FINALIZE`);
};

/**
 * Drops or detaches the months of a table that are over, and remembers that they are: facts of them that come again are not booked. Returns
 * the names of the months' tables. For a job each day.
 */
export const dropMonths = (
  database: Database,
  table: MonthlyTable,
  { before, detachOnly = false }: DropOptions,
): Promise<readonly string[]> =>
  // DETACH … CONCURRENTLY waits for readers of the month alone, and so runs outside of transactions.
  database.session(async (run) => {
    const floor = monthOf(before);
    await run(
      `INSERT INTO dropped_before AS d (of_table, day) VALUES ($1, $2)
        ON CONFLICT (of_table) DO UPDATE SET day = greatest(d.day, excluded.day)`,
      [table, firstDay(floor)],
    );
    return asOwner(run, table, async () => {
      await finishDetaching(run, table);
      const { of } = await monthsIn(run);
      const old = [...(of.get(table) ?? [])].filter((month) => month < floor).sort((a, b) => a - b);
      const names = old.map((month) => nameOf(table, month));
      for (const name of names) {
        await run(`ALTER TABLE ${table} DETACH PARTITION ${name} CONCURRENTLY`);
        if (!detachOnly) await run(`DROP TABLE ${name}`);
      }
      return names;
    });
  });

/**
 * Writes a month again without the room that merges need: half of its bytes. Meanwhile nobody reads or writes that month, which may take an hour of
 * a million meters; so it is for months that no meter remembers any more. Packed twice costs nothing. Returns whether it was packed.
 */
export const packMonth = async (database: Database, table: MonthlyTable, month: Month): Promise<boolean> => {
  const name = nameOf(table, month);
  const { rows } = await database.run(
    "SELECT 1 FROM pg_class WHERE oid = to_regclass($1) AND 'fillfactor=100' <> ALL (coalesce(reloptions, '{}'))",
    [name],
  );
  if (rows.length === 0) return false;
  const mark = (percent: number): Promise<unknown> =>
    database.session((run) => asOwner(run, table, () => run(`ALTER TABLE ${name} SET (fillfactor = ${percent})`)));
  // The mark comes last, so that what was cut off is done again.
  await mark(99);
  await database.slow(await becomeOwner(database.run, table), `VACUUM (FULL, ANALYZE) ${name}`);
  await mark(100);
  return true;
};

/** Rows of one statement, so that nobody waits for long. */
const mostDeleted = 10_000;

/** Deletes a few at a time; the last value of the statement is how many. */
export const deleteAll = async (run: Run, text: string, values: readonly unknown[]): Promise<number> => {
  let deleted = 0;
  for (;;) {
    const { count } = await run(text, [...values, mostDeleted]);
    deleted += count;
    if (count < mostDeleted) return deleted;
  }
};

/** Deletes events that were over before a moment, a few at a time. For a job each day. */
export const pruneEvents = (database: Database, before: Millis): Promise<number> =>
  deleteAll(
    database.run,
    `DELETE FROM event WHERE (point_id, event_id) IN
      (SELECT point_id, event_id FROM event WHERE at < $1::timestamptz AND coalesce(until, at) < $1::timestamptz LIMIT $2)`,
    [new Date(before).toISOString()],
  );

/** Deletes what is known of gaps in months of which the slots were dropped. For a job each day. */
export const pruneGaps = (database: Database): Promise<number> =>
  deleteAll(
    database.run,
    `DELETE FROM gap WHERE (channel_id, day) IN (SELECT channel_id, gap.day FROM gap
      JOIN dropped_before d ON d.of_table = $1 AND gap.day < d.day LIMIT $2)`,
    ["profile_day"],
  );
