/** Starts a separate InfluxDB 1 for a test, on a free port of the loopback. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, startListening } from "./free-port.ts";

export interface Influxdb {
  readonly port: number;
  /** What a statement of InfluxQL gives: rows of the first series, by their column. */
  readonly query: (statement: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;
  readonly stop: () => Promise<void>;
}

export interface InfluxdbOptions {
  /** Makes it ask for a login. */
  readonly login?: { readonly user: string; readonly password: string } | undefined;
  /** A database that exists; none if omitted. */
  readonly database?: string | undefined;
}

interface Answer {
  readonly results: readonly {
    readonly error?: string;
    readonly series?: readonly {
      readonly columns: readonly string[];
      readonly values: readonly (readonly unknown[])[];
    }[];
  }[];
}

/** `program` is the path of influxd. */
export const startInfluxdb = async (program: string, options: InfluxdbOptions = {}): Promise<Influxdb> => {
  const { login, database } = options;
  const folder = mkdtempSync(join(tmpdir(), "meterport-influxdb-"));
  const [port, bind] = [await freePort(), await freePort()];
  const config = join(folder, "influxdb.conf");
  const lines = [
    ...["reporting-disabled = true", `bind-address = "127.0.0.1:${bind}"`, "[meta]", `dir = "${folder}/meta"`],
    ...["[data]", `dir = "${folder}/data"`, `wal-dir = "${folder}/wal"`, "query-log-enabled = false"],
    ...["[monitor]", "store-enabled = false", "[http]", `bind-address = "127.0.0.1:${port}"`, "log-enabled = false"],
    `auth-enabled = ${login !== undefined}`,
  ];
  writeFileSync(config, `${lines.join("\n")}\n`);
  const stop = await startListening(program, ["-config", config], port);
  const query: Influxdb["query"] = async (statement) => {
    const url = new URL(`http://127.0.0.1:${port}/query`);
    if (database !== undefined) url.searchParams.set("db", database);
    if (login !== undefined) {
      url.searchParams.set("u", login.user);
      url.searchParams.set("p", login.password);
    }
    url.searchParams.set("epoch", "ms");
    const response = await fetch(url, { method: "POST", body: new URLSearchParams({ q: statement }) });
    const { results } = (await response.json()) as Answer;
    const [first] = results ?? [];
    if (first?.error !== undefined) throw new Error(first.error);
    const [series] = first?.series ?? [];
    return (series?.values ?? []).map((row) =>
      Object.fromEntries((series?.columns ?? []).map((column, at) => [column, row[at]])),
    );
  };
  const done = async (): Promise<void> => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    if (login !== undefined)
      await query(`CREATE USER "${login.user}" WITH PASSWORD '${login.password}' WITH ALL PRIVILEGES`);
    if (database !== undefined) await query(`CREATE DATABASE "${database}"`);
  } catch (error) {
    await done();
    throw error;
  }
  return { port, query, stop: done };
};
