/** What went wrong with the database, as one sentence that holds no password. */
import { UsageError } from "@meterport/protocol/errors";
import type { PostgresPlace } from "./postgres-url.ts";

/** The database failed or is away: the same call may work later. */
export class PostgresError extends Error {
  override readonly name = "PostgresError";
  /** `away`: not reached; `busy`: too slow or locked; `failed`: it said no. */
  readonly kind: "away" | "busy" | "failed";
  constructor(kind: PostgresError["kind"], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** What stays the same while a trouble lasts: a server that is away says so in several ways. */
export const troubleOf = (error: unknown): string =>
  error instanceof PostgresError ? error.kind : error instanceof Error ? error.message : String(error);

const codeOf = (error: unknown): string => {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "";
};

/** Errors of some packages are objects that only look like one. */
const messageOf = (error: unknown): string => {
  if (typeof error !== "object" || error === null) return String(error);
  return "message" in error && typeof error.message === "string" ? error.message : "";
};

/** Whether the server answered, so that the connection is still good. */
export const isAnswer = (error: unknown): boolean =>
  error instanceof Error && "severity" in error && error.severity === "ERROR";

const reasonOf = (error: unknown, password: string): string => {
  const text = messageOf(error) || codeOf(error) || "it does not say why";
  const line = text.split("\n")[0] ?? "";
  return password === "" ? line : line.replaceAll(password, "…");
};

/** SQLSTATEs of a server that starts, stops or has no connection left. */
const isAway = (code: string): boolean => /^(08|57P)/.test(code) || code === "53300";

/** An error of the driver as ours; those that only a person can mend are a UsageError. */
export const failureOf = (error: unknown, { shown, password }: PostgresPlace): Error => {
  if (error instanceof UsageError || error instanceof PostgresError || error instanceof RangeError) return error;
  const code = codeOf(error);
  const reason = reasonOf(error, password);
  const database = `the database ${shown}`;
  if (/^28/.test(code))
    return new UsageError(
      "store-login",
      `${database} refuses the login (${reason}): check user and password of the store`,
    );
  if (code === "3D000")
    return new UsageError("store-database", `${database} does not exist: create it with createdb, or name another one`);
  if (code === "42501")
    return new UsageError(
      "store-rights",
      `${database} does not permit this (${reason}): let the user own the schema, or grant it CREATE on the database`,
    );
  if (code === "57014" || code === "55P03" || code === "40P01" || /read timeout/i.test(reason))
    return new PostgresError("busy", `${database} took too long (${reason}): it is locked or overloaded`);
  if (code === "53100")
    return new PostgresError("failed", `${database} has no space left on its disk: make room there`);
  if (code === "25006")
    return new PostgresError("failed", `${database} is read-only, perhaps a standby: name the primary server`);
  if (/certificate|altnames|SSL/i.test(reason) && !isAnswer(error))
    return new PostgresError(
      "away",
      `${database} cannot be trusted (${reason}): name the certificate of its authority with sslrootcert= in the address of the store`,
    );
  if (isAway(code) || !/^[0-9A-Z]{5}$/.test(code) || !isAnswer(error))
    return new PostgresError("away", `${database} cannot be reached (${reason}): check that it runs`);
  return new PostgresError("failed", `${database} reports: ${reason} (${code})`);
};

/** The fault of a value that was to be stored, and not of the database: it would be refused each time. Undefined for any other. */
export const refusalOf = (error: unknown, { shown, password }: PostgresPlace): RangeError | undefined => {
  const code = codeOf(error);
  if (!/^22/.test(code) || !isAnswer(error)) return undefined;
  return new RangeError(`the database ${shown} refuses a value: ${reasonOf(error, password)} (${code})`);
};
