/** Captures of failed links and recordings, as files in the data folder: a few of each per meter, the oldest is deleted first. */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "@meterport/engine/ports/log";
import type { Millis } from "@meterport/protocol/ports";
import type { ApiCapture, CaptureState } from "./api-capture.ts";
import { captureStates } from "./bad-link-states.ts";

/** Of one meter. Neither kind makes the other go. */
const most = { failures: 20, recordings: 5 } as const;

export interface CaptureShelf {
  /** Newest first. */
  readonly list: (id: string) => readonly ApiCapture[];
  /** Undefined for a name that is not in `list`. */
  readonly read: (id: string, name: string) => string | undefined;
  /** Returns its name; undefined if it cannot be written, which is logged. */
  readonly put: (id: string, time: Millis, text: string, trouble: Trouble) => string | undefined;
}

/** How a link failed, as in `LinkHealth`, or that its traffic was recorded. */
export interface Trouble {
  readonly state: CaptureState;
  readonly cause: string | null;
}

const code = /^[a-z0-9-]{1,40}$/;

const named = new RegExp(
  `^(.+)-(\\d{4})(\\d\\d)(\\d\\d)T(\\d\\d)(\\d\\d)(\\d\\d)Z(?:-(${captureStates.join("|")})(?:-([a-z0-9-]{1,40}))?)?\\.ndjson$`,
);

/** "house-20260131T120000Z-silent-no-answer.ndjson": the name holds all that is known beside the capture. */
const nameOf = (id: string, time: Millis, { state, cause }: Trouble): string => {
  const moment = new Date(time).toISOString().replace(/\.\d+/, "").replace(/[-:]/g, "");
  return `${[id, moment, state, ...(cause !== null && code.test(cause) ? [cause] : [])].join("-")}.ndjson`;
};

/** The shelf in a folder, which is created with the first capture. */
export const openCaptureShelf = (folder: string, log: Pick<Log, "warn" | "info">): CaptureShelf => {
  const files = (): string[] => {
    try {
      return readdirSync(folder).sort().reverse();
    } catch {
      // None yet.
      return [];
    }
  };
  const sizeOf = (name: string): number | undefined => {
    try {
      return statSync(join(folder, name)).size;
    } catch {
      // The file was removed.
      return undefined;
    }
  };
  const list = (id: string): ApiCapture[] =>
    files().flatMap((name) => {
      const [, owner, year, month, day, hour, minute, second, state, cause] = named.exec(name) ?? [];
      const bytes = owner === id ? sizeOf(name) : undefined;
      if (bytes === undefined) return [];
      const time = `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
      const known = captureStates.find((each) => each === state) ?? null;
      return [{ name, time, bytes, state: known, cause: cause ?? null }];
    });
  const surplus = (id: string): readonly string[] => {
    const all = list(id);
    const recordings = all.filter(({ state }) => state === "recorded").slice(most.recordings);
    const failures = all.filter(({ state }) => state !== "recorded").slice(most.failures);
    return [...recordings, ...failures].map(({ name }) => name);
  };
  return {
    list,
    read: (id, name) => {
      if (!list(id).some((capture) => capture.name === name)) return undefined;
      try {
        return readFileSync(join(folder, name), "utf8");
      } catch {
        return undefined;
      }
    },
    put: (id, time, text, trouble) => {
      const name = nameOf(id, time, trouble);
      const path = join(folder, name);
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        // It contains serial numbers, which no other user of this machine needs to read.
        writeFileSync(`${path}.new`, text, { mode: 0o600 });
        renameSync(`${path}.new`, path);
        for (const each of surplus(id)) rmSync(join(folder, each), { force: true });
        log.info(`the latest traffic of the link is in ${path}`, { meter: id });
        return name;
      } catch (error) {
        log.warn(`${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
        return undefined;
      }
    },
  };
};
