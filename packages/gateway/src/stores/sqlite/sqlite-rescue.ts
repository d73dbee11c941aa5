/** Saves what can be read of a damaged database into a new one. */
import { idOf, timeBits } from "./sqlite-columns.ts";
import type { SqliteConnection } from "./sqlite-driver.ts";
import { latestVersion, migrateTo } from "./sqlite-schema.ts";

/** Rows that are copied at once; fewer where an error is near. */
const mostRows = 10_000;

interface Table {
  readonly name: string;
  readonly keys: readonly string[];
}

/** A statement's result, or undefined if the damage prevents it. */
const attempt = <T>(work: () => T): T | undefined => {
  try {
    return work();
  } catch {
    return undefined;
  }
};

const tablesOf = (db: SqliteConnection): readonly Table[] =>
  db
    .prepare("SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid")
    .all()
    .map(({ name }) => ({
      name: String(name),
      keys: db
        .prepare("SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk")
        .all(String(name))
        .map((column) => String(column.name)),
    }));

/** Copies from one end until a row cannot be read. */
const copyFrom = (db: SqliteConnection, { name, keys }: Table, end: "first" | "last"): void => {
  const [into, order, sign] = end === "first" ? [`main.${name}`, "ASC", ">"] : ["temp.tail", "DESC", "<"];
  const list = keys.join(", ");
  const sorted = keys.map((key) => `${key} ${order}`).join(", ");
  const reached = `(SELECT ${list} FROM ${into} ORDER BY ${sorted.replaceAll(order, order === "ASC" ? "DESC" : "ASC")} LIMIT 1)`;
  const copy = (where: string) =>
    db.prepare(`INSERT OR IGNORE INTO ${into} SELECT * FROM old.${name} ${where} ORDER BY ${sorted} LIMIT ?`);
  const next = attempt(() => copy(`WHERE (${list}) ${sign} ${reached}`));
  let statement = attempt(() => copy(""));
  for (let limit = mostRows; limit >= 1 && statement !== undefined; ) {
    const present = statement;
    const copied = attempt(() => Number(present.run(limit).changes));
    if (copied === undefined) limit = Math.floor(limit / 4);
    else if (copied < limit) return;
    else statement = next;
  }
};

const copyTable = (db: SqliteConnection, table: Table): void => {
  copyFrom(db, table, "first");
  const copied = attempt(
    () =>
      Number(db.prepare(`SELECT count(*) AS n FROM main.${table.name}`).get()?.n) ===
      Number(db.prepare(`SELECT count(*) AS n FROM old.${table.name}`).get()?.n),
  );
  if (copied === true) return;
  // There is damage in the middle: what is behind it is read from the end.
  db.exec(`CREATE TEMP TABLE tail AS SELECT * FROM main.${table.name} WHERE 0`);
  copyFrom(db, table, "last");
  db.exec(`INSERT OR IGNORE INTO main.${table.name} SELECT * FROM temp.tail; DROP TABLE temp.tail`);
};

/**
 * A number that no reader of the journal can have seen. If the old file does not say, seconds since 1970 are more than one
 * entry for each second since then.
 */
const journalStart = (db: SqliteConnection, now: number): number => {
  const seen = [
    "seq FROM old.sqlite_sequence WHERE name = 'journal'",
    "max(number) AS seq FROM old.journal",
    "max(number) AS seq FROM old.cursor",
  ].map((query) => attempt(() => db.prepare(`SELECT ${query}`).get()?.seq ?? 0));
  const known = Math.max(0, ...seen.map((seq) => Number(seq ?? 0)));
  return seen[0] === undefined || known > Number(seen[0]) ? Math.max(known, Math.floor(now / 1_000)) : known;
};

/** Rows of points whose names are lost must not become those of the next point that is made. */
const nameLostPoints = (db: SqliteConnection): void => {
  db.exec(`WITH RECURSIVE seen(meter) AS (
      SELECT min(id) >> ${timeBits} FROM reading
      UNION ALL SELECT (SELECT min(id) >> ${timeBits} FROM reading WHERE id >= ${idOf("(meter + 1)", "0")}) FROM seen WHERE meter IS NOT NULL
    ), used(meter) AS (
      SELECT meter FROM seen UNION SELECT id >> ${timeBits} FROM minute UNION SELECT id >> ${timeBits} FROM quarter
      UNION SELECT id >> ${timeBits} FROM hour UNION SELECT meter FROM interval UNION SELECT meter FROM register_state
      UNION SELECT meter FROM device UNION SELECT meter FROM happening UNION SELECT meter FROM memo UNION SELECT meter FROM journal
    ) INSERT OR IGNORE INTO meter (key, id) SELECT meter, 'unknown-' || meter FROM used WHERE meter IS NOT NULL`);
  db.exec(`INSERT OR IGNORE INTO channel (key, id) SELECT DISTINCT channel, 'unknown_' || channel FROM interval`);
};

/**
 * Fills an empty database with what can be read of a damaged one.
 *
 * @returns what was saved, in words
 */
export const rescue = (db: SqliteConnection, damaged: string, now: number): string => {
  const attached = attempt(() => db.prepare("ATTACH ? AS old").run(damaged)) !== undefined;
  const version = attached
    ? Number(attempt(() => db.prepare("PRAGMA old.user_version").get()?.user_version) ?? latestVersion)
    : latestVersion;
  migrateTo(db, version >= 1 && version <= latestVersion ? version : latestVersion);
  // The checkpoint that follows makes it durable.
  db.exec("PRAGMA synchronous = OFF");
  let first = Math.floor(now / 1_000);
  if (attached) {
    for (const table of tablesOf(db)) attempt(() => copyTable(db, table));
    first = journalStart(db, now);
  }
  if (attached) attempt(() => db.exec("DETACH old"));
  db.exec("PRAGMA synchronous = FULL");
  migrateTo(db, latestVersion);
  nameLostPoints(db);
  db.prepare("DELETE FROM sqlite_sequence WHERE name = 'journal'").run();
  db.prepare("INSERT INTO sqlite_sequence (name, seq) VALUES ('journal', ?)").run(first);
  const count = (table: string): string =>
    Number(db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n).toLocaleString("en");
  return `${count("reading")} readings, ${count("hour")} hours, ${count("interval")} intervals, ${count("happening")} events`;
};
