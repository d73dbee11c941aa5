/** Makes the tables of a fleet, and brings those of older versions to the present one while others read and write. */
import { PostgresError } from "@meterport/gateway/stores/postgres/postgres-failure";
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import type { Database, Run } from "./database.ts";
import { auditChain } from "./sql/audit-chain.ts";
import { firstTables } from "./sql/first-tables.ts";
import { holderPass } from "./sql/holder-pass.ts";
import { intakeTables } from "./sql/intake-tables.ts";
import { jobTables } from "./sql/job-tables.ts";
import { makeMonthFunction } from "./sql/make-month.ts";
import { meterKeys } from "./sql/meter-keys.ts";
import { meterLinks } from "./sql/meter-links.ts";
import { readMarks } from "./sql/read-marks.ts";
import { targetTurns } from "./sql/target-turns.ts";
import { toldColumns } from "./sql/told-columns.ts";
import { toldStates } from "./sql/told-states.ts";

/**
 * Statements of one transaction; or such as must be apart from any, one after the other, as those that work on an index beside writers. Cut off at
 * any place, the latter must be able to begin again: an index that was not finished is dropped first.
 */
export type MigrationStep = string | { readonly apart: readonly string[] };

/**
 * One entry per version, never changed once released. A migration may not rewrite a table that grows: add columns without a default that is
 * computed, make constraints NOT VALID and validate them in the next version, build indexes on partitions one at a time, and those of other
 * tables that grow CONCURRENTLY.
 */
export const migrations: readonly MigrationStep[] = [
  ...[firstTables, meterLinks, auditChain, meterKeys, makeMonthFunction],
  ...[toldStates, jobTables, holderPass, intakeTables, readMarks],
  ...[targetTurns, toldColumns],
];

/** What a fleet is. */
export interface Fleet {
  /** Two fleets have different ids, whatever they are called. */
  readonly id: string;
  readonly name: string;
  readonly shards: number;
}

export interface MigrateOptions {
  /** Waits, for a lock that somebody else holds. */
  readonly sleep: (time: Millis) => Promise<void>;
  /** Longest wait for a lock at a time: others that want the table meanwhile queue behind it, so it is short. */
  readonly lockTimeout?: Millis | undefined;
  /** Tries before it gives up. */
  readonly tries?: number | undefined;
  /** Tests bring their own. */
  readonly steps?: readonly MigrationStep[] | undefined;
}

const usualLockTimeout: Millis = 2_000;
const usualTries = 30;
const pause: Millis = 1_000;

const versionOf = async (run: Run): Promise<number> => {
  const { rows } = await run("SELECT to_regclass('fleet_migration') IS NOT NULL AS known");
  if (rows[0]?.known !== true) return 0;
  return Number((await run("SELECT coalesce(max(version), 0) AS version FROM fleet_migration")).rows[0]?.version);
};

const checkVersion = (found: number, known: number, { shown, schema }: Database["place"]): void => {
  if (found > known)
    throw new UsageError(
      "newer-database",
      `the schema ${schema} of the database ${shown} was written by a newer Meterport (version ${found}, this one knows ${known}): update Meterport on this machine, or name another schema with ?schema=`,
    );
};

const lockName = ({ place }: Database): readonly [string] => [`meterport fleet ${place.schema}`];

const noteVersion = (run: Run, version: number): Promise<unknown> =>
  run(`INSERT INTO fleet_migration (version) VALUES (${version})`);

/** One step in one transaction. Steps happen one at a time however many processes start at once. */
const inTransaction = (database: Database, steps: readonly MigrationStep[], lockTimeout: Millis): Promise<void> =>
  database.transaction(async (run) => {
    const { schema } = database.place;
    await run("SELECT pg_advisory_xact_lock(hashtext($1))", lockName(database));
    await run(`SET LOCAL lock_timeout = ${Math.round(lockTimeout)}`);
    const known = await run(`SELECT to_regnamespace('"${schema}"') IS NOT NULL AS known`);
    if (known.rows[0]?.known !== true) await run(`CREATE SCHEMA "${schema}"`);
    const found = await versionOf(run);
    checkVersion(found, steps.length, database.place);
    const next = steps[found];
    // Another process has done it meanwhile.
    if (typeof next !== "string") return;
    await run(
      "CREATE TABLE IF NOT EXISTS fleet_migration (version int PRIMARY KEY, applied timestamptz NOT NULL DEFAULT now())",
    );
    await run(next);
    await noteVersion(run, found + 1);
  });

/** One step that is apart from transactions, while the same lock is held beside it. */
const apart = (database: Database, version: number, statements: readonly string[]): Promise<void> =>
  database.session(async (run) => {
    await run("SELECT pg_advisory_lock(hashtext($1))", lockName(database));
    try {
      // Another process has done it meanwhile.
      if ((await versionOf(run)) >= version) return;
      for (const statement of statements) await database.slow(statement);
      await noteVersion(run, version);
    } finally {
      await run("SELECT pg_advisory_unlock(hashtext($1))", lockName(database));
    }
  });

/**
 * Makes the schema, or brings it to the present version. A table that somebody else has locked is tried again later, so that readers never
 * wait for long behind the migration.
 *
 * @throws UsageError (`newer-database`) if a newer Meterport wrote it; PostgresError if the lock could not be had
 */
export const migrate = async (database: Database, options: MigrateOptions): Promise<void> => {
  const { sleep, lockTimeout = usualLockTimeout, tries = usualTries, steps = migrations } = options;
  for (let left = tries; ; ) {
    try {
      const found = await versionOf(database.run);
      checkVersion(found, steps.length, database.place);
      if (found === steps.length) return;
      const next = steps[found];
      if (next === undefined || typeof next === "string") await inTransaction(database, steps, lockTimeout);
      else await apart(database, found + 1, next.apart);
    } catch (error) {
      left--;
      if (!(error instanceof PostgresError && error.kind === "busy") || left <= 0) throw error;
      await sleep(pause);
    }
  }
};

/** @throws UsageError if the schema is not there, or another version of Meterport wrote it */
export const checkPresent = async (database: Database): Promise<void> => {
  const found = await versionOf(database.run);
  const { schema, shown } = database.place;
  checkVersion(found, migrations.length, database.place);
  if (found === 0)
    throw new UsageError(
      "no-fleet",
      `the database ${shown} has no fleet in the schema ${schema}: run meterport fleet init`,
    );
  if (found < migrations.length)
    throw new UsageError(
      "older-database",
      `the schema ${schema} of the database ${shown} was written by an older Meterport (version ${found}, this one needs ${migrations.length}): run meterport fleet init again, which brings it to this version`,
    );
};

const sayFleet = ({ id, name }: Fleet): string => `"${name}" (${id})`;

/** The fleet that a schema holds; undefined before it was made. */
export const fleetIn = async (run: Run): Promise<Fleet | undefined> => {
  const { rows } = await run("SELECT fleet_id, name, shards FROM fleet");
  const [row] = rows;
  return row === undefined
    ? undefined
    : { id: String(row.fleet_id), name: String(row.name), shards: Number(row.shards) };
};

/**
 * Makes a fleet in a schema that has none. The same again changes nothing.
 *
 * @throws UsageError (`other-fleet`) if another one lives there
 */
export const makeFleet = async (database: Database, fleet: Fleet): Promise<void> => {
  const { id, name, shards } = fleet;
  await database.run("INSERT INTO fleet (fleet_id, name, shards) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", [
    id,
    name,
    shards,
  ]);
  const found = await checkFleet(database, id);
  if (found.shards !== shards)
    throw new UsageError(
      "fleet-shards",
      `the fleet ${sayFleet(found)} has ${found.shards} shards, not ${shards}: their number is fixed when a fleet is made`,
    );
};

/**
 * The fleet of a schema, if it is the one that is meant: two fleets on one database must not book into each other.
 *
 * @throws UsageError (`no-fleet`, `other-fleet`)
 */
export const checkFleet = async (database: Database, id: string): Promise<Fleet> => {
  const { schema, shown } = database.place;
  const found = await fleetIn(database.run);
  if (found === undefined)
    throw new UsageError(
      "no-fleet",
      `the schema ${schema} of the database ${shown} has no fleet: run meterport fleet init`,
    );
  if (found.id !== id)
    throw new UsageError(
      "other-fleet",
      `the schema ${schema} of the database ${shown} belongs to the fleet ${sayFleet(found)}, not to ${id}: name the schema of your fleet with ?schema=, or correct its id`,
    );
  return found;
};
