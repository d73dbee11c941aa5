/** What passes between the main thread and the threads of the store. */
import type { Store, StoreStatus } from "@meterport/engine/ports/store";
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import { codeOf } from "./sqlite-errors.ts";

export type StorePart = Exclude<keyof Store, "status" | "close">;

/**
 * "check" looks for damage, "pruneSlice" is a part of "prune" behind which writes need not wait, "writePacked" is "write", and "writeTogether" several
 * of it.
 */
export type StoreMethod = StorePart | "check" | "pruneSlice" | "writePacked" | "writeTogether";

/** What is asked of a thread; "reopen" lets go of a file that was replaced. */
export interface StoreCall {
  readonly kind: "call";
  readonly id: number;
  readonly method: StoreMethod | "reopen";
  readonly args: readonly unknown[];
  /** The wall clock of the main thread, for times of changes. */
  readonly now: Millis;
}

/** The main part of a status: what the file says. */
export type StoreFigures = Pick<StoreStatus, "bytes" | "newestReading" | "journal">;

/** What the thread says of itself between answers. */
export type StoreCondition = Pick<StoreStatus, "state" | "problem">;

/**
 * - `writer`: checks, migrates and writes.
 * - `reader`: answers queries meanwhile.
 * - `helper`: one long task, such as a backup, on a connection of its own.
 */
export type StoreRole = "writer" | "reader" | "helper";

export interface StoreThreadData {
  readonly role: StoreRole;
  readonly folder: string;
  /** "libsql" does without Node's own SQLite. */
  readonly driver: "any" | "libsql";
  readonly now: Millis;
}

export type ToStore = StoreCall | { readonly kind: "close" };

export type FromStore =
  | { readonly kind: "open"; readonly figures: StoreFigures | null }
  | { readonly kind: "refused"; readonly error: SentError }
  | { readonly kind: "result"; readonly id: number; readonly value: unknown; readonly figures: StoreFigures | null }
  | { readonly kind: "error"; readonly id: number; readonly error: SentError }
  | { readonly kind: "condition"; readonly condition: StoreCondition }
  | { readonly kind: "log"; readonly level: "info" | "warn" | "error"; readonly text: string };

/** An error on its way between threads, which would lose its class. */
export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly code: string | undefined;
  readonly errcode: number | undefined;
}

const property = (error: object, name: string): unknown => (error as Readonly<Record<string, unknown>>)[name];

export const sentError = (error: unknown): SentError => {
  if (!(error instanceof Error)) return { name: "Error", message: String(error), code: undefined, errcode: undefined };
  const code = property(error, "code");
  const errcode = codeOf(error);
  return {
    name: error.name,
    message: error.message,
    code: typeof code === "string" ? code : undefined,
    errcode,
  };
};

export const receivedError = ({ name, message, code, errcode }: SentError): Error => {
  if (name === "UsageError") return new UsageError(code ?? "store", message);
  // A wrong value, which would fail again.
  if (name === "TypeError" || name === "RangeError") return new TypeError(message);
  return errcode === undefined ? new Error(message) : Object.assign(new Error(message), { errcode });
};
