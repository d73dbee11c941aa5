/** A table: a struct with a number, a title, access and the firmware that has it; and dimensions that it publishes. */
import { LayoutError } from "../errors.ts";
import { type Cond, type Expr, untied } from "./expression.ts";
import { type AnyLayout, type Layout, outermost } from "./layout.ts";
import { type Gate, isAmong, type Profile, type Releases, reaches } from "./profile.ts";
import { Reader, type Span } from "./reader.ts";
import { type EnvOf, type Fields, type StructOf, struct } from "./struct.ts";
import { Writer } from "./writer.ts";

/** The least key that reading, writing or calling takes; `never` where no key gives access. */
export type KeyLevel = "none" | "basic" | "advanced" | "never";

export interface TableInfo<Id extends string = string> {
  readonly id: Id;
  /** Number on the wire: BTn is n, ETn is 2048 + n. */
  readonly number: number;
  readonly title: string;
  readonly access: { readonly read: KeyLevel; readonly write: KeyLevel };
  /** Devices and firmware that have the table; everything where absent. */
  readonly since: Gate | undefined;
  /** Firmware past that gate which does not have it all the same. */
  readonly missingOn?: Releases;
  /** Firmware on which no key may write it, whatever `access` says. */
  readonly readOnlyOn?: Releases;
  /** Firmware whose full read leaves out the end of the table, which only reads by offset give. */
  readonly cutOn?: Releases;
}
export interface Table<Id extends string, T, E> extends Layout<T, E>, TableInfo<Id> {}
// biome-ignore lint/suspicious/noExplicitAny: see AnyLayout
export type AnyTable = Table<string, any, any>;
export type TableValue<X> = X extends { readonly id: string } & AnyLayout<infer T> ? T : never;

export interface TableOptions {
  readonly since?: Gate;
  readonly missingOn?: Releases;
  readonly readOnlyOn?: Releases;
  readonly cutOn?: Releases;
}

/**
 * Declares a table as its page of the guide shows it.
 *
 * @throws TypeError if printed offsets contradict sizes, or bits overlap
 */
export const table = <const Id extends string, const F extends Fields>(
  id: Id,
  number: number,
  title: string,
  access: TableInfo["access"],
  fields: F,
  options: TableOptions = {},
): Table<Id, StructOf<F>, EnvOf<F>> => ({
  ...struct(fields),
  ...options,
  id,
  number,
  title,
  access,
  since: options.since,
});

/** Whether a device of that profile has the table. */
export const tableExists = ({ since, missingOn }: TableInfo, profile: Profile): boolean =>
  (since === undefined || reaches(profile, since)) && (missingOn === undefined || !isAmong(profile, missingOn));

/** The least key that writing the table takes on a device of that profile. */
export const writeLevel = ({ access, readOnlyOn }: TableInfo, profile: Profile): KeyLevel =>
  readOnlyOn !== undefined && isAmong(profile, readOnlyOn) ? "never" : access.write;

type NumericKeys<T> = { [K in keyof T]-?: T[K] extends number ? K : never }[keyof T] & string;
type OptionalNumericKeys<T> = {
  [K in keyof T]-?: undefined extends T[K] ? (Exclude<T[K], undefined> extends number ? K : never) : never;
}[keyof T] &
  string;
type BooleanKeys<T> = { [K in keyof T]-?: T[K] extends boolean ? K : never }[keyof T] & string;
/** What a layout needs of another table: `{ ET11: ET11 }`. */
export type Needs<Id extends string, T> = { readonly [P in Id]: T };

/** What dimensions were taken from so far. The first of a name stays. */
const publishers = new Map<string, AnyTable>();

/**
 * The table of that name, if a declaration that is loaded takes a dimension or a condition from it. So a program that reads
 * few tables brings along those that they hang on, and no others.
 */
export const publisherOf = (id: string): AnyTable | undefined => publishers.get(id);

/** Remembers a table as one that others depend on, and gives its name. */
export const publishing = (of: AnyTable): string => {
  if (!publishers.has(of.id)) publishers.set(of.id, of);
  return of.id;
};

const published = (env: unknown, id: string, key: string): unknown => {
  const values = (env as Record<string, Record<string, unknown> | undefined>)[id];
  if (values === undefined)
    throw new LayoutError("shape", { path: `${id}.${key}`, offset: 0 }, `${id} must be known first`);
  return values[key];
};

/** Values of other tables may come from a file or a cache: anything but a number must not become a size. */
const count = (value: unknown, id: string, key: string): number => {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new LayoutError("shape", { path: `${id}.${key}`, offset: 0 }, "no whole number is known for it");
};

const publishedCount = (id: string, key: string, absent: number | undefined): Expr => ({
  eval: (env) => count(published(env, id, key) ?? absent, id, key),
  text: `${id}.${key}${absent === undefined ? "" : ` (${absent} where absent)`}`,
  tree: ["dim", id, key, absent],
  ...untied,
  needs: [id],
  fixed: undefined,
});
/** A dimension that another table publishes: `dim(ET11, "deviceCount")`. */
export const dim = <Id extends string, T, E, K extends NumericKeys<T>>(
  of: Table<Id, T, E>,
  key: K,
): Expr<Needs<Id, T>> => publishedCount(publishing(of), key, undefined);
/** A dimension that older firmware does not publish, and what it then is. */
export const dimOr = <Id extends string, T, E, K extends OptionalNumericKeys<T>>(
  of: Table<Id, T, E>,
  key: K,
  absent: number,
): Expr<Needs<Id, T>> => publishedCount(publishing(of), key, absent);
/** A condition that another table states: `flag(BT21, "demandResetCounter")`. */
export const flag = <Id extends string, T, E, K extends BooleanKeys<T>>(
  of: Table<Id, T, E>,
  key: K,
): Cond<Needs<Id, T>> => ({
  test: (env) => published(env, of.id, key) === true,
  text: `${of.id}.${key}`,
  tree: ["flag", of.id, key],
  ...untied,
  needs: [publishing(of)],
});

export interface DecodeOptions {
  readonly onSpan?: (span: Span) => void;
  /** `refuse` (default) throws where bytes are left over; `keep` leaves them to the caller: newer firmware appends fields. */
  readonly trailing?: "refuse" | "keep";
}

/**
 * The value of bytes under a layout.
 *
 * @throws LayoutError truncated, trailing, shape
 */
export const decode = <T, E>(layout: Layout<T, E>, data: Uint8Array, env: E, options: DecodeOptions = {}): T => {
  const reader = new Reader(data, options.onSpan);
  const value = layout.decode(reader, env, outermost);
  if (reader.pos < data.length && options.trailing !== "keep")
    throw reader.error("trailing", `${data.length - reader.pos} bytes beyond the declared layout`);
  return value;
};

/**
 * The bytes of a value under a layout.
 *
 * @throws LayoutError range, shape
 */
export const encode = <T, E>(layout: Layout<T, E>, value: T, env: E): Uint8Array => {
  const writer = new Writer();
  layout.encode(writer, value, env, outermost);
  return writer.finish();
};

/**
 * Bytes that a layout occupies.
 *
 * @throws LayoutError shape, if the size depends on a value, or is none under these dimensions
 */
export const sizeOf = <T, E>(layout: Layout<T, E>, env: E): number => {
  const size = layout.size(env, outermost);
  if (Number.isSafeInteger(size) && size >= 0) return size;
  throw new LayoutError("shape", { path: "", offset: 0 }, `the dimensions give ${size} bytes`);
};
