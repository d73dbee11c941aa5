/** What people did with a fleet, as a chain that shows when somebody changed or removed an entry. */
import { createHash } from "node:crypto";
import { UsageError } from "@meterport/protocol/errors";
import { plainText } from "@meterport/protocol/plain-text";
import type { Millis } from "@meterport/protocol/ports";
import type { Row, Run } from "../books/database.ts";

/** What somebody did. */
export interface Deed {
  /** A user of the API, or a user of a machine: "anna", "root@jobs-1". */
  readonly who: string;
  /** "import", "pause", "campaign", … */
  readonly what: string;
  /** Anything that JSON can hold, and never a key. */
  readonly about?: unknown;
}

export interface AuditEntry {
  /** Counts from 1, without holes. */
  readonly number: number;
  /** By the database's clock. */
  readonly at: Millis;
  readonly who: string;
  readonly what: string;
  readonly about: unknown;
  /** SHA-256 in hex: of the entry before and of this one. */
  readonly hash: string;
}

const longestName = 200;
/** Of `about` as JSON: an import tells counts, not its meters. */
const longestAbout = 16_384;

/**
 * Adds an entry. Within a transaction it counts when that is committed, and other writers wait until then: so make it the last statement.
 *
 * @throws UsageError if it is too long
 */
export const audit = async (run: Run, { who, what, about = null }: Deed): Promise<void> => {
  const text = JSON.stringify(about);
  if (text.length > longestAbout)
    throw new UsageError(
      "audit",
      `an entry of the audit log has ${text.length} characters; the limit is ${longestAbout}`,
    );
  const name = (given: string): string => plainText(given).slice(0, longestName);
  await run("SELECT audit_append($1, $2, $3)", [name(who), name(what), text]);
};

const columns = "number, 1000 * extract(epoch FROM at)::float8 AS at, who, what, about, previous, hash";

const hexOf = (value: unknown): string => Buffer.from(value as Uint8Array).toString("hex");

const aboutIn = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // Somebody changed it: verifying tells, and reading goes on.
    return text;
  }
};

const entryIn = (row: Row): AuditEntry => ({
  ...{ number: Number(row.number), at: Math.round(Number(row.at)), who: String(row.who), what: String(row.what) },
  ...{ about: aboutIn(String(row.about)), hash: hexOf(row.hash) },
});

/** The newest entries first, those before a number if it is given. */
export const readAudit = async (run: Run, limit: number, before?: number): Promise<readonly AuditEntry[]> => {
  const text = `SELECT ${columns} FROM audit WHERE $1::bigint IS NULL OR number < $1 ORDER BY number DESC LIMIT $2`;
  return (await run(text, [before ?? null, limit])).rows.map(entryIn);
};

const hashOf = (previous: Uint8Array, parts: readonly string[]): string => {
  const hash = createHash("sha256").update(previous);
  for (const part of parts) {
    const bytes = Buffer.from(part, "utf8");
    const length = Buffer.alloc(4);
    length.writeInt32BE(bytes.length);
    hash.update(length).update(bytes);
  }
  return hash.digest("hex");
};

/** The end of a chain, to be kept elsewhere: only with it can somebody see that the newest entries were removed. */
export interface AuditEnd {
  readonly number: number;
  readonly hash: string;
}

export interface AuditVerdict {
  readonly entries: number;
  /** Null if there is no entry. */
  readonly end: AuditEnd | null;
  /** A sentence about the first thing that is wrong; null if nothing is. */
  readonly problem: string | null;
}

/** Rows of one statement. */
const page = 1_000;

const complaintOf = (row: Row, number: number, hash: string, known: AuditEnd | undefined): string | null => {
  const here = Number(row.number);
  if (here !== number)
    return here - 1 === number
      ? `entry ${number} is missing: somebody removed it`
      : `entries ${number} to ${here - 1} are missing: somebody removed them`;
  const followed = hexOf(row.previous) === hash;
  const parts = [String(here), String(Math.round(Number(row.at))), row.who, row.what, row.about].map(String);
  if (!followed || hashOf(row.previous as Uint8Array, parts) !== hexOf(row.hash))
    return `entry ${number} is not what was written: somebody changed it, or one before it`;
  return known?.number === number && known.hash !== hexOf(row.hash)
    ? `entry ${number} differs from the one that was noted: somebody wrote the log again`
    : null;
};

/**
 * Checks the whole chain.
 *
 * @param known an end that was noted earlier
 */
export const verifyAudit = async (run: Run, known?: AuditEnd): Promise<AuditVerdict> => {
  let [number, hash] = [0, ""];
  for (;;) {
    const { rows } = await run(`SELECT ${columns} FROM audit WHERE number > $1 ORDER BY number LIMIT $2`, [
      number,
      page,
    ]);
    for (const row of rows) {
      const problem = complaintOf(row, number + 1, hash, known);
      if (problem !== null) return { entries: number, end: number === 0 ? null : { number, hash }, problem };
      number++;
      hash = hexOf(row.hash);
    }
    if (rows.length < page) break;
  }
  const isShort = known !== undefined && known.number > number;
  return {
    entries: number,
    end: number === 0 ? null : { number, hash },
    problem: isShort
      ? `the log ends with entry ${number}, but entry ${known.number} was noted: somebody removed the newest`
      : null,
  };
};
