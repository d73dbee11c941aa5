/** Files that a command writes: private, complete or not at all, and never over an existing one. */
import {
  closeSync,
  fchmodSync,
  linkSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { UsageError } from "@meterport/protocol/errors";
import type { FileKind, OutputFile } from "./io.ts";

const ownerOnly = 0o600;

const codeOf = (cause: unknown): string =>
  cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : "";

const taken = (path: string): UsageError =>
  new UsageError("exists", `${path} already exists: choose another name, or overwrite it with --force`);

const told = <T>(path: string, task: () => T): T => {
  try {
    return task();
  } catch (cause) {
    if (codeOf(cause) === "EEXIST") throw taken(path);
    const why = codeOf(cause) === "ENOSPC" ? ", the disk is full" : "";
    throw new UsageError("file", `${path}: cannot be written${why}`, { cause });
  }
};

/** What has that name: a file, something else that takes bytes, such as a pipe, or nothing. */
const kindOf = (path: string): "file" | "other" | "none" => {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return "none";
  return found.isFile() ? "file" : "other";
};

/** @throws UsageError (`exists`) if a file has that name */
export const checkNew = (path: string): void => {
  if (kindOf(path) === "file") throw taken(path);
};

const writerTo = (path: string, file: number) => (data: string | Uint8Array) =>
  told(path, () => {
    const bytes = typeof data === "string" ? Buffer.from(data) : data;
    // A nearly full disk takes only part.
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
  });

/** Gives the finished file its name, which another program may have taken meanwhile. */
const putInPlace = (part: string, path: string, over: boolean): void => {
  if (over) {
    renameSync(part, path);
    return;
  }
  try {
    linkSync(part, path);
  } catch (cause) {
    if (codeOf(cause) === "EEXIST" || kindOf(path) !== "none") throw cause;
    // A file system without hard links.
    renameSync(part, path);
    return;
  }
  unlinkSync(part);
};

/**
 * Starts a file; missing folders are created. Unless it grows, it has a temporary name until it is closed.
 *
 * @throws UsageError (`exists`, `file`)
 */
export const createOutputFile = (path: string, { over, growing }: FileKind): OutputFile => {
  told(path, () => mkdirSync(dirname(path), { recursive: true }));
  const kind = told(path, () => kindOf(path));
  if (kind === "file" && !over) throw taken(path);
  if (growing || kind === "other") {
    const file = told(path, () => openSync(path, kind === "other" || over ? "w" : "wx", ownerOnly));
    if (kind === "file") told(path, () => fchmodSync(file, ownerOnly));
    const close = (): void => closeSync(file);
    return { write: writerTo(path, file), close, discard: close };
  }
  // A link stays a link: its target is replaced.
  const target = kind === "file" ? told(path, () => realpathSync(path)) : path;
  const part = `${target}.${process.pid}.part`;
  const file = told(path, () => openSync(part, "w", ownerOnly));
  return {
    write: writerTo(path, file),
    close: () =>
      told(path, () => {
        closeSync(file);
        putInPlace(part, target, over);
      }),
    discard: () =>
      told(path, () => {
        closeSync(file);
        unlinkSync(part);
      }),
  };
};
