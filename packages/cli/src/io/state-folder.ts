/** Small files kept between runs of the command, each replaced as a whole. */
import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { UsageError } from "@meterport/protocol/errors";
import type { State } from "./io.ts";

/** Far more than the wear of one meter takes. */
const fileLimit = 64 * 1024;

/** METERPORT_DATA, else the platform's folder for such data. */
export const stateFolder = (
  env: Readonly<Record<string, string | undefined>>,
  platform: string,
  home: string,
): string => {
  const own = env.METERPORT_DATA ?? "";
  if (own !== "") return own;
  if (platform === "win32") return join(env.LOCALAPPDATA ?? join(home, "AppData", "Local"), "meterport");
  if (platform === "darwin") return join(home, "Library", "Application Support", "meterport");
  const xdg = env.XDG_STATE_HOME ?? "";
  return join(xdg !== "" ? xdg : join(home, ".local", "state"), "meterport");
};

const longestName = 80;

/** Names come from meters and may contain anything; a long name is cut, and a hash keeps it unique. */
const fileOf = (folder: string, name: string): string => {
  const plain = name.replace(/[^A-Za-z0-9_-]/g, "_");
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 16);
  const short = plain.length <= longestName ? plain : `${plain.slice(0, longestName - hash.length - 1)}-${hash}`;
  return join(folder, `${short}.json`);
};

export const stateIn = (folder: string): State => ({
  load: (name) => {
    const path = fileOf(folder, name);
    try {
      if (statSync(path).size > fileLimit) return undefined;
      return JSON.parse(readFileSync(path, "utf8"));
    } catch {
      // Missing or unreadable: both start again.
      return undefined;
    }
  },
  has: (name) => existsSync(fileOf(folder, name)),
  save: (name, value) => {
    const path = fileOf(folder, name);
    const next = `${path}.${process.pid}.new`;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const file = openSync(next, "w", 0o600);
      try {
        writeSync(file, JSON.stringify(value));
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(next, path);
    } catch (cause) {
      throw new UsageError("file", `${path}: cannot write this file, so the state in it would be lost`, {
        cause,
      });
    }
  },
});

const saidName = "said";

/** Whether a sentence differs from the last one; if the last one cannot be stored, it counts as new. */
export const isNews = (state: State, sentence: string): boolean => {
  if (state.load(saidName) === sentence) return false;
  try {
    state.save(saidName, sentence);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
  }
  return true;
};
