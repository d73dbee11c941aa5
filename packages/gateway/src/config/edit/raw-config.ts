/** A configuration as it is written: every leaf is text. What comes as JSON is brought into this form. */
import { UsageError } from "@meterport/protocol/errors";

export type RawValue = string | readonly RawValue[] | RawMap;
export interface RawMap {
  readonly [name: string]: RawValue;
}

export const isRawMap = (value: RawValue | undefined): value is RawMap =>
  typeof value === "object" && !Array.isArray(value);

/** A change of a value: names that are null are removed, maps are merged, and everything else is replaced. */
export type RawChange = string | readonly RawValue[] | { readonly [name: string]: RawChange | null };

/** What stands in answers for a secret that is set. */
export const hiddenMark = "[secret]";

const deepest = 8;
const mostValues = 5_000;
const longestText = 4_096;

export const isKeyName = (name: string): boolean => /^[a-z][a-z0-9_]{0,39}$/.test(name);

/** @throws UsageError for text that no configuration holds */
const checkedText = (value: string): string => {
  const no = (why: string): never => {
    throw new UsageError("config", why);
  };
  if (value.length > longestText) no(`has ${value.length} characters; the limit is ${longestText}`);
  if (/[\p{Cc}\p{Surrogate}]/u.test(value)) no("holds a control character: write what can be shown in one line");
  if (value.includes(hiddenMark))
    no(`holds ${hiddenMark}, which stands for what is not shown: leave it out to keep it, or write it whole`);
  return value;
};

/**
 * A value of a request in the form of the file; null removes.
 *
 * @throws UsageError with a sentence that lacks the path
 * @example
 * rawChangeOf({ port: 8765, host: null }) // { port: "8765", host: null }
 */
export const rawChangeOf = (value: unknown): RawChange | null => {
  let count = 0;
  const read = (part: unknown, depth: number): RawChange | null => {
    if (++count > mostValues) throw new UsageError("config", `holds more than ${mostValues} values: send less at once`);
    if (depth > deepest) throw new UsageError("config", `is nested more than ${deepest} deep`);
    if (part === null) return null;
    if (typeof part === "string") return checkedText(part);
    if (typeof part === "boolean" || (typeof part === "number" && Number.isFinite(part))) return String(part);
    if (Array.isArray(part)) return part.map((each) => settled(read(each, depth + 1)));
    if (typeof part !== "object" || part === undefined) throw new UsageError("config", "is not a value");
    return Object.fromEntries(
      Object.entries(part).map(([name, each]) => {
        if (isKeyName(name)) return [name, read(each, depth + 1)];
        throw new UsageError("config", "holds a name that no key has: lower-case letters, digits and _ only");
      }),
    );
  };
  return read(value, 1);
};

/** An item of a list, in which there is nothing to remove. */
const settled = (change: RawChange | null): RawValue => {
  const value = merged(undefined, change, []);
  if (value === undefined) throw new UsageError("config", "has nothing in a list: leave it out");
  return value;
};

const own = (map: RawMap, name: string): RawValue | undefined => (Object.hasOwn(map, name) ? map[name] : undefined);

/** An output without a key is on; any other section without one says nothing. */
const meansSomething = (path: readonly string[]): boolean => path.length === 2 && path[0] === "outputs";

const isMapChange = (change: RawChange): change is { readonly [name: string]: RawChange | null } =>
  typeof change === "object" && !Array.isArray(change);

/** Undefined if nothing is left. */
const merged = (old: RawValue | undefined, change: RawChange | null, path: readonly string[]): RawValue | undefined => {
  if (change === null) return undefined;
  if (!isMapChange(change)) return change as RawValue;
  const before = isRawMap(old) ? old : {};
  const next = new Map(Object.entries(before));
  for (const [name, part] of Object.entries(change)) {
    const value = merged(own(before, name), part, [...path, name]);
    if (value === undefined) next.delete(name);
    else next.set(name, value);
  }
  const isSaid = isRawMap(old) || Object.keys(change).length === 0;
  return next.size > 0 || (isSaid && meansSomething(path)) ? Object.fromEntries(next) : undefined;
};

/**
 * The tree after a change. Sections that become empty go too.
 *
 * @example
 * withChange({ log: { level: "info" } }, { log: { level: null }, zone: "UTC" }) // { zone: "UTC" }
 */
export const withChange = (tree: RawMap, change: RawChange): RawMap => {
  const next = merged(tree, change, []);
  return isRawMap(next) ? next : {};
};

/** A change at a path, as one of the whole. */
export const changeAt = (path: readonly string[], change: RawChange | null): RawChange | null => {
  const [name, ...rest] = path;
  return name === undefined ? change : { [name]: changeAt(rest, change) };
};

/** The value at a path; undefined if there is none. */
export const valueAt = (tree: RawMap, path: readonly string[]): RawValue | undefined => {
  let value: RawValue | undefined = tree;
  for (const name of path) value = value !== undefined && isRawMap(value) ? own(value, name) : undefined;
  return value;
};
