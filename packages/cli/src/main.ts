/** The `meterport` command in the real world: this process, its streams and its signals. */
import { readFileSync, statSync } from "node:fs";
import { homedir, hostname, userInfo } from "node:os";
import { UsageError } from "@meterport/protocol/errors";
import { systemClock, systemEntropy } from "@meterport/transports/clock";
import { GatewayError } from "./failure/gateway-error.ts";
import type { RawIo, RawOutput } from "./io/io.ts";
import { checkNew, createOutputFile } from "./io/output-file.ts";
import { isNews, stateFolder, stateIn } from "./io/state-folder.ts";
import { run } from "./run.ts";

/** Enough for a day of a capture. */
const stdinLimit = 64 << 20;
const keyFileLimit = 4096;
const defaultColumns = 100;
const defaultRows = 50;

/** Whether the locale is ASCII only; if none is set, terminals take UTF-8. */
const isAscii = ({ LC_ALL, LC_CTYPE, LANG }: NodeJS.ProcessEnv): boolean =>
  /^(c|posix)$/i.test(LC_ALL || LC_CTYPE || LANG || "");

const outputOf = (stream: NodeJS.WriteStream): RawOutput => {
  const isTerminal = stream.isTTY === true;
  return {
    write: (text) => {
      stream.write(text);
    },
    isTerminal,
    // `hasColors` heeds NO_COLOR and FORCE_COLOR itself.
    color: isTerminal && (process.env.NO_COLOR ?? "") === "" && stream.hasColors(),
    unicode: !isAscii(process.env),
    get columns() {
      // A terminal that does not know its width reports 0.
      return isTerminal && stream.columns > 0 ? stream.columns : defaultColumns;
    },
    get rows() {
      return isTerminal && stream.rows > 0 ? stream.rows : defaultRows;
    },
  };
};

const readStdin = async (): Promise<string> => {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of process.stdin) {
    const bytes = typeof part === "string" ? Buffer.from(part) : (part as Buffer);
    length += bytes.length;
    if (length > stdinLimit) throw new UsageError("stdin", `standard input is longer than ${stdinLimit} bytes`);
    parts.push(bytes);
  }
  return Buffer.concat(parts).toString("utf8");
};

const readFile = (path: string): string => {
  try {
    return readFileSync(path, "utf8").slice(0, keyFileLimit);
  } catch (cause) {
    const why =
      cause instanceof Error && "code" in cause && cause.code === "ENOENT" ? "no such file" : "cannot be read";
    throw new UsageError("file", `${path}: ${why}`, { cause });
  }
};

/** Enough for a day of a capture. */
const textLimit = 64 << 20;

const readBytes = (path: string): Buffer => {
  try {
    if (statSync(path).size <= textLimit) return readFileSync(path);
  } catch (cause) {
    throw new UsageError("file", `${path}: cannot be read`, { cause });
  }
  throw new UsageError("file", `${path}: longer than ${textLimit} bytes`);
};

const readText = (path: string): string => readBytes(path).toString("utf8");

/** A POST may wait for somebody else before it is answered. */
const fetchLimits = { GET: 10_000, PUT: 10_000, POST: 45_000 } as const;

const fetched = async (
  url: string,
  token: string | undefined,
  method: keyof typeof fetchLimits,
  document?: object,
): Promise<Response> => {
  const fetchLimit = fetchLimits[method];
  try {
    const headers = {
      accept: "application/json",
      ...(document === undefined ? {} : { "content-type": "application/json" }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      // Says that no page of a browser sends it.
      ...(method === "GET" ? {} : { "x-meterport": "1" }),
    };
    return await fetch(url, {
      ...{ method, headers, redirect: "error" },
      ...(document === undefined ? {} : { body: JSON.stringify(document) }),
      signal: AbortSignal.timeout(fetchLimit),
    });
  } catch (cause) {
    const why =
      cause instanceof Error && cause.name === "TimeoutError" ? `no answer within ${fetchLimit / 1000} s` : "no answer";
    throw new GatewayError(url, `${why}: the gateway has ended or is stuck; look at its log, or start it again`, {
      cause,
    });
  }
};

const fetchJson: RawIo["fetchJson"] = async (url, token, method = "GET", document = undefined) => {
  const answer = await fetched(url, token, method, document);
  const [, next] = /^<(\/[^>]*)>; rel="next"$/.exec(answer.headers.get("link") ?? "") ?? [];
  return { status: answer.status, body: await answer.json().catch(() => null), next };
};

const fetchBytes: RawIo["fetchBytes"] = async (url, token) => {
  const answer = await fetched(url, token, "GET");
  const body = answer.ok
    ? await answer.arrayBuffer().then(
        (bytes) => new Uint8Array(bytes),
        () => null,
      )
    : await answer.json().catch(() => null);
  return { status: answer.status, body };
};

const confirm = async (question: string): Promise<boolean | undefined> => {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  const { createInterface } = await import("node:readline/promises");
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^\s*y(es)?\s*$/i.test(await lines.question(`${question} [y/N] `, { signal: interruption.signal }));
  } catch {
    // Ctrl-C means no.
    return false;
  } finally {
    lines.close();
  }
};

const interruption = new AbortController();
let interrupts = 0;
const interrupt = (): void => {
  interruption.abort();
  // A second interruption ends at once.
  if (++interrupts > 1) process.exit(130);
};
process.on("SIGINT", interrupt);
process.on("SIGTERM", interrupt);
let hangUp = (): boolean => false;
process.on("SIGHUP", () => {
  if (!hangUp()) interrupt();
});
if (process.env.npm_command !== undefined) {
  // npx runs us below itself, and anyone who ends npx means us: being orphaned is the signal.
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    interrupt();
  }, 250);
  watch.unref();
}
process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => {
  // `meterport … | head` closes our output: nobody reads it any more.
  if (code === "EPIPE") process.exit(0);
  process.stderr.write(
    `meterport: standard output: cannot be written${code === "ENOSPC" ? ", the disk is full" : ""}\n`,
  );
  process.exit(1);
});
// If standard error is closed, the command continues.
process.stderr.on("error", () => {});

/** A part of the optional package. @throws UsageError if it is not installed */
const ofFleet = async <T>(load: () => Promise<T>): Promise<T> => {
  try {
    return await load();
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && cause.code === "ERR_MODULE_NOT_FOUND")) throw cause;
    throw new UsageError(
      "fleet",
      "a fleet needs the package @meterport/fleet: run npm install @meterport/fleet where Meterport is installed",
      { cause },
    );
  }
};

const operator = (): string => {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    // A user without an entry, as containers have.
    return `user ${process.getuid?.() ?? ""}@${hostname()}`;
  }
};

const state = stateIn(stateFolder(process.env, process.platform, homedir()));

const io: RawIo = {
  stdout: outputOf(process.stdout),
  stderr: outputOf(process.stderr),
  readStdin,
  readFile,
  readText,
  readBytes,
  createFile: createOutputFile,
  checkNew,
  state,
  isNews: (sentence) => isNews(state, sentence),
  confirm,
  askSecret: async (question) => (await import("./io/ask-secret.ts")).askSecret(question, interruption.signal),
  env: process.env,
  clock: systemClock,
  entropy: systemEntropy,
  openLink: async (link, signal, baud) =>
    (await import("@meterport/transports/open")).openLink(link, signal, baud, process.env),
  daemonOn: async (link) => (await import("@meterport/transports/daemon-note")).daemonOn(link),
  listAdapters: async () => (await import("@meterport/transports/serial/serial-adapters")).listAdapters(),
  administration: () => import("@meterport/gateway/administration"),
  fleetTools: () => ofFleet(() => import("@meterport/fleet/administration")),
  operator,
  fetchJson,
  fetchBytes,
  startDaemon: async (options) =>
    (await import("@meterport/gateway/daemon")).startDaemon({
      ...options,
      companion: async (...own) => (await ofFleet(() => import("@meterport/fleet/companion"))).companion(...own),
    }),
  configTools: async () => (await import("@meterport/gateway/read-config")).systemConfigTools(process.env),
  onHangUp: (listener) => {
    hangUp = listener;
  },
  interrupted: interruption.signal,
};
process.exitCode = await run(process.argv.slice(2), io);
