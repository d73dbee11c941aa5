/** Starts a separate PostgreSQL server for a test, on a Unix socket and a free port of the loopback. */
import { spawn, spawnSync } from "node:child_process";
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

export interface Server {
  /** `postgres://meterport:password@127.0.0.1:port/postgres` */
  readonly url: string;
  readonly port: number;
  readonly password: string;
  /** The process of the server. */
  readonly pid: () => number;
  /** Ends it as a lost power supply does. */
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
  /** Stops it and removes its data. */
  readonly stop: () => Promise<void>;
  /** Makes it speak TLS with a certificate and key in PEM. */
  readonly useTls: (cert: string, key: string) => void;
  /** Runs statements in a session that stays open until the returned function is called. */
  readonly hold: (text: string) => Promise<() => Promise<void>>;
  /** What psql prints for statements. */
  readonly sql: (text: string) => string;
}

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
const settings = (folder: string, port: number): readonly string[] =>
  [
    ...["listen_addresses=127.0.0.1", `port=${port}`, `unix_socket_directories=${folder}`, "fsync=off"],
    ...["shared_buffers=16MB", "max_connections=40", "max_wal_size=256MB", "log_min_messages=warning"],
  ].flatMap((setting) => ["-c", setting]);

/** Starts a server with an empty database. */
export const startPostgres = async (): Promise<Server> => {
  const bin = programs();
  if (bin === undefined) throw new Error(`no initdb below ${versions}: install the Debian package postgresql`);
  const folder = mkdtempSync(join(tmpdir(), "meterport-postgres-"));
  const data = join(folder, "data");
  mkdirSync(data, { mode: 0o700 });
  const { uid, gid } = other;
  if (uid !== undefined && gid !== undefined) for (const path of [folder, data]) chownSync(path, uid, gid);
  const made = spawnSync(
    join(bin, "initdb"),
    ["-D", data, "-U", "meterport", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8", "--no-instructions"],
    { ...other, cwd: folder, encoding: "utf8" },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  const port = await freePort();
  let child: ReturnType<typeof spawn> | undefined;
  let log = "";
  const end = (signal: NodeJS.Signals) => async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.ref();
    child.kill(signal);
    await ended;
  };
  const killAtExit = (): void => {
    child?.kill("SIGKILL");
  };
  process.once("exit", killAtExit);
  const psql = (sql: string) =>
    spawnSync(join(bin, "psql"), ["-h", folder, "-p", String(port), "-U", "meterport", "-qAtc", sql, "postgres"], {
      ...other,
      cwd: folder,
      encoding: "utf8",
    });
  const start = async (): Promise<void> => {
    child = spawn(join(bin, "postgres"), ["-D", data, ...settings(folder, port)], {
      ...other,
      cwd: folder,
      stdio: ["ignore", "ignore", "pipe"],
    });
    child.unref();
    child.stderr?.on("data", (chunk) => {
      log += String(chunk);
    });
    for (let attempt = 0; attempt < 300; attempt++) {
      if (psql("SELECT 1").status === 0) return;
      if (child.exitCode !== null) {
        // After a kill the memory of the old server may be in use for a moment.
        await new Promise((resolve) => setTimeout(resolve, 50));
        return start();
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`PostgreSQL does not start: ${log}`);
  };
  await start();
  const password = "not/so@secret#1";
  psql(`ALTER USER meterport PASSWORD '${password}'`);
  return {
    url: `postgres://meterport:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`,
    port,
    password,
    pid: () => child?.pid ?? 0,
    kill: end("SIGKILL"),
    start,
    stop: async () => {
      await end("SIGINT")();
      process.off("exit", killAtExit);
      rmSync(folder, { recursive: true, force: true });
    },
    useTls: (cert, key) => {
      for (const [name, text] of Object.entries({ cert, key })) {
        const path = join(folder, `server.${name}`);
        writeFileSync(path, text, { mode: 0o600 });
        if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
        psql(`ALTER SYSTEM SET ssl_${name}_file = '${path}'`);
      }
      psql("ALTER SYSTEM SET ssl = on");
      psql("SELECT pg_reload_conf()");
    },
    hold: async (text) => {
      const session = spawn(
        join(bin, "psql"),
        ["-h", folder, "-p", String(port), "-U", "meterport", "-qAt", "postgres"],
        {
          ...other,
          cwd: folder,
          stdio: ["pipe", "pipe", "inherit"],
        },
      );
      session.stdin.write(`${text};\n\\echo held\n`);
      await once(session.stdout, "data");
      return async () => {
        const ended = once(session, "exit");
        session.stdin.end();
        await ended;
      };
    },
    sql: (text) => {
      const { status, stdout, stderr } = psql(text);
      if (status !== 0) throw new Error(stderr);
      return stdout.trim();
    },
  };
};
