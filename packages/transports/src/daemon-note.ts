/** A note of a daemon that other programs of this machine find: two that ask one meter at once take each other's answers. */
import { createHash } from "node:crypto";
import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { portLinkOf } from "./port-link.ts";
import { portName } from "./port-name.ts";

/** A daemon that runs. */
export interface Daemon {
  /** Where its page is. */
  readonly url: string;
  readonly pid: number;
}

interface Note extends Daemon {
  /** Tells a process from a later one with the same number; empty where the system does not say. */
  readonly birth: string;
  /** Of each port a hash: who may look at the folder need not know where the meters are. */
  readonly ports: readonly string[];
}

const prefix = "meterport-daemon-";
/** That of 50,000 meters fits. */
const noteLimit = 4 << 20;
const mostNotes = 100;

/** On Linux, the tick in which a process began and the boot that counts it. */
const birthOf = (pid: number): string => {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    // The name in parentheses may hold spaces.
    const [ticks] = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ")
      .slice(19);
    return `${boot} ${ticks}`;
  } catch {
    return "";
  }
};

const runs = ({ pid, birth }: Note): boolean => {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // That of another user may not be asked, but is there.
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) return false;
  }
  return birth === birthOf(pid);
};

/** The same for every spelling of a link; undefined for what is none. */
const hashOf = (link: string): string | undefined => {
  try {
    let port = portName(portLinkOf(link).link).replace(/^(?:localhost|\[::1\]):/, "127.0.0.1:");
    try {
      if (port.startsWith("/")) port = realpathSync(port);
    } catch {
      // An adapter that is not plugged in has its name only.
    }
    return createHash("sha256").update(port).digest("hex").slice(0, 16);
  } catch {
    return undefined;
  }
};

const noteFrom = (path: string): Note | undefined => {
  try {
    if (statSync(path).size > noteLimit) return undefined;
    const { url, pid, birth, ports } = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
    const valid =
      typeof url === "string" &&
      /^https?:\/\/[\x21-\x7e]{1,200}$/.test(url) &&
      Number.isSafeInteger(pid) &&
      typeof birth === "string" &&
      Array.isArray(ports);
    return valid && Number(pid) > 0 ? { url, pid: Number(pid), birth, ports: ports as readonly string[] } : undefined;
  } catch {
    return undefined;
  }
};

const without = (path: string): void => {
  try {
    unlinkSync(path);
  } catch {
    // It is gone, or somebody else's.
  }
};

/** Notes whose daemon runs; others are taken away. */
const notesIn = (folder: string): Note[] => {
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => name.startsWith(prefix) && name.endsWith(".json"));
  } catch {
    return [];
  }
  return names.slice(0, mostNotes).flatMap((name) => {
    const path = join(folder, name);
    const note = noteFrom(path);
    if (note === undefined) return [];
    if (runs(note)) return [note];
    without(path);
    return [];
  });
};

/**
 * Notes that this process uses such links, for as long as it runs. Where nothing can be written nobody is warned, and
 * the daemon runs all the same.
 *
 * @param folder for tests; the system's folder for temporary files if omitted
 * @returns takes the note away
 */
export const noteDaemon = (url: string, links: readonly string[], folder: string = tmpdir()): (() => void) => {
  const { pid } = process;
  const ports = links.flatMap((link) => hashOf(link) ?? []);
  const path = join(folder, `${prefix}${pid}.json`);
  const next = `${path}.${Date.now()}.new`;
  try {
    // Never through a link that somebody else put there.
    const file = openSync(next, "wx", 0o644);
    try {
      writeSync(file, JSON.stringify({ url, pid, birth: birthOf(pid), ports } satisfies Note));
    } finally {
      closeSync(file);
    }
    renameSync(next, path);
  } catch {
    without(next);
    return () => {};
  }
  return () => without(path);
};

/**
 * The daemon that uses a link, however the link is spelled; undefined where none that runs does.
 *
 * @param folder for tests; the system's folder for temporary files if omitted
 */
export const daemonOn = (link: string, folder: string = tmpdir()): Daemon | undefined => {
  const port = hashOf(link);
  if (port === undefined) return undefined;
  const note = notesIn(folder).find(({ ports, pid }) => ports.includes(port) && pid !== process.pid);
  return note === undefined ? undefined : { url: note.url, pid: note.pid };
};
