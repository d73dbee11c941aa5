/** The configuration's view of the real machine: its files, its data folder, its time zone. */
import {
  accessSync,
  chownSync,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
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

const ownerOnly = 0o600;
/** What everybody may do. */
const others = 0o007;

const told = <T>(path: string, task: () => T): T => {
  try {
    return task();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    const why =
      code === "EEXIST" ? "it exists already" : code === "ENOSPC" ? "the disk is full" : String(code ?? error);
    throw new UsageError("config", `cannot write ${path}: ${why}`, { cause: error });
  }
};

/** Leaves nothing behind if it fails: half a file would be taken for a whole one. */
const written = (path: string, text: string, mode: number): void => {
  const file = openSync(path, "wx", ownerOnly);
  let isWhole = false;
  try {
    writeFileSync(file, text);
    fchmodSync(file, mode);
    fsyncSync(file);
    isWhole = true;
  } finally {
    closeSync(file);
    if (!isWhole) rmSync(path, { force: true });
  }
};

/** A new file that only its owner may read. @throws UsageError if it exists or cannot be written */
export const createTextFile = (path: string, text: string): void =>
  told(path, () => {
    mkdirSync(dirname(path), { recursive: true });
    written(path, text, ownerOnly);
  });

/**
 * Replaces a file as a whole, or creates it. A service that reads it by its group still can; what other users could read,
 * they no longer can.
 *
 * @throws UsageError if it cannot be written; then it is as before
 */
export const replaceTextFile = (path: string, text: string): void =>
  told(path, () => {
    const old = statSync(path, { throwIfNoEntry: false });
    if (old === undefined) return createTextFile(path, text);
    // A link stays a link.
    const target = realpathSync(path);
    const part = `${target}.${process.pid}.part`;
    // One that a power failure left.
    rmSync(part, { force: true });
    try {
      written(part, text, (old.mode & others) === 0 ? old.mode & 0o777 : ownerOnly);
      const own = statSync(part);
      if (own.uid !== old.uid || own.gid !== old.gid) chownSync(part, old.uid, old.gid);
      renameSync(part, target);
    } finally {
      rmSync(part, { force: true });
    }
  });

/** Whether a file may be replaced or made: its folder must be writable, or the nearest one above it that exists. */
export const canWriteFile = (path: string): boolean => {
  let folder = dirname(existsSync(path) ? realpathSync(path) : path);
  while (!existsSync(folder) && folder !== dirname(folder)) folder = dirname(folder);
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

export const systemFiles = (env: Environment): Pick<ConfigSources, "defaultData" | "zone" | "readFile" | "modeOf"> => ({
  defaultData: defaultData(env),
  zone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
  readFile: readTextFile,
  modeOf,
});
