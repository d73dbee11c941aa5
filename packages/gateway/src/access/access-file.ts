/** `access.json` in the data folder: users and tokens, without anything that lets somebody in. */
import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { UsageError } from "@meterport/protocol/errors";
import { z } from "zod";
import { isAffordable } from "./password.ts";
import { scopes } from "./scope.ts";

export const mostUsers = 1_000;
export const mostTokens = 1_000;
/** What so many of them take, and some more. */
const fileLimit = 1 << 20;

const name = z.string().min(1).max(63);
const moment = z.string().max(40);

const passwordHash = z
  .object({
    kdf: z.literal("scrypt"),
    N: z.number().int(),
    r: z.number().int(),
    p: z.number().int(),
    salt: z.base64().min(16).max(100),
    hash: z.base64().min(40).max(100),
  })
  .refine(isAffordable, "the cost of a password's hash is out of range");

const storedUser = z.object({
  name,
  scope: z.enum(scopes),
  /** Another one with each password: a session belongs to one of them. */
  stamp: z.string().min(8).max(64),
  created: moment,
  password: passwordHash,
});

const storedToken = z.object({
  name,
  scope: z.enum(scopes),
  /** SHA-256 of the token, in hex. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  created: moment,
  used: moment.nullable(),
  expires: moment.nullable(),
});

const content = z.object({
  format: z.literal("meterport-access"),
  version: z.literal(1),
  users: z.array(storedUser).max(mostUsers),
  tokens: z.array(storedToken).max(mostTokens),
  /** That there has been a user: loopback stays closed when the last one is removed. */
  closed: z.boolean().optional(),
});

export type StoredUser = z.output<typeof storedUser>;
export type StoredToken = z.output<typeof storedToken>;
export type AccessContent = Pick<z.output<typeof content>, "users" | "tokens" | "closed">;

const emptyContent: AccessContent = { users: [], tokens: [] };

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && "code" in error && error.code === code;

/** Changes with each change of the file; undefined if there is none. */
export const versionOf = (path: string): string | undefined => {
  try {
    const { mtimeMs, size, ino } = statSync(path);
    return `${mtimeMs} ${size} ${ino}`;
  } catch (error) {
    if (isCode(error, "ENOENT")) return undefined;
    throw new UsageError("access", `${path} cannot be read: ${reasonOf(error)}`, { cause: error });
  }
};

/** Empty if there is no such file. @throws UsageError if it cannot be read or is not what Meterport writes */
export const readAccessFile = (path: string): AccessContent => {
  let text: string;
  try {
    if (statSync(path).size > fileLimit) throw new Error("it is too long");
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (isCode(error, "ENOENT")) return emptyContent;
    throw new UsageError("access", `${path} cannot be read: ${reasonOf(error)}`, { cause: error });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message quotes the text.
    value = undefined;
  }
  const parsed = content.safeParse(value);
  if (parsed.success) {
    const { users, tokens, closed } = parsed.data;
    return { users, tokens, closed: closed === true || users.length > 0 };
  }
  const where = parsed.error.issues[0]?.path.join(".") ?? "";
  throw new UsageError(
    "access",
    `${path} is damaged${where === "" ? "" : ` at ${where}`}: restore it from a backup, or remove it and make the users and tokens again`,
  );
};

/** Writes a file beside the old one and renames it, readable by its owner only. @throws the error of the file system */
export const replaceFile = (path: string, text: string): void => {
  const next = `${path}.${process.pid}.new`;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  try {
    const file = openSync(next, "w", 0o600);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    // An older file of that name keeps its mode when it is opened.
    chmodSync(next, 0o600);
    renameSync(next, path);
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  }
};

/** @throws UsageError if it cannot be written */
export const writeAccessFile = (path: string, { users, tokens, closed }: AccessContent): void => {
  const kept = users.length > 0 || closed === true ? { closed: true } : {};
  try {
    replaceFile(
      path,
      `${JSON.stringify({ format: "meterport-access", version: 1, ...kept, users, tokens }, null, 2)}\n`,
    );
  } catch (error) {
    throw new UsageError("access", `${path} cannot be written: ${reasonOf(error)}; check the rights of the folder`, {
      cause: error,
    });
  }
};

/** A program that held the lock this long has died. */
const staleAfter = 10_000;

/**
 * Runs `change` while no other program changes the file.
 *
 * @throws UsageError if another program holds the lock, or the folder cannot be written
 */
export const whileLocked = <T>(path: string, wall: number, change: () => T): T => {
  const lock = `${path}.lock`;
  const take = (): void => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(lock, "wx", 0o600));
  };
  try {
    try {
      take();
    } catch (error) {
      if (!isCode(error, "EEXIST") || wall - statSync(lock).mtimeMs < staleAfter) throw error;
      rmSync(lock, { force: true });
      take();
    }
  } catch (error) {
    throw new UsageError(
      "access",
      isCode(error, "EEXIST")
        ? `another program is changing ${path}: try again in a moment, and if nothing else runs, remove ${lock}`
        : `${path} cannot be written: ${reasonOf(error)}; check the rights of the folder, or name another one with --data`,
      { cause: error },
    );
  }
  try {
    return change();
  } finally {
    rmSync(lock, { force: true });
  }
};
