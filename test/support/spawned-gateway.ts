/** Starts the real gateway for tests, with data of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../../packages/gateway/src/main.ts", import.meta.url));

export interface SpawnedGateway {
  /** "http://127.0.0.1:40123" */
  readonly url: string;
  readonly child: ChildProcess;
  /** Its configuration, which may be changed. */
  readonly config: string;
  /** All that it has logged. */
  readonly log: () => string;
  /** Asks it to end, as a service manager does, and returns its exit code. */
  readonly stop: () => Promise<number | null>;
  /** Ends it at once if it still runs, and removes its data. */
  readonly remove: () => Promise<void>;
}

export interface StartOptions {
  /** Prepares its data folder. */
  readonly prepare?: ((data: string) => Promise<unknown>) | undefined;
  readonly flags?: readonly string[] | undefined;
  /** Variables beside those that make it a gateway of its own, or in their place. */
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/** Starts it on a free port and waits until it serves; without `yaml` it shows the simulated household. */
export const startGateway = async (yaml?: string, options: StartOptions = {}): Promise<SpawnedGateway> => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-gateway-"));
  const config = join(folder, "meterport.yaml");
  if (yaml !== undefined) writeFileSync(config, yaml);
  await options.prepare?.(join(folder, "data"));
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("METERPORT_"));
  const child = spawn(
    process.execPath,
    [main, ...(options.flags ?? []), ...(yaml === undefined ? [] : ["--config", config])],
    {
      env: {
        ...Object.fromEntries(inherited),
        METERPORT_HTTP_PORT: "0",
        METERPORT_DATA: join(folder, "data"),
        ...options.env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const closed = once(child, "close") as Promise<[number | null]>;
  let [out, err] = ["", ""];
  child.stderr.on("data", (text) => {
    err += text;
  });
  const remove = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    await closed;
    rmSync(folder, { recursive: true, force: true });
  };
  const stop = async (): Promise<number | null> => {
    child.kill("SIGTERM");
    return (await closed)[0];
  };
  try {
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout.on("data", (text) => {
        out += text;
        const ready = /^dashboard (\S+)\n/.exec(out)?.[1];
        if (ready !== undefined) resolve(ready);
      });
      closed.then(([code]) => reject(new Error(`the gateway ended with ${code}: ${err}`)), reject);
    });
    return { url, child, config, log: () => err, stop, remove };
  } catch (error) {
    await remove();
    throw error;
  }
};
