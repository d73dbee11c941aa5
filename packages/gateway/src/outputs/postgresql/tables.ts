/** The tables of the output, as data: what each column is, and where it comes from. */
import type { JournalEntry } from "@meterport/engine/model/journal-entry";
import { liveKeys } from "@meterport/protocol/meaning/readings";

type Value = string | number | null;
export type Row = Readonly<Record<string, Value>>;

export interface Table {
  readonly name: string;
  /** Types by column, in order. */
  readonly columns: Readonly<Record<string, string>>;
  readonly key: readonly string[];
  /** The column that TimescaleDB divides it by; undefined for a table that stays small. */
  readonly time?: string | undefined;
}

const text = "text NOT NULL";
const moment = "timestamptz NOT NULL";
const number = "double precision";

export const tables = {
  intervals: {
    name: "intervals",
    columns: {
      ...{ point: text, channel: text, end_time: moment, seconds: "integer NOT NULL", value: number, source: text },
      ...{ quality: text, flags: text, register: number, revision: "integer NOT NULL", change: "bigint NOT NULL" },
    },
    key: ["point", "channel", "end_time"],
    time: "end_time",
  },
  registers: {
    name: "registers",
    columns: {
      ...{ point: text, register: text, tier: "smallint NOT NULL", time: moment, value: `${number} NOT NULL` },
      ...{ reason: text, serial: "text", change: "bigint NOT NULL" },
    },
    key: ["point", "register", "tier", "time"],
  },
  events: {
    name: "events",
    columns: {
      ...{ point: text, id: text, time: moment, until: "timestamptz", kind: text, code: number, origin: text },
      ...{ detail: text, change: "bigint NOT NULL" },
    },
    key: ["point", "id"],
  },
  devices: {
    name: "devices",
    columns: {
      ...{ point: text, since: moment, until: "timestamptz", serial: "text", manufacturer: "text", model: "text" },
      ...{ firmware: "text", change: "bigint NOT NULL" },
    },
    key: ["point", "since"],
  },
  readings: {
    name: "readings",
    columns: {
      ...{ point: text, time: moment, quality: text },
      ...Object.fromEntries(liveKeys.map((key) => [key, number])),
    },
    key: ["point", "time"],
    time: "time",
  },
} as const satisfies Record<string, Table>;

const iso = (time: number): string => new Date(time).toISOString();

/** PostgreSQL keeps no NUL in a text. */
const plain = (value: string): string => value.replaceAll("\0", "�");

/** The row of a change, and its table. `change` is its number in the journal. */
export const rowOf = (entry: JournalEntry): { readonly table: Table; readonly row: Row } => {
  const { point, number: change } = entry;
  if (entry.kind === "interval") {
    const { channel, end, seconds, value, source, quality, flags, register, revision } = entry.interval;
    const row = { point, channel, end_time: iso(end), seconds, value, source, quality, flags: flags.join(" ") };
    return { table: tables.intervals, row: { ...row, register, revision, change } };
  }
  if (entry.kind === "register") {
    const { register, tier, time, value, reason, serial } = entry.register;
    return { table: tables.registers, row: { point, register, tier, time: iso(time), value, reason, serial, change } };
  }
  if (entry.kind === "event") {
    const { id, time, until, kind, number: code, origin, detail } = entry.event;
    const span = { time: iso(time), until: until === null ? null : iso(until) };
    return { table: tables.events, row: { point, id, ...span, kind, code, origin, detail: plain(detail), change } };
  }
  const { from, to, serial, manufacturer, model, firmware } = entry.device;
  const span = { since: iso(from), until: to === null ? null : iso(to) };
  return { table: tables.devices, row: { point, ...span, serial, manufacturer, model, firmware, change } };
};

const quoted = (name: string): string => `"${name}"`;
const placeOf = (schema: string, { name }: Table): string => `${quoted(schema)}.${quoted(name)}`;

/** What makes a table, and adds the columns of newer releases. */
export const definitions = (schema: string, table: Table): readonly string[] => {
  const columns = Object.entries(table.columns).map(([name, type]) => `${quoted(name)} ${type}`);
  const key = table.key.map(quoted).join(", ");
  return [
    `CREATE TABLE IF NOT EXISTS ${placeOf(schema, table)} (${columns.join(", ")}, PRIMARY KEY (${key}))`,
    ...Object.entries(table.columns)
      .filter(([, type]) => !type.includes("NOT NULL"))
      .map(([name, type]) => `ALTER TABLE ${placeOf(schema, table)} ADD COLUMN IF NOT EXISTS ${quoted(name)} ${type}`),
  ];
};

const arrayType = (type: string): string => `${type.replace(" NOT NULL", "")}[]`;

/** Writes rows: one that is there already gets the new values. */
export const upsert = (
  schema: string,
  table: Table,
  rows: readonly Row[],
): { readonly text: string; readonly values: readonly (readonly Value[])[] } => {
  // One statement cannot write a row twice, and the last one counts.
  const newest = new Map(rows.map((row) => [JSON.stringify(table.key.map((name) => row[name])), row]));
  const columns = Object.entries(table.columns);
  const names = columns.map(([name]) => quoted(name)).join(", ");
  const arrays = columns.map(([, type], n) => `$${n + 1}::${arrayType(type)}`).join(", ");
  const others = columns.filter(([name]) => !table.key.includes(name));
  const changes = others.map(([name]) => `${quoted(name)} = excluded.${quoted(name)}`).join(", ");
  return {
    text: `INSERT INTO ${placeOf(schema, table)} (${names}) SELECT * FROM unnest(${arrays}) ON CONFLICT (${table.key.map(quoted).join(", ")}) DO UPDATE SET ${changes}`,
    values: columns.map(([name]) => [...newest.values()].map((row) => row[name] ?? null)),
  };
};

/** Divides a table by time, if the database has TimescaleDB. */
export const hypertable = (schema: string, table: Table): string =>
  `SELECT create_hypertable('${schema}.${table.name}', '${table.time}', if_not_exists => true, migrate_data => true)`;
