/** The output `postgresql`: changes and readings in tables of a PostgreSQL database, with TimescaleDB or without. */
import type { LiveAnswer } from "@meterport/engine/model/point-model";
import type { Batch, Output, OutputContext, PointView, RunningOutput } from "@meterport/engine/ports/output";
import type { Pool, PoolClient } from "pg";
import { type LoadDriver, poolOf, postgresDriver } from "../../stores/postgres/postgres-driver.ts";
import { LiveBatch } from "../live-batch.ts";
import { liveFields } from "../live-fields.ts";
import { databaseProblem, placeOfUrl } from "./database-problem.ts";
import type { PostgresqlSettings } from "./postgresql-settings.ts";
import { definitions, hypertable, type Row, rowOf, type Table, tables, upsert } from "./tables.ts";

const usualBatch = 10_000;
const mostReadings = 5_000;
/** One for changes, one for readings. */
const connections = 2;
/** Locks out a second gateway that makes the same tables at the same moment: any number will do. */
const makingTables = 7_216_511;

type Settings = PostgresqlSettings & { readonly schema: string };

/** @param load stands in for the package */
export const openPostgresql =
  (given: PostgresqlSettings, load?: LoadDriver): Output["open"] =>
  async (context) => {
    const settings = { ...given, schema: given.schema ?? "meter_values" };
    const url = new TextDecoder().decode(settings.url.reveal()).trim();
    const place = placeOfUrl(url);
    const driver = await postgresDriver(load).catch((cause: unknown) => {
      const text = "the output postgresql needs the package pg: run npm install pg@8.23 where Meterport is installed";
      throw new Error(text, { cause });
    });
    const pool = poolOf(driver, { connection: url, schema: settings.schema, ...place }, connections);
    const session = new Session(settings, context, pool, (error) => databaseProblem(error, place));
    try {
      await session.makeTables();
    } catch (error) {
      await pool.end();
      throw error;
    }
    return session.running();
  };

class Session {
  readonly #settings: Settings;
  readonly #context: OutputContext;
  readonly #pool: Pool;
  readonly #problem: (error: unknown) => Error;
  readonly #readings: LiveBatch<Row>;
  #broke: (error: unknown) => void = () => {};

  constructor(settings: Settings, context: OutputContext, pool: Pool, problem: (error: unknown) => Error) {
    this.#settings = settings;
    this.#context = context;
    this.#pool = pool;
    this.#problem = problem;
    const { clock, sent, skipped } = context;
    this.#readings = new LiveBatch({
      ...{ clock, every: settings.batch ?? usualBatch, most: mostReadings, sent, skipped },
      send: (rows) => this.#transaction((client) => this.#write(client, tables.readings, rows)),
      failed: (error) => this.#broke(error),
    });
  }

  async makeTables(): Promise<void> {
    const { schema } = this.#settings;
    await this.#transaction(async (client) => {
      await client.query("SELECT pg_advisory_xact_lock($1)", [makingTables]);
      // A user who may not make schemas may use one that somebody made for it.
      const { rows } = await client.query("SELECT 1 FROM pg_namespace WHERE nspname = $1", [schema]);
      if (rows.length === 0) await client.query(`CREATE SCHEMA "${schema}"`);
      for (const table of Object.values<Table>(tables)) {
        await this.#checkOwn(client, table);
        for (const statement of definitions(schema, table)) await client.query(statement);
      }
    });
    await this.#useTimescale();
  }

  /** A table of that name may be somebody else's, and then it must not get our columns. */
  async #checkOwn(client: PoolClient, { name, columns }: Table): Promise<void> {
    const { schema } = this.#settings;
    const { rows } = await client.query(
      "SELECT column_name FROM information_schema.columns WHERE table_schema = $1 AND table_name = $2",
      [schema, name],
    );
    if (rows.length === 0) return;
    const found = new Set(rows.map((row: { readonly column_name: string }) => row.column_name));
    const missing = Object.entries(columns).find(([column, type]) => type.includes("NOT NULL") && !found.has(column));
    if (missing !== undefined)
      throw new Error(`${schema}.${name} has no column ${missing[0]}, so it is not ours: name another schema`);
  }

  running(): RunningOutput {
    const ended = new Promise<void>((_, reject) => {
      this.#broke = reject;
    });
    ended.catch(() => {});
    if (this.#settings.live_values === true) this.#context.onSnapshot((point, live) => this.#note(point, live));
    return {
      ended,
      deliver: (batch) => this.#deliver(batch),
      test: () => this.#test(),
      close: async () => {
        this.#readings.stop();
        await this.#pool.end();
      },
    };
  }

  #note(point: PointView, live: LiveAnswer): void {
    if (live.quality === "stale" || live.time === null) return;
    this.#readings.add({ point: point.id, time: live.time, quality: live.quality, ...liveFields(point, live) });
  }

  /** Each change once, however often it comes: all of a batch or nothing. */
  async #deliver({ entries }: Batch): Promise<void> {
    const rows = new Map<Table, Row[]>();
    for (const entry of entries) {
      const { table, row } = rowOf(entry);
      const some = rows.get(table);
      if (some === undefined) rows.set(table, [row]);
      else some.push(row);
    }
    if (rows.size === 0) return;
    await this.#transaction(async (client) => {
      for (const [table, some] of rows) await this.#write(client, table, some);
    });
  }

  async #write(client: PoolClient, table: Table, rows: readonly Row[]): Promise<void> {
    const { text, values } = upsert(this.#settings.schema, table, rows);
    await client.query(text, values as unknown[]);
  }

  async #test(): Promise<string> {
    const { schema } = this.#settings;
    return this.#transaction(async (client) => {
      const row = { point: "meterport-test", id: "test", time: new Date(0).toISOString(), until: null, kind: "test" };
      const all = { ...row, code: null, origin: "gateway", detail: "{}", change: 0 };
      await this.#write(client, tables.events, [all]);
      await client.query(`DELETE FROM "${schema}".events WHERE point = 'meterport-test'`);
      return `the database took a row in ${schema}.events, which is deleted again`;
    });
  }

  /** With the extension tables are divided by time; without it, or if it refuses, they are as they are. */
  async #useTimescale(): Promise<void> {
    const { schema } = this.#settings;
    const { log } = this.#context;
    try {
      const { rows } = await this.#pool.query("SELECT 1 FROM pg_proc WHERE proname = 'create_hypertable'");
      if (rows.length === 0) return;
      for (const table of Object.values<Table>(tables))
        if (table.time !== undefined) await this.#pool.query(hypertable(schema, table));
    } catch (error) {
      log.warn(
        `TimescaleDB is installed but does not take the tables, which stay plain: ${this.#problem(error).message}`,
      );
    }
  }

  async #transaction<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    let client: PoolClient | undefined;
    try {
      client = await this.#pool.connect();
      await client.query("BEGIN");
      const result = await work(client);
      await client.query("COMMIT");
      client.release();
      return result;
    } catch (error) {
      // The connection is not used again: what it still does, or in which state it is, does not matter then.
      client?.release(true);
      throw this.#problem(error);
    }
  }
}
