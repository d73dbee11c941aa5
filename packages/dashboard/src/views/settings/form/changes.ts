/** What someone has changed and not saved yet. */
import type { KeyProblem } from "@meterport/gateway/http/api";
import { type Complaint, checkValue } from "./check-value.ts";
import type { Written, WrittenValue } from "./config-answers.ts";
import type { Field } from "./schema-form.ts";

/** A new value; null removes the key, and an empty map adds a section without keys. */
export type Entry = string | readonly string[] | Readonly<Record<string, never>> | null;
export type Entries = ReadonlyMap<string, Entry>;

/** A change of one key, for the reader. */
export interface Difference {
  readonly path: string;
  readonly before: WrittenValue;
  readonly after: Entry;
  /** Null for a whole section. */
  readonly field: Field | null;
}

export function isSection(entry: Entry): entry is Readonly<Record<string, never>> {
  return typeof entry === "object" && entry !== null && !Array.isArray(entry);
}

/** On and off as the form shows them; the file has more words for them. */
export function normalized(value: WrittenValue, field: Field): WrittenValue {
  if (field.kind !== "on-off" || typeof value !== "string") return value;
  if (["on", "true", "yes"].includes(value)) return "on";
  return ["off", "false", "no"].includes(value) ? "off" : value;
}

function same(a: WrittenValue | Entry, b: WrittenValue | Entry): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** The entries with one more; one that says what is written is none. */
export function withEntry(entries: Entries, path: string, entry: Entry, before: WrittenValue): Entries {
  const next = new Map(entries);
  if (same(entry, before)) next.delete(path);
  else next.set(path, entry);
  return next;
}

/** The entries without those at a path and below it. */
export function withoutEntries(entries: Entries, path: string): Entries {
  return new Map([...entries].filter(([each]) => each !== path && !each.startsWith(`${path}.`)));
}

/** In the order of the form; sections first. */
export function differencesOf(entries: Entries, fields: readonly Field[], written: Written): readonly Difference[] {
  const known = new Set(fields.map(({ path }) => path));
  const sections = [...entries].filter(([path]) => !known.has(path));
  return [
    ...sections.map(([path, after]) => ({ path, before: written.values.get(path) ?? null, after, field: null })),
    ...fields.flatMap((field) => {
      const after = entries.get(field.path);
      if (after === undefined) return [];
      return [{ path: field.path, before: normalized(written.values.get(field.path) ?? null, field), after, field }];
    }),
  ];
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf(".")));
}

/** The value that a key will have. */
function coming(path: string, entries: Entries, written: Written): WrittenValue | Entry {
  const entry = entries.get(path);
  return entry === undefined ? (written.values.get(path) ?? null) : entry;
}

/** Whether the section of a key is there: a key can only be missing in one that is. */
function isSaid(section: string, fields: readonly Field[], entries: Entries, written: Written): boolean {
  if (section === "") return true;
  const own = entries.get(section);
  if (own !== undefined) return own !== null;
  return fields.some(({ path }) => path.startsWith(`${section}.`) && coming(path, entries, written) !== null);
}

/** What is wrong with what was entered, by path. */
export function complaintsOf(
  entries: Entries,
  fields: readonly Field[],
  written: Written,
): ReadonlyMap<string, Complaint> {
  const complaints = new Map<string, Complaint>();
  for (const field of fields) {
    const { path } = field;
    const entry = entries.get(path);
    if (entry !== undefined && entry !== null && !isSection(entry)) {
      const complaint = checkValue(entry, field);
      if (complaint !== null) complaints.set(path, complaint);
    }
    const section = parentOf(path);
    const isTouched = [...entries.keys()].some((each) => each === section || parentOf(each) === section);
    if (!field.required || !isTouched || entries.get(section) === null) continue;
    if (coming(path, entries, written) === null && isSaid(section, fields, entries, written))
      complaints.set(path, { wrong: "missing" });
  }
  return complaints;
}

/** The body of `PATCH /api/v1/configuration`. */
export function configurationChanges(differences: readonly Difference[]): {
  readonly changes: readonly { readonly path: string; readonly value: Entry }[];
} {
  return { changes: differences.map(({ path, after }) => ({ path, value: after })) };
}

type Tree = { [name: string]: Tree | Entry };

/**
 * The body of `PATCH /api/v1/points/{id}`.
 *
 * @example pointChanges([{ path: "rates.live", after: "2s", … }]) // { rates: { live: "2s" } }
 */
export function pointChanges(differences: readonly Difference[]): Readonly<Record<string, unknown>> {
  const body: Tree = Object.create(null) as Tree;
  for (const { path, after } of differences) {
    const names = path.split(".");
    const last = names.pop() ?? path;
    let inner = body;
    for (const name of names) {
      const part = (inner[name] ?? (Object.create(null) as Tree)) as Tree;
      inner[name] = part;
      inner = part;
    }
    inner[last] = after;
  }
  return body;
}

/** The gateway's complaints: those of a field of the form, and the others. */
export function sortedProblems(
  problems: readonly KeyProblem[],
  fields: readonly Field[],
): { readonly byPath: ReadonlyMap<string, string>; readonly general: readonly string[] } {
  const byPath = new Map<string, string>();
  const general: string[] = [];
  for (const { path, message } of problems) {
    // An entry of a list is told with its place: allow[0].
    const field = fields.find((each) => path === each.path || path?.replace(/\[.*$/, "") === each.path);
    if (field === undefined || byPath.has(field.path)) general.push(message);
    else byPath.set(field.path, message);
  }
  return { byPath, general };
}

/** Keys that somebody else has changed since, of those that are changed here. */
export function collisionsOf(entries: Entries, before: Written, now: Written): readonly string[] {
  return [...entries.keys()].filter((path) => !same(before.values.get(path) ?? null, now.values.get(path) ?? null));
}

/** The entries that still change something: somebody else may have written the same. */
export function remaining(entries: Entries, fields: readonly Field[], written: Written): Entries {
  const now = (path: string): WrittenValue => {
    const value = written.values.get(path) ?? null;
    const field = fields.find((each) => each.path === path);
    return field === undefined ? value : normalized(value, field);
  };
  // A whole section has no value of its own.
  const isKey = (path: string): boolean => fields.some((field) => field.path === path);
  return new Map([...entries].filter(([path, entry]) => !isKey(path) || !same(entry, now(path))));
}
