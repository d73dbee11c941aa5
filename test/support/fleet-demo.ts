/** A fleet on one machine, for people to look at: a database, virtual meters, and processes that read them. Nothing of it stays. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Server, startPostgres } from "./postgres.ts";

const meterport = fileURLToPath(new URL("../../packages/cli/src/main.ts", import.meta.url));
const mostMeters = 20_000;
const mostWorkers = 16;
/** Virtual meters of one process. */
const metersOfProcess = 500;
const shards = "64";
/** Households, process by process: their days cost little to make up, which all meters do when they are first read. */
const scenarios = ["flat", "solar", "ev"];

/** What a user should read instead of a stack. */
class DemoError extends Error {}

const wholeOf = (text: string, option: string, most: number): number => {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && number <= most) return number;
  throw new DemoError(`${option} must be a whole number from 1 to ${most}`);
};

const say = (label: string, text: string): void => {
  process.stdout.write(`${label.padEnd(12)}${text}\n`);
};

/** No setting of the machine gets into the demo. */
const cleanEnv = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("METERPORT_")));

const interruption = new AbortController();
let isInterrupted = false;
const interrupted = new Promise<void>((resolve) => {
  // Ctrl-C reaches this process and those that started it, which pass it on: a second signal means nothing more.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => {
      isInterrupted = true;
      interruption.abort();
      resolve();
    });
});
/** What does not end by then is killed. */
const endsWithin = 10_000;

/** Processes of their own groups, so that Ctrl-C reaches only this one, which ends them in order. */
class Children {
  readonly #running = new Map<ChildProcess, { readonly name: string; readonly end: Promise<unknown> }>();

  constructor() {
    process.once("exit", () => {
      for (const child of this.#running.keys()) child.kill("SIGKILL");
    });
  }

  start(name: string, words: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
    if (interruption.signal.aborted) throw new DemoError("ended");
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", meterport, ...words], {
      env: { ...cleanEnv(), ...env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    this.#running.set(child, { name, end: once(child, "exit") });
    child.once("exit", (code, signal) => {
      this.#running.delete(child);
      if (!interruption.signal.aborted && code !== 0) say(name, `process ${child.pid} ended (${signal ?? code})`);
    });
    return child;
  }

  /** Runs a command to its end. @throws DemoError with what it said */
  async run(words: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
    const child = this.start(words.slice(0, 2).join(" "), words, env);
    let [out, err] = ["", ""];
    child.stdout?.on("data", (text) => {
      out += text;
    });
    child.stderr?.on("data", (text) => {
      err += text;
    });
    const [code] = (await once(child, "close")) as [number | null];
    if (code !== 0) throw new DemoError(err.trim());
    return out;
  }

  /** Ends all whose name begins with these words. */
  async stop(name: string): Promise<void> {
    const ends = [...this.#running].filter(([, { name: its }]) => its.startsWith(name));
    for (const [child] of ends) child.kill("SIGTERM");
    const kill = setTimeout(() => {
      for (const [child] of ends) child.kill("SIGKILL");
    }, endsWithin);
    await Promise.all(ends.map(([, { end }]) => end));
    clearTimeout(kill);
  }
}

/** The rest of a line that begins with a word; what it writes afterwards goes nowhere. @throws DemoError if it ends before */
const lineOf = (child: ChildProcess, word: string, log: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let last = "";
    child.stderr?.on("data", (chunk) => {
      last = `${last}${String(chunk)}`.slice(-2_000);
      // Its folder goes at the end.
      if (!interruption.signal.aborted) writeFileSync(log, chunk, { flag: "a" });
    });
    if (child.stdout !== null)
      createInterface({ input: child.stdout }).on("line", (line) => {
        if (line.startsWith(`${word} `)) resolve(line.slice(word.length + 1));
      });
    child.once("exit", () => reject(new DemoError(last.trim())));
  });

/** The rows of several files with one header. */
const joined = (paths: readonly string[]): string => {
  const texts = paths.map((path) => readFileSync(path, "utf8").trimEnd().split("\n"));
  return [texts[0]?.[0] ?? "", ...texts.flatMap(([, ...rows]) => rows)].join("\n");
};

const startMeters = async (children: Children, folder: string, count: number): Promise<void> => {
  const parts = Math.ceil(count / metersOfProcess);
  const lists: string[] = [];
  const begins: Promise<string>[] = [];
  for (let n = 0; n < parts; n++) {
    const list = join(folder, `meters-${n}.csv`);
    const size = Math.min(metersOfProcess, count - n * metersOfProcess);
    const words = ["simulate", "--listen", "tcp://127.0.0.1:0", "--count", String(Math.max(2, size))];
    const scenario = scenarios[n % scenarios.length] ?? "flat";
    const own = ["--scenario", scenario, "--seed", String(n * metersOfProcess + 1), "--fleet-list", list];
    const child = children.start("meters", [...words, ...own]);
    lists.push(list);
    begins.push(lineOf(child, "listening", join(folder, "meters.log")));
    // As many at a time as there are cores.
    if (begins.length % availableParallelism() === 0) await Promise.all(begins);
  }
  await Promise.all(begins);
  writeFileSync(join(folder, "meters.csv"), joined(lists), { mode: 0o600 });
  say("meters", `${count} virtual meters in ${parts} ${parts === 1 ? "process" : "processes"}`);
};

interface Place {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

const makeFleet = async (children: Children, { folder, env }: Place): Promise<string> => {
  const keyFile = join(folder, "fleet.key");
  const made = await children.run(["fleet", "init", "Demo", "--shards", shards, "--key-file", keyFile, "--json"], {
    METERPORT_FLEET_DATABASE: env.METERPORT_FLEET_DATABASE ?? "",
  });
  const { id } = JSON.parse(made) as { readonly id: string };
  const imported = await children.run(["fleet", "import", join(folder, "meters.csv")], env);
  say("fleet", `"Demo" (${id}), ${shards} shards; ${imported.trim()}`);
  return id;
};

interface Worker {
  readonly process: ChildProcess;
  readonly page: string;
}

/** Gives the first and the last of them. */
const startWorkers = async (
  children: Children,
  { folder, env }: Place,
  count: number,
): Promise<readonly [Worker, Worker]> => {
  const startOne = async (n: number): Promise<Worker> => {
    const child = children.start(`worker ${n}`, ["serve", "--data", join(folder, `worker-${n}`)], env);
    return { process: child, page: await lineOf(child, "dashboard", join(folder, `worker-${n}.log`)) };
  };
  const workers = await Promise.all(Array.from({ length: count }, (_, n) => startOne(n + 1)));
  for (const [n, { process: child, page }] of workers.entries())
    say(`worker ${n + 1}`, `${page} (process ${child.pid}, log ${join(folder, `worker-${n + 1}.log`)})`);
  return [workers[0] as Worker, workers.at(-1) as Worker];
};

interface FleetAnswer {
  readonly meters: number;
  readonly states: { readonly up: number; readonly degraded: number };
}

/** How many meters answer, every few seconds until all do. */
const sayLinks = async (page: string): Promise<void> => {
  for (let told = ""; !interruption.signal.aborted; ) {
    const answer = await fetch(`${page}/api/v1/fleet`, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
    if (answer?.ok === true) {
      const { meters, states } = (await answer.json()) as FleetAnswer;
      const up = states.up + states.degraded;
      const text = up >= meters ? `all ${meters} meters answer` : `${up} of ${meters} meters answer`;
      if (text !== told) say("links", text);
      if (up >= meters) return;
      told = text;
    }
    await pause(5_000, undefined, { signal: interruption.signal, ref: false }).catch(() => {});
  }
};

const start = async (children: Children, { folder, env }: Place, meters: number, workers: number): Promise<void> => {
  await startMeters(children, folder, meters);
  const id = await makeFleet(children, { folder, env });
  const own = { ...env, METERPORT_FLEET_ID: id, METERPORT_HTTP_PORT: "0", METERPORT_LOG_LEVEL: "info" };
  const [first, last] = await startWorkers(children, { folder, env: own }, workers);
  process.stdout.write(`
The page of the fleet:              ${first.page}/#/fleet
The same in a terminal:             npx meterport fleet status --database ${env.METERPORT_FLEET_DATABASE}
To see another process take over:   kill -9 ${last.process.pid} (${last.page})
To end all of it, so that nothing stays: Ctrl-C

`);
  await sayLinks(first.page);
};

const demo = async (meters: number, workers: number): Promise<void> => {
  const children = new Children();
  const folder = mkdtempSync(join(tmpdir(), "meterport-fleet-demo-"));
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  process.once("exit", removeFolder);
  let server: Server | undefined;
  try {
    server = await startPostgres({ ownGroup: true });
    say("database", "a PostgreSQL of its own");
    const address = join(folder, "fleet.database");
    writeFileSync(address, `${server.url}?schema=fleet\n`, { mode: 0o600 });
    const env = { METERPORT_FLEET_DATABASE: `@${address}`, METERPORT_FLEET_KEY: `@${join(folder, "fleet.key")}` };
    const begun = start(children, { folder, env }, meters, workers);
    // What is cut off fails after it, which nobody needs to know.
    begun.catch(() => {});
    await Promise.race([begun, interrupted]);
    await interrupted;
  } finally {
    interruption.abort();
    process.stdout.write("\nending …\n");
    // Those that read hand over their shards first.
    await children.stop("worker");
    await children.stop("");
    await server?.stop();
    removeFolder();
  }
};

try {
  const { values } = parseArgs({
    options: { meters: { type: "string", default: "2000" }, workers: { type: "string", default: "3" } },
  });
  const meters = wholeOf(values.meters, "--meters", mostMeters);
  await demo(meters, wholeOf(values.workers, "--workers", mostWorkers));
} catch (error) {
  // What Ctrl-C cut off, such as the making of the database, failed for that reason.
  if (isInterrupted) process.exit();
  const wrongWord = error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
  if (!(error instanceof DemoError) && !wrongWord) throw error;
  process.stderr.write(`fleet-demo: ${error.message}\n`);
  process.exitCode = 1;
}
