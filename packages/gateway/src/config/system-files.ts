/** The configuration's view of the real machine: its files, its data folder, its time zone. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UsageError } from "@meterport/protocol/errors";
import type { ConfigSources } from "./config-sources.ts";
import type { Environment } from "./environment.ts";

/** The root of a checkout. */
const project = fileURLToPath(new URL("../../../../", import.meta.url));
export const isCheckout = existsSync(join(project, "tsconfig.base.json"));

/** In a checkout beside the code, else the system's folder for such data. */
export const defaultData = (env: Environment): string =>
  isCheckout ? join(project, ".data") : join(env.XDG_STATE_HOME || join(homedir(), ".local", "state"), "meterport");

/** Far more than a configuration of 50,000 meters has. */
const mostBytes = 128 << 20;

/** Text of a file; `undefined` if there is none. @throws UsageError */
export const readTextFile = (path: string): string | undefined => {
  try {
    const { size } = statSync(path);
    if (size > mostBytes)
      throw new UsageError("config", `${path} has ${size} bytes; the limit is ${mostBytes}: is this the right file?`);
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof UsageError) throw error;
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new UsageError("config", `cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
};

/** Permission bits; undefined where they mean nothing, and for what is not there. */
const modeOf = (path: string): number | undefined =>
  process.platform === "win32" ? undefined : statSync(path, { throwIfNoEntry: false })?.mode;

export const systemFiles = (env: Environment): Pick<ConfigSources, "defaultData" | "zone" | "readFile" | "modeOf"> => ({
  defaultData: defaultData(env),
  zone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
  readFile: readTextFile,
  modeOf,
});
