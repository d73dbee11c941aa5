/** Reads answers that may come from an older or a newer gateway: what is not as expected is null, never a crash. */
import type { KeyProblem } from "@meterport/gateway/http/api";

export type Loose = Readonly<Record<string, unknown>>;

/** Longer texts are cut: no name or sentence of the gateway is. */
const LONGEST_TEXT = 2000;

export function record(value: unknown): Loose | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Loose) : null;
}

export function number(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

export function count(value: unknown): number {
  return Math.max(0, number(value) ?? 0);
}

export function text(value: unknown): string | null {
  return typeof value === "string" ? value.slice(0, LONGEST_TEXT) : null;
}

/** Milliseconds since 1970 of an ISO 8601 text, or null. */
export function timeOf(value: unknown): number | null {
  if (typeof value !== "string") return null;
  const time = Date.parse(value);
  return Number.isFinite(time) ? time : null;
}

/** At most `most` entries of a list, read by `parse`, which leaves one out by null; null if it is no list. */
export function listOf<T>(value: unknown, most: number, parse: (entry: unknown) => T | null): T[] | null {
  if (!Array.isArray(value)) return null;
  return value.slice(0, most).flatMap((entry) => {
    const parsed = parse(entry);
    return parsed === null ? [] : [parsed];
  });
}

/** The first of those with the same key: a list on the page has no two, and would be gone as a whole. */
export function distinct<T>(list: readonly T[], keyOf: (entry: T) => unknown): T[] {
  const seen = new Set<unknown>();
  return list.filter((entry) => {
    const key = keyOf(entry);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** One of the texts that are known; null if it is another. */
export function oneOf<T extends string>(known: readonly T[], value: unknown): T | null {
  return known.find((entry) => entry === value) ?? null;
}

/** The sentence of an answer that gives the reason for a failure; null if it has none. */
export function problemOf(data: unknown): string | null {
  const loose = record(data);
  // `/ready` says what is wrong under another name.
  return text(loose?.message) ?? text(loose?.problem);
}

/** Its code; "unknown" if it has none. */
export function codeOf(data: unknown): string {
  return text(record(data)?.error)?.slice(0, 40) ?? "unknown";
}

const MOST_PROBLEMS = 100;

/** What it says of single keys of the configuration; empty if nothing. */
export function keyProblemsOf(data: unknown): readonly KeyProblem[] {
  const problems = listOf(record(data)?.problems, MOST_PROBLEMS, (each) => {
    const [path, message] = [text(record(each)?.path), text(record(each)?.message)];
    return message === null ? null : { path, message };
  });
  return problems ?? [];
}
