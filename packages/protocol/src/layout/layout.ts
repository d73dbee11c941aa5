/**
 * What every layout answers. One declaration is read many ways: values from bytes, bytes from values, size, the place
 * of a part, every leaf with its offset, documentation. No code outside asks a layout for its kind; each kind answers.
 */
import type { CondTree, ExprTree } from "./expression-tree.ts";
import type { FieldMeta } from "./field-meta.ts";
import type { Reader } from "./reader.ts";
import type { Writer } from "./writer.ts";

export type { FieldMeta, ValueControl } from "./field-meta.ts";

/** What a layout may know beside other tables: which entry of an array it is in, and the fields decoded before it. */
export interface Scope {
  readonly index: number;
  /** Fields of the innermost record that are known already; `undefined` where no value is at hand. */
  readonly self: Readonly<Record<string, unknown>> | undefined;
}
export const outermost: Scope = { index: 0, self: undefined };

export type Description =
  | { readonly kind: "int"; readonly bytes: number; readonly signed: boolean; readonly type: string }
  | {
      readonly kind: "bytes";
      readonly length: string;
      readonly type: string;
      /** `undefined` for all that is left. */
      readonly size: ExprTree | undefined;
      /** Of a text. */
      readonly padding: "nul" | "space" | undefined;
    }
  | { readonly kind: "record"; readonly bytes: number; readonly type: string }
  | { readonly kind: "bits"; readonly low: number; readonly high: number; readonly type: string }
  | {
      readonly kind: "array";
      readonly count: string;
      readonly stride?: string;
      readonly element: Description;
      readonly extent: Extent;
      readonly step?: ExprTree;
    }
  | {
      readonly kind: "struct";
      readonly fields: readonly FieldDescription[];
      /** True where the fields are forms of the same bytes, each under a condition, of which the first that holds is there. */
      readonly exclusive?: true;
    }
  | { readonly kind: "when"; readonly condition: string; readonly tree: CondTree; readonly inner: Description };

/** Where a list ends: after a number of elements, at a byte of the table, or after a number of bytes. */
export type Extent = readonly [until: "count" | "byte" | "length", ExprTree];

export interface FieldDescription {
  readonly name: string;
  /** The printed offset, as a number or as the guide's formula; `undefined` where none is printed. */
  readonly at: string | undefined;
  readonly doc: string;
  readonly meta: FieldMeta;
  readonly reserved: boolean;
  readonly layout: Description;
}

/** A field without parts, at its absolute place. */
export interface Leaf {
  readonly path: string;
  readonly offset: number;
  readonly size: number;
  /** The guide's type name: "UINT16", "BOOL(3)", "ARRAY[30] of CHAR", "LTIME_DATE". */
  readonly type: string;
  /** Lowest and highest bit, counted from the lowest bit of the little-endian word that starts at `offset`. */
  readonly bits?: readonly [low: number, high: number];
  readonly doc: string;
  readonly meta: FieldMeta;
  readonly reserved: boolean;
}

/** How far `leaves` goes: every element of an array, or only the first; where elements differ by index, the first of each kind. */
export interface WalkOptions {
  readonly elements: "all" | "first";
}

export interface Walk {
  readonly options: WalkOptions;
  readonly leaf: (leaf: Leaf) => void;
  /** Called with each printed offset beside the one that the sizes give. */
  readonly printed?: (path: string, printed: number, actual: number) => void;
}

/** Where a part lies relative to its parent, and how it is read from exactly those bytes. */
export interface Part<E> {
  readonly offset: number;
  readonly layout: Layout<unknown, E>;
  readonly scope: Scope;
}

/** `T` is the decoded value; `E` is what must be known from elsewhere (profile, other tables) to read or write it. */
export interface Layout<T, E = unknown> {
  /** @throws LayoutError */
  readonly decode: (reader: Reader, env: E, scope: Scope) => T;
  /** @throws LayoutError */
  readonly encode: (writer: Writer, value: T, env: E, scope: Scope) => void;
  /** Bytes occupied. @throws LayoutError if the size depends on a value that is not at hand. */
  readonly size: (env: E, scope: Scope) => number;
  /** The size where it never varies: lets offsets be checked when a struct is declared. */
  readonly fixedSize: number | undefined;
  /** Ids of the tables that the layout depends on. */
  readonly needs: readonly string[];
  readonly describe: () => Description;
  /**
   * Containers visit their leaves; a layout without parts has no walk. Where `value` is at hand, it decides what else
   * cannot be known: which form is taken, how many entries there are, where the next field lies.
   */
  readonly walk?: (walk: Walk, env: E, scope: Scope, offset: number, path: string, value?: unknown) => void;
  /** Containers know their parts. Where `value` is at hand, whole or only some fields of it, it tells what else is open. */
  readonly part?: (key: string | number, env: E, scope: Scope, value?: unknown) => Part<E> | undefined;
  /** True for bytes that mean nothing to us and must survive a round trip. */
  readonly reserved?: boolean;
  /** True where the size depends on which entry of an array it is: only then is each entry asked for its size. */
  readonly indexed?: boolean;
}

// biome-ignore lint/suspicious/noExplicitAny: a layout is contravariant in E, so only `any` stands for "whatever it needs"
export type AnyLayout<T = unknown> = Layout<T, any>;
export type ValueOf<L> = L extends AnyLayout<infer T> ? T : never;
export type Simplify<T> = { [K in keyof T]: T[K] } & {};
export const joinPath = (path: string, key: string | number): string => (path === "" ? String(key) : `${path}.${key}`);
