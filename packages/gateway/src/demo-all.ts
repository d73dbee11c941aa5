/** `--demo all`: the simulated household with every face that listens, in a folder of its own that is gone afterwards. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { isIPv4 } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OutputStatus } from "@meterport/engine/ports/output";
import { UsageError } from "@meterport/protocol/errors";
import type { Clock, Millis } from "@meterport/protocol/ports";
import type { Environment } from "./config/environment.ts";
import { demoConfiguration, demoFaces } from "./outputs/demo-faces.ts";

export interface DemoOptions {
  /** What `--demo` names; only "all" is known. */
  readonly demo?: string | undefined;
  readonly config?: string | undefined;
  readonly data?: string | undefined;
  readonly env: Environment;
}

export interface DemoFolder {
  readonly config: string;
  readonly data: string;
  readonly env: Environment;
  readonly remove: () => void;
}

/** No key, link or store of the machine gets into a demo. */
const kept = ["METERPORT_HTTP_PORT", "METERPORT_LOG_LEVEL", "METERPORT_LOG_FORMAT"];

/** Another one lets two demos run at once, or another program keep a port. */
const hostOf = ({ METERPORT_HTTP_HOST: host = "127.0.0.1" }: Environment): string => {
  if (isIPv4(host) && host.startsWith("127.")) return host;
  throw new UsageError(
    "arguments",
    "METERPORT_HTTP_HOST is no address of this machine alone, which --demo needs: unset it, or write for example 127.0.0.2",
  );
};

/**
 * Makes the folder of a demo.
 *
 * @throws UsageError if the demo is unknown, or comes with a configuration or data
 */
export const demoFolder = ({ demo, config, data, env }: DemoOptions): DemoFolder => {
  if (demo !== "all") throw new UsageError("arguments", `unknown demo "${demo}"; known: all`);
  if (config !== undefined || data !== undefined)
    throw new UsageError(
      "arguments",
      `--demo has a configuration and data of its own: leave out --${config === undefined ? "data" : "config"}`,
    );
  const host = hostOf(env);
  const folder = mkdtempSync(join(tmpdir(), "meterport-demo-"));
  const file = join(folder, "meterport.yaml");
  try {
    writeFileSync(file, demoConfiguration(host), { mode: 0o600 });
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  const others = Object.entries(env).filter(([name]) => !name.startsWith("METERPORT_") || kept.includes(name));
  return {
    config: file,
    data: join(folder, "data"),
    env: Object.fromEntries(others),
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }),
  };
};

export interface TableOptions {
  readonly status: () => Promise<readonly OutputStatus[]>;
  /** Whether the meter gives values. */
  readonly hasValues: () => boolean;
  readonly clock: Clock;
  /** The address of the page. */
  readonly url: string;
  readonly host: string;
  /** Whether the daemon stops: then nobody waits for a table. */
  readonly stops: () => boolean;
  readonly pid: number;
  /** Whether the cable can be pulled by a signal. */
  readonly pulls: boolean;
}

const step: Millis = 100;
/** A face that is not up by then is shown with its problem. */
const longest: Millis = 20_000;

/** The table of the faces, as soon as each is up or has failed and the meter gives values; "" if the daemon stops before. */
export const demoTable = async (options: TableOptions): Promise<string> => {
  const { status, hasValues, clock } = options;
  const last = clock.now() + longest;
  let states = await status();
  const waits = (): boolean => !hasValues() || states.some(({ state }) => state === "connecting");
  while (waits() && !options.stops() && clock.now() < last) {
    await new Promise<void>((resolve) => clock.at(clock.now() + step, resolve));
    states = await status();
  }
  return options.stops() ? "" : tableOf(states, options);
};

/** @example "homewizard  http://127.0.0.1:8090/api/v1/data" */
const tableOf = (states: readonly OutputStatus[], { url, host, pid, pulls }: TableOptions): string => {
  const problems = new Map(states.map(({ name, problem }) => [name, problem]));
  const rows = [
    ...demoFaces(host).flatMap(({ output, addresses }) => {
      const problem = problems.get(output) ?? null;
      return addresses.map((address, n) => {
        if (n > 0) return ["", address];
        return [output, problem === null ? address : `${address} is not up: ${problem}`];
      });
    }),
    ["api", `${url}/api/v1/points`],
    ["metrics", `${url}/metrics`],
  ];
  const width = Math.max(...rows.map(([name = ""]) => name.length));
  const lines = rows.map(([name = "", address = ""]) => `${name.padEnd(width)}  ${address}`);
  const pull = `kill -USR2 ${pid} pulls the meter's cable, and the same again puts it back`;
  return `${[...lines, ...(pulls ? [pull] : [])].join("\n")}\n`;
};
