/** Where a part of a table lies, for partial reads and writes, and every leaf with its place. */
import { LayoutError } from "../errors.ts";
import { type Layout, type Leaf, outermost, type Scope, type WalkOptions } from "./layout.ts";
import { Reader } from "./reader.ts";
import { partOf } from "./size-with-value.ts";
import { Writer } from "./writer.ts";

/** A typed path into a value: `["devices", 4, "mbusChange"]`. */
export type Path<T> = T extends readonly (infer U)[]
  ? readonly [number] | readonly [number, ...PathTail<U>]
  : T extends Uint8Array
    ? never
    : T extends object
      ? { [K in keyof T & string]-?: readonly [K] | readonly [K, ...PathTail<Exclude<T[K], undefined>>] }[keyof T &
          string]
      : never;
type PathTail<T> = [Path<T>] extends [never] ? never : Path<T>;
/** The type at the end of a path. */
export type At<T, P> = P extends readonly [infer K, ...infer Rest]
  ? T extends readonly (infer U)[]
    ? At<U, Rest>
    : K extends keyof T
      ? At<Exclude<T[K], undefined>, Rest>
      : never
  : T;

export interface Place<T = unknown> {
  /** Bytes from the start of the table. */
  readonly offset: number;
  readonly length: number;
  /** The value of exactly those bytes. @throws LayoutError */
  readonly decode: (data: Uint8Array) => T;
  /** The bytes of a value. @throws LayoutError; a bit has no bytes of its own */
  readonly encode: (value: T) => Uint8Array;
  /** Where the values in it begin, bytes from the start of the table, ascending. @throws LayoutError shape, as `leaves` */
  readonly starts: () => readonly number[];
}

/**
 * The place of the part at `path`; the whole table for an empty path.
 *
 * @throws LayoutError shape, if there is no such part under this profile and these dimensions
 */
export const locate = <T, E, const P extends Path<T>>(layout: Layout<T, E>, path: P, env: E): Place<At<T, P>> =>
  place(layout as Layout<unknown, E>, path as readonly (string | number)[], env) as Place<At<T, P>>;

/**
 * `locate` for a path that is only known at run time. Where the layout follows the contents, `value` may tell what it
 * depends on, also if it holds only some of the fields.
 *
 * @throws LayoutError shape; it names a field as `missing` if that field's value is what it takes
 */
export const place = <E>(
  layout: Layout<unknown, E>,
  path: readonly (string | number)[],
  env: E,
  value?: unknown,
): Place => {
  let offset = 0;
  let part: Layout<unknown, E> = layout;
  let scope: Scope = outermost;
  let known = value;
  path.forEach((key, depth) => {
    const next = part.part?.(key, env, scope, known);
    if (next === undefined) {
      const parent = path.slice(0, depth).join(".");
      throw new LayoutError(
        "shape",
        { path: path.join("."), offset },
        part.part === undefined ? `${parent} has no parts` : `there is no "${key}" here`,
      );
    }
    offset += next.offset;
    part = next.layout;
    scope = next.scope;
    known = partOf(known, key);
  });
  const length = part.size(env, scope);
  /** Kept for the next value, since live readings decode the same places again and again. */
  let idle: Reader | undefined;
  return {
    offset,
    length,
    decode: (data) => {
      const reader = idle?.again(data) ?? readerAt(path, data, offset);
      // One that fails stands somewhere inside, and a reader is never used twice at a time.
      idle = undefined;
      const value = part.decode(reader, env, scope);
      if (reader.pos !== data.length) throw reader.error("trailing", `${data.length - reader.pos} bytes too many`);
      idle = reader;
      return value;
    },
    encode: (value) => {
      const writer = new Writer(offset);
      writer.path.push(...path);
      part.encode(writer, value, env, scope);
      return writer.finish();
    },
    starts: () => {
      const offsets: number[] = [];
      const count = countLeaves();
      const leaf = (leaf: Leaf): void => {
        count();
        offsets.push(leaf.offset);
      };
      part.walk?.({ options: { elements: "all" }, leaf }, env, scope, offset, path.join("."), known);
      return offsets;
    },
  };
};

const readerAt = (path: readonly (string | number)[], data: Uint8Array, offset: number): Reader => {
  const reader = new Reader(data, undefined, offset);
  reader.path.push(...path);
  return reader;
};

/** More than any documented table has; a device may report any dimensions. */
const mostLeaves = 2 ** 18;
const countLeaves = (): (() => void) => {
  let count = 0;
  return () => {
    if (++count > mostLeaves)
      throw new LayoutError("shape", { path: "", offset: 0 }, `the dimensions give more than ${mostLeaves} fields`);
  };
};

/**
 * Every leaf with its absolute place, in order; of each array all elements or only the first. Where the layout follows
 * the contents, `value` tells where they lie; without it, leaves whose place is not known are left out.
 *
 * @throws LayoutError shape, for more than 262,144 leaves
 */
export const leaves = <T, E>(
  layout: Layout<T, E>,
  env: E,
  elements: WalkOptions["elements"] = "all",
  value?: T,
): Leaf[] => {
  const found: Leaf[] = [];
  const count = countLeaves();
  const leaf = (leaf: Leaf): void => {
    count();
    found.push(leaf);
  };
  layout.walk?.({ options: { elements }, leaf }, env, outermost, 0, "", value);
  return found;
};

/**
 * Fields whose printed offset is not where the sizes put them; an empty list is what every table must give.
 *
 * @throws LayoutError shape, for more than 262,144 leaves
 */
export const misplaced = <T, E>(layout: Layout<T, E>, env: E): string[] => {
  const wrong: string[] = [];
  layout.walk?.(
    {
      options: { elements: "all" },
      leaf: countLeaves(),
      printed: (path, printed, actual) => {
        if (printed !== actual) wrong.push(`${path} is printed at ${printed}, the fields before it end at ${actual}`);
      },
    },
    env,
    outermost,
    0,
    "",
  );
  return wrong;
};
