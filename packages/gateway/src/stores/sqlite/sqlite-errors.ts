/** What an error of SQLite says about the file, and its sentence. */

const causes = {
  3: "permission",
  5: "locked",
  6: "locked",
  8: "read-only",
  10: "input-output",
  11: "damaged",
  13: "full",
  14: "cannot-open",
  18: "value",
  19: "value",
  20: "value",
  26: "damaged",
} as const;

export type SqliteCause = (typeof causes)[keyof typeof causes];

const sentences: Readonly<Record<Exclude<SqliteCause, "value">, string>> = {
  permission: "this user may not write the database: check the owner of the folder",
  locked: "another program has locked the database: close it",
  "read-only": "the database is read-only: check the permissions of the folder and how its disk is mounted",
  "input-output": "the disk reports an error when the database is read or written: check the disk and its cable",
  damaged: "the database is damaged",
  full: "the disk is full: free some space",
  "cannot-open": "the database cannot be opened: check that the folder exists and can be written",
};

/** The error code, as Node's own SQLite or libsql names it, also of what caused the error. */
export const codeOf = (error: unknown): number | undefined => {
  if (!(error instanceof Error)) return undefined;
  const code = "errcode" in error ? error.errcode : "rawCode" in error ? error.rawCode : undefined;
  return typeof code === "number" ? code : codeOf(error.cause);
};

/** What is wrong; undefined if SQLite does not say or it is none of these. */
export const causeOf = (error: unknown): SqliteCause | undefined => {
  const code = codeOf(error);
  return code === undefined ? undefined : causes[(code & 0xff) as keyof typeof causes];
};

export const isDamage = (error: unknown): boolean => causeOf(error) === "damaged";
export const isLocked = (error: unknown): boolean => causeOf(error) === "locked";

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** One sentence without a full stop. */
export const sentenceOf = (error: unknown): string => {
  const cause = causeOf(error);
  return cause === undefined || cause === "value" ? textOf(error) : `${sentences[cause]} (${textOf(error)})`;
};
