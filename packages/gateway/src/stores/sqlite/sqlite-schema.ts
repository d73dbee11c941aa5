/** The shape of the database, and how older shapes become this one. */
import { UsageError } from "@meterport/protocol/errors";
import { bucketRegisters, readingColumns } from "../reading-columns.ts";
import { idOf, lastTime, type ReadingColumn, readingScale, resolutions } from "./sqlite-columns.ts";
import type { SqliteConnection } from "./sqlite-driver.ts";
import { makeQuarters, resolutionColumns } from "./sqlite-resolutions.ts";

/** The columns of the first version, which must not change with those of today. */
const firstReadingColumns = readingColumns;
const firstBucketRegisters = bucketRegisters;

const scaledColumn = (column: ReadingColumn): string =>
  readingScale(column) === 1 ? column : `round(${column} * ${readingScale(column)})`;

const bucketValues = `power_n, power_sum, power_min, power_max, ${bucketRegisters.join(", ")}`;
const fromBuckets = (table: "minute" | "hour"): string =>
  `INSERT INTO ${table} (id, n, last, ${bucketValues})
    SELECT ${idOf("meter", "start")}, power_count, last - start, ${bucketValues.replace("power_n", "power_count")}
    FROM bucket WHERE width = ${table === "minute" ? 60 : 3_600} AND start BETWEEN 0 AND ${lastTime} ORDER BY meter, start;`;

/**
 * One entry per version, never changed once released: entry n turns version n into n + 1.
 *
 * REAL columns cost one to eight bytes: SQLite stores whole numbers in them as short integers. WITHOUT ROWID keeps the
 * rows in the order of their key, so a range is one scan.
 */
const migrations: readonly string[] = [
  `
  CREATE TABLE meter (key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
  CREATE TABLE reading (
    meter INTEGER NOT NULL REFERENCES meter, time INTEGER NOT NULL, quality INTEGER NOT NULL,
    ${firstReadingColumns.map((column) => `${column} REAL`).join(", ")},
    PRIMARY KEY (meter, time)
  ) WITHOUT ROWID;
  CREATE TABLE bucket (
    meter INTEGER NOT NULL REFERENCES meter, width INTEGER NOT NULL, start INTEGER NOT NULL, last INTEGER NOT NULL,
    power_count INTEGER NOT NULL, power_sum REAL NOT NULL, power_min REAL, power_max REAL,
    ${firstBucketRegisters.map((column) => `${column} REAL`).join(", ")},
    PRIMARY KEY (meter, width, start)
  ) WITHOUT ROWID;
  CREATE TABLE event (
    key INTEGER PRIMARY KEY, meter INTEGER NOT NULL REFERENCES meter, time INTEGER NOT NULL,
    kind TEXT NOT NULL, detail TEXT NOT NULL
  );
  CREATE INDEX event_by_time ON event (meter, time);
  `,
  // Facts, each change of which is in the journal. Numbers of the journal are never used twice, hence AUTOINCREMENT.
  `
  CREATE TABLE channel (key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
  CREATE TABLE proof (
    key INTEGER PRIMARY KEY, time INTEGER NOT NULL, table_id TEXT, offset INTEGER, raw TEXT, profile TEXT,
    clock_offset INTEGER, note TEXT NOT NULL
  );
  CREATE TABLE interval (
    meter INTEGER NOT NULL REFERENCES meter, channel INTEGER NOT NULL REFERENCES channel, end INTEGER NOT NULL,
    seconds INTEGER NOT NULL, value REAL, source INTEGER NOT NULL, quality INTEGER NOT NULL, flags TEXT,
    register REAL, revision INTEGER NOT NULL, stored INTEGER NOT NULL, proof INTEGER,
    PRIMARY KEY (meter, channel, end)
  ) WITHOUT ROWID;
  CREATE TABLE register_state (
    meter INTEGER NOT NULL REFERENCES meter, register TEXT NOT NULL, tier INTEGER NOT NULL, time INTEGER NOT NULL,
    value REAL NOT NULL, reason TEXT NOT NULL, serial TEXT, proof INTEGER,
    PRIMARY KEY (meter, register, tier, time)
  ) WITHOUT ROWID;
  CREATE TABLE device (
    meter INTEGER NOT NULL REFERENCES meter, start INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (meter, start)
  ) WITHOUT ROWID;
  CREATE TABLE happening (
    meter INTEGER NOT NULL REFERENCES meter, time INTEGER NOT NULL, id TEXT NOT NULL, until INTEGER, kind TEXT NOT NULL,
    number INTEGER, origin TEXT NOT NULL, detail TEXT NOT NULL, PRIMARY KEY (meter, id)
  ) WITHOUT ROWID;
  CREATE INDEX happening_by_time ON happening (meter, time);
  INSERT INTO happening (meter, time, id, until, kind, number, origin, detail)
    SELECT meter, time, kind || ':' || time || ':' || key, NULL, kind, NULL, 'gateway', detail FROM event;
  DROP TABLE event;
  CREATE TABLE memo (
    meter INTEGER NOT NULL REFERENCES meter, name TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (meter, name)
  ) WITHOUT ROWID;
  CREATE TABLE journal (
    number INTEGER PRIMARY KEY AUTOINCREMENT, stored INTEGER NOT NULL, meter INTEGER NOT NULL, kind TEXT NOT NULL,
    body TEXT NOT NULL
  );
  CREATE TABLE cursor (reader TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
  `,
  // One number for point and time, whole numbers for fractions, a table for each resolution.
  `
  ALTER TABLE reading RENAME TO old_reading;
  CREATE TABLE reading (
    id INTEGER PRIMARY KEY, quality INTEGER NOT NULL, ${readingColumns.map((column) => `${column} REAL`).join(", ")}
  );
  INSERT INTO reading SELECT ${idOf("meter", "time")}, quality, ${readingColumns.map(scaledColumn).join(", ")}
    FROM old_reading WHERE time BETWEEN 0 AND ${lastTime} ORDER BY meter, time;
  DROP TABLE old_reading;
  ${resolutions.map(({ table }) => `CREATE TABLE ${table} (id INTEGER PRIMARY KEY, ${resolutionColumns});`).join("\n")}
  ${(["minute", "hour"] as const).map(fromBuckets).join("\n")}
  DROP TABLE bucket;
  `,
];

const versionOf = (db: SqliteConnection): number => Number(db.prepare("PRAGMA user_version").get()?.user_version ?? 0);

/** The version that this code reads and writes. */
export const latestVersion = migrations.length;

/** @throws UsageError if another Meterport wrote the database */
export const checkPresent = (db: SqliteConnection, path: string): void => {
  const version = versionOf(db);
  if (version !== latestVersion)
    throw new UsageError(
      "other-database",
      `${path} was written by ${version > latestVersion ? "a newer" : "an older"} Meterport (database version ${version}, this one reads ${latestVersion}): use the version of the daemon, or start this one's daemon once`,
    );
};

/** Brings the database from one version to another, each step in a transaction of its own. */
export const migrateTo = (db: SqliteConnection, target: number): void => {
  for (let n = versionOf(db); n < target; n++) {
    db.exec("BEGIN IMMEDIATE");
    try {
      db.exec(migrations[n] as string);
      if (n === 2) makeQuarters(db);
      db.exec(`PRAGMA user_version = ${n + 1}`);
      db.exec("COMMIT");
    } catch (error) {
      db.exec("ROLLBACK");
      throw error;
    }
  }
};

/** What is done to a file of an older version before it is changed. */
export type BeforeMigration = (version: number) => void;

/**
 * Brings the database to the present version.
 *
 * @throws UsageError if a newer Meterport wrote it
 */
export const migrate = (db: SqliteConnection, path: string, before: BeforeMigration): void => {
  const version = versionOf(db);
  if (version > latestVersion) {
    throw new UsageError(
      "newer-database",
      `${path} was written by a newer Meterport (database version ${version}, this one knows ${latestVersion}): update Meterport, or set METERPORT_DATA to another folder`,
    );
  }
  if (version > 0 && version < latestVersion) before(version);
  migrateTo(db, latestVersion);
};
