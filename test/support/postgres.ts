/** Starts a separate PostgreSQL server for a test, on a Unix socket and a free port of the loopback. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { freePort } from "./free-port.ts";

const versions = "/usr/lib/postgresql";

/** Debian keeps the programs of each version in a folder of its own; the newest is taken. */
const programs = (): string | undefined => {
  const found = existsSync(versions) ? readdirSync(versions) : [];
  const newest = found
    .sort((a, b) => Number(b) - Number(a))
    .find((name) => existsSync(join(versions, name, "bin/initdb")));
  return newest === undefined ? undefined : join(versions, newest, "bin");
};

/** The server refuses to run as root. */
const other = process.getuid?.() === 0 ? accountOf("postgres") : {};

function accountOf(name: string): { readonly uid?: number; readonly gid?: number } {
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((line) => line.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(":") ?? [];
  return uid === undefined ? {} : { uid: Number(uid), gid: Number(gid) };
}

/** Settings that make a test quick; a killed process needs no fsync. */
const settings = (folder: string, port: number, more: readonly string[]): readonly string[] =>
  [
    ...["listen_addresses=127.0.0.1", `port=${port}`, `unix_socket_directories=${folder}`, "fsync=off"],
    ...["shared_buffers=16MB", "max_connections=40", "max_wal_size=256MB", "log_min_messages=warning"],
    // Of two values of a setting the later one counts; one on the command line cannot be altered by SQL.
    ...more,
  ].flatMap((setting) => ["-c", setting]);

/** Sets the owner of files that the server must read. */
const own = (...paths: readonly string[]): void => {
  const { uid, gid } = other;
  if (uid !== undefined && gid !== undefined) for (const path of paths) chownSync(path, uid, gid);
};

const endOfRows = "end of rows";
const password = "not/so@secret#1";

export interface ServerOptions {
  /** Ctrl-C at the terminal does not reach it, so that what uses it can end first. */
  readonly ownGroup?: boolean | undefined;
  /** Settings such as "shared_buffers=256MB", for a server that is measured. */
  readonly settings?: readonly string[] | undefined;
}

/** A server of its own, whose user `meterport` may do everything. */
export class Server {
  readonly password = password;
  /** `postgres://meterport:password@127.0.0.1:port/postgres` */
  readonly url: string;
  readonly #bin: string;
  readonly #folder: string;
  readonly #port: number;
  readonly #ownGroup: boolean;
  readonly #settings: readonly string[];
  #child: ChildProcess | undefined;
  #log = "";

  constructor(bin: string, folder: string, port: number, options: ServerOptions = {}) {
    this.#ownGroup = options.ownGroup ?? false;
    this.#settings = options.settings ?? [];
    this.#bin = bin;
    this.#folder = folder;
    this.#port = port;
    this.url = `postgres://meterport:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;
    process.once("exit", this.#killAtExit);
  }

  /** Starts it, also after it was killed. */
  async start(): Promise<void> {
    const child = spawn(
      join(this.#bin, "postgres"),
      ["-D", this.#data(), ...settings(this.#folder, this.#port, this.#settings)],
      {
        ...this.#where(),
        stdio: ["ignore", "ignore", "pipe"],
        detached: this.#ownGroup,
      },
    );
    this.#child = child;
    child.unref();
    child.stderr.on("data", (chunk) => {
      this.#log += String(chunk);
    });
    for (let attempt = 0; attempt < 300; attempt++) {
      if (this.#psql("SELECT 1").status === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
      // After a kill the memory of the old server may be in use for a moment.
      if (child.exitCode !== null) return this.start();
    }
    throw new Error(`PostgreSQL does not start: ${this.#log}`);
  }

  /** Makes the data folder. */
  init(): void {
    mkdirSync(this.#data(), { mode: 0o700 });
    own(this.#folder, this.#data());
    const args = ["-D", this.#data(), "-U", "meterport", "--auth-local=trust", "--auth-host=scram-sha-256"];
    const made = spawnSync(
      join(this.#bin, "initdb"),
      [...args, "--no-sync", "-E", "UTF8", "--locale=C.UTF-8", "--no-instructions"],
      { ...this.#where(), encoding: "utf8" },
    );
    if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  }

  /** Ends it as a lost power supply does. */
  kill(): Promise<void> {
    return this.#end("SIGKILL");
  }

  /** Stops it and removes its data. */
  async stop(): Promise<void> {
    await this.#end("SIGINT");
    process.off("exit", this.#killAtExit);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** What psql prints for statements. */
  sql(text: string): string {
    const { status, stdout, stderr } = this.#psql(text);
    if (status !== 0) throw new Error(stderr);
    return stdout.trim();
  }

  /** A backup of schemas, as `pg_dump` makes it. */
  dump(...schemas: readonly string[]): Uint8Array {
    return this.#tool("pg_dump", ["-Fc", ...schemas.flatMap((schema) => ["-n", schema])]);
  }

  /** Brings a backup back, without owners and rights. */
  restore(backup: Uint8Array): void {
    this.#tool("pg_restore", ["--no-owner", "--no-privileges"], backup);
  }

  /** Runs statements in a session that stays open until the returned function is called. */
  async hold(text: string): Promise<() => Promise<void>> {
    const session = spawn(join(this.#bin, "psql"), this.#login(), {
      ...this.#where(),
      stdio: ["pipe", "pipe", "inherit"],
    });
    session.stdin.write(`${text};\n\\echo held\n`);
    await once(session.stdout, "data");
    return async () => {
      const ended = once(session, "exit");
      session.stdin.end();
      await ended;
    };
  }

  /** A session that answers one statement after the other with its rows; a statement that fails has none. For questions that repeat. */
  session(): {
    readonly sql: (text: string) => Promise<readonly string[]>;
    readonly end: () => Promise<void>;
  } {
    const session = spawn(join(this.#bin, "psql"), this.#login(), {
      ...this.#where(),
      stdio: ["pipe", "pipe", "ignore"],
    });
    const lines = createInterface({ input: session.stdout })[Symbol.asyncIterator]();
    const ask = async (text: string): Promise<readonly string[]> => {
      session.stdin.write(`${text};\n\\echo ${endOfRows}\n`);
      const rows: string[] = [];
      for (;;) {
        const { value, done } = await lines.next();
        if (done === true) throw new Error("psql ended before it answered");
        if (value === endOfRows) return rows;
        rows.push(value);
      }
    };
    return {
      sql: ask,
      end: async () => {
        const ended = once(session, "exit");
        session.stdin.end();
        await ended;
      },
    };
  }

  /** Makes it speak TLS with a certificate and key in PEM. */
  useTls(cert: string, key: string): void {
    for (const [name, text] of Object.entries({ cert, key })) {
      const path = join(this.#folder, `server.${name}`);
      writeFileSync(path, text, { mode: 0o600 });
      own(path);
      this.sql(`ALTER SYSTEM SET ssl_${name}_file = '${path}'`);
    }
    this.sql("ALTER SYSTEM SET ssl = on");
    this.sql("SELECT pg_reload_conf()");
  }

  #data(): string {
    return join(this.#folder, "data");
  }

  #where() {
    return { ...other, cwd: this.#folder };
  }

  #login(): readonly string[] {
    return ["-h", this.#folder, "-p", String(this.#port), "-U", "meterport", "-qAt", "-d", "postgres"];
  }

  #tool(name: string, words: readonly string[], input?: Uint8Array): Uint8Array {
    const where = ["-h", this.#folder, "-p", String(this.#port), "-U", "meterport", "-d", "postgres"];
    const { status, stdout, stderr } = spawnSync(join(this.#bin, name), [...where, ...words], {
      ...this.#where(),
      input,
      maxBuffer: 1e9,
    });
    if (status !== 0) throw new Error(`${name}: ${String(stderr)}`);
    return stdout;
  }

  #psql(sql: string) {
    return spawnSync(join(this.#bin, "psql"), [...this.#login(), "-c", sql], { ...this.#where(), encoding: "utf8" });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.ref();
    child.kill(signal);
    await ended;
  }

  readonly #killAtExit = (): void => {
    this.#child?.kill("SIGKILL");
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  };
}

/** Starts a server with an empty database. */
export const startPostgres = async (options: ServerOptions = {}): Promise<Server> => {
  const bin = programs();
  if (bin === undefined) throw new Error(`no initdb below ${versions}: install the Debian package postgresql`);
  const folder = mkdtempSync(join(tmpdir(), "meterport-postgres-"));
  const server = new Server(bin, folder, await freePort(), options);
  server.init();
  await server.start();
  server.sql(`ALTER USER meterport PASSWORD '${password}'`);
  return server;
};
