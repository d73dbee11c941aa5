/** Starts the real `meterport` command for tests. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const bin = fileURLToPath(new URL("../../packages/cli/bin/meterport.mjs", import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/**
 * Starts it with its own state folder: what another run learnt about a link, such as that it spoke TLS, would be applied
 * to the port that this one happens to get.
 */
const start = (args: readonly string[], nodeArgs: readonly string[], timeout?: number) =>
  startInto("pipe", args, nodeArgs, timeout) as ChildProcessWithoutNullStreams;

const startInto = (output: "pipe" | number, args: readonly string[], nodeArgs: readonly string[], timeout?: number) => {
  const { METERPORT_KEY: _key, FORCE_COLOR: _color, ...inherited } = process.env;
  const folder = mkdtempSync(join(tmpdir(), "meterport-state-"));
  const env = { ...inherited, METERPORT_DATA: folder };
  const child = spawn(process.execPath, [...nodeArgs, bin, ...args], { env, timeout, stdio: ["pipe", output, "pipe"] });
  child.once("close", () => rmSync(folder, { recursive: true, force: true }));
  return child;
};

/** Runs it to its end, with standard output in an open file if one is given; a command that hangs is stopped, which its exit code shows. */
export const meterport = async (
  args: readonly string[],
  nodeArgs: readonly string[] = [],
  output: "pipe" | number = "pipe",
): Promise<Finished> => {
  const child = startInto(output, args, nodeArgs, 60_000);
  let out = "";
  let err = "";
  child.stdout?.on("data", (text) => {
    out += text;
  });
  child.stderr?.on("data", (text) => {
    err += text;
  });
  child.stdin?.end();
  const [code] = (await once(child, "close")) as [number | null];
  return { code, out, err };
};

export interface Simulated {
  /** What it listens on: "tcp://127.0.0.1:40123". */
  readonly url: string;
  readonly child: ChildProcessWithoutNullStreams;
  /** What it has printed so far. */
  readonly printed: () => string;
  /** Interrupts it as Ctrl-C does, and gives its exit code and all that it printed. */
  readonly stop: () => Promise<{ readonly code: number | null; readonly out: string }>;
}

/** Starts `meterport simulate` and waits until it is ready. */
export const simulate = (args: readonly string[]): Promise<Simulated> => listening("simulate", args);

/** Starts a command that prints `listening URL`, and waits until it does. */
export const listening = async (command: string, args: readonly string[]): Promise<Simulated> => {
  const child = start([command, ...args], []);
  // From the start: a process that has already ended does not end again.
  const closed = once(child, "close") as Promise<[number | null]>;
  let out = "";
  let err = "";
  child.stderr.on("data", (text) => {
    err += text;
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on("data", (text) => {
      out += text;
      const ready = /^listening (\S+)\n/.exec(out)?.[1];
      if (ready !== undefined) resolve(ready);
    });
    closed.then(([code]) => reject(new Error(`${command} ended with ${code}: ${err}`)), reject);
  });
  return {
    url,
    child,
    printed: () => out,
    stop: async () => {
      child.kill("SIGINT");
      const [code] = await closed;
      return { code, out };
    },
  };
};
