/** Records: ordered fields with the offsets that the guide prints, which are checked and never used. */
import { type BitLayout, type Bits, bitsAlone, bitsType, pickBits, placeBits } from "./bits.ts";
import { type Dim, type Expr, toExpr } from "./expression.ts";
import {
  type AnyLayout,
  type FieldMeta,
  joinPath,
  type Layout,
  type Leaf,
  type Scope,
  type Simplify,
  type ValueOf,
  type Walk,
} from "./layout.ts";
import { type Int, word } from "./primitives.ts";
import { Reader } from "./reader.ts";
import { sizeWithValue } from "./size-with-value.ts";

export interface Field<T, E> {
  readonly layout: Layout<T, E>;
  // biome-ignore lint/suspicious/noExplicitAny: what the printed offset depends on is part of E already
  readonly at: Expr<any> | undefined;
  readonly doc: string;
  readonly meta: FieldMeta;
}

// Without NoInfer the `any` of Fields would flow into layouts that need nothing, such as `reserved(1)`, and from there
// into what the whole struct needs: forgetting a dimension would compile.
/** A field at the offset that the guide prints: a number, or the guide's formula as an expression. */
export const at = <T, E, A>(
  offset: Dim<A>,
  layout: Layout<T, E>,
  doc: string,
  meta: FieldMeta = {},
): Field<T, NoInfer<E & A>> => ({
  layout,
  at: toExpr(offset),
  doc,
  meta,
});
/**
 * A field that follows the one before it, at an offset that the guide does not print. It is not called `then` because
 * `await import()` takes a module that exports that name for a promise.
 */
export const next = <T, E>(layout: Layout<T, E>, doc: string, meta: FieldMeta = {}): Field<T, NoInfer<E>> => ({
  layout,
  at: undefined,
  doc,
  meta,
});

// biome-ignore lint/suspicious/noExplicitAny: see AnyLayout
export type Fields = Record<string, Field<any, any>>;
type FieldValue<F> = F extends { readonly layout: infer L } ? ValueOf<L> : never;
type OptionalKeys<F extends Fields> = { [K in keyof F]: undefined extends FieldValue<F[K]> ? K : never }[keyof F];
/** The value of a struct: fields that a condition or emptiness may take away are optional. */
export type StructOf<F extends Fields> = Simplify<
  { -readonly [K in Exclude<keyof F, OptionalKeys<F>>]: FieldValue<F[K]> } & {
    -readonly [K in OptionalKeys<F>]?: Exclude<FieldValue<F[K]>, undefined>;
  }
>;
/** A contravariant position turns the union of all fields' needs into their intersection. */
export type EnvOf<F> = {
  [K in keyof F]: F[K] extends Field<infer _T, infer E> ? (env: E) => void : never;
}[keyof F] extends (env: infer I) => void
  ? I
  : never;

interface Member {
  readonly name: string;
  readonly bits: Bits;
  readonly field: Field<unknown, unknown>;
}
type Slot =
  | { readonly name: string; readonly field: Field<unknown, unknown>; readonly word?: undefined }
  | { readonly word: Int; readonly at: Field<unknown, unknown>["at"]; readonly members: readonly Member[] };

const overlap = (a: Bits, b: Bits): boolean => a.low <= b.high && b.low <= a.high;

/** Gathers neighbouring bit fields of one offset into one little-endian word. */
const gather = (fields: Fields): readonly Slot[] => {
  const slots: Slot[] = [];
  let members: Member[] = [];
  const flush = (): void => {
    const first = members[0];
    if (first === undefined) return;
    const top = Math.max(...members.map(({ bits }) => bits.high));
    slots.push({ word: word(Math.floor(top / 8) + 1), at: first.field.at, members });
    members = [];
  };
  for (const [name, field] of Object.entries(fields)) {
    const { bits } = field.layout as Partial<BitLayout<unknown>>;
    if (bits === undefined) {
      flush();
      slots.push({ name, field });
      continue;
    }
    const first = members[0];
    if (first !== undefined) {
      if (first.field.at?.text !== field.at?.text) flush();
      else if (first.bits.condition?.text !== bits.condition?.text)
        throw new TypeError(`struct: the bits of "${name}" stand under another condition than their word`);
    }
    const clash = members.find((member) => overlap(member.bits, bits));
    if (clash !== undefined) throw new TypeError(`struct: the bits of "${name}" overlap those of "${clash.name}"`);
    members.push({ name, bits, field });
  }
  flush();
  return slots;
};

const fixedSizeOf = (slot: Slot): number | undefined =>
  slot.word === undefined
    ? slot.field.layout.fixedSize
    : slot.members[0]?.bits.condition === undefined
      ? slot.word.bytes
      : undefined;
const printedAt = (slot: Slot): Field<unknown, unknown>["at"] => (slot.word === undefined ? slot.field.at : slot.at);
const nameOf = (slot: Slot): string => (slot.word === undefined ? slot.name : (slot.members[0] as Member).name);

/** Refuses a declaration whose printed offsets cannot be, as far as sizes never vary. Returns the fixed total. */
const checkOffsets = (slots: readonly Slot[], base: number): number | undefined => {
  let offset: number | undefined = 0;
  for (const slot of slots) {
    const printed = printedAt(slot)?.fixed;
    if (offset !== undefined && printed !== undefined && printed !== offset + base)
      throw new TypeError(
        `struct: "${nameOf(slot)}" is declared at ${printed}, the fields before it end at ${offset + base}`,
      );
    const size = fixedSizeOf(slot);
    offset = offset === undefined || size === undefined ? undefined : offset + size;
  }
  return offset;
};

export interface StructOptions {
  /** What the printed offsets count from: some pages print absolute offsets of the first element of an array. */
  readonly from?: number;
}

export const struct = <const F extends Fields>(
  fields: F,
  options: StructOptions = {},
): Layout<StructOf<F>, EnvOf<F>> => {
  type Env = EnvOf<F>;
  const base = options.from ?? 0;
  const slots = gather(fields);
  const fixedSize = checkOffsets(slots, base);

  const wordPresent = (slot: Slot & { word: Int }, env: Env, scope: Scope): boolean =>
    (slot.members[0] as Member).bits.condition?.test(env, scope) ?? true;
  const sizeOf = (slot: Slot, env: Env, scope: Scope): number =>
    slot.word === undefined ? slot.field.layout.size(env, scope) : wordPresent(slot, env, scope) ? slot.word.bytes : 0;
  const withoutSelf = (scope: Scope): Scope => ({ index: scope.index, self: undefined });

  return {
    fixedSize,
    needs: Object.values(fields).flatMap((field) => field.layout.needs),
    indexed: Object.values(fields).some((field) => field.layout.indexed === true),
    size: (env, scope) => {
      if (fixedSize !== undefined) return fixedSize;
      const inner = withoutSelf(scope);
      return slots.reduce((sum, slot) => sum + sizeOf(slot, env, inner), 0);
    },
    describe: () => ({
      kind: "struct",
      fields: Object.entries(fields).map(([name, field]) => ({
        name,
        at: field.at?.text,
        doc: field.doc,
        meta: field.meta,
        reserved: field.layout.reserved === true,
        layout: field.layout.describe(),
      })),
    }),
    part: (key, env, scope, value) => {
      const self = typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
      const inner: Scope = { index: scope.index, self };
      let offset = 0;
      for (const slot of slots) {
        if (slot.word === undefined) {
          if (slot.name === key) {
            const layout = slot.field.layout as Layout<unknown, Env>;
            return isAbsent(layout, env, inner) ? undefined : { offset, layout, scope: inner };
          }
        } else {
          const member = slot.members.find(({ name }) => name === key);
          if (member !== undefined) {
            if (!wordPresent(slot, env, inner)) return undefined;
            const alone = bitsAlone(member.bits);
            return { offset: offset + alone.skipped, layout: alone.layout, scope: inner };
          }
        }
        offset += sizeOf(slot, env, inner);
      }
      return undefined;
    },
    walk: (walk, env, scope, start, path, value) => {
      const self = typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
      const inner: Scope = { index: scope.index, self };
      let offset = start;
      for (const slot of slots) {
        // Leaves past a field of unknown size have no known place.
        const size =
          slot.word === undefined
            ? sizeWithValue(slot.field.layout, env, inner, offset, self?.[slot.name])
            : sizeOf(slot, env, inner);
        if (size === undefined) return;
        if (size > 0) {
          const printed = printedAt(slot);
          const inPath = (name: string): string => joinPath(path, name);
          if (printed !== undefined)
            walk.printed?.(inPath(nameOf(slot)), printed.eval(env, inner), offset - start + base);
          if (slot.word !== undefined) {
            for (const { name, bits, field } of slot.members)
              walk.leaf({
                ...leafOf(field, bitsType(bits)),
                path: inPath(name),
                offset,
                size,
                bits: [bits.low, bits.high],
              });
          } else if (slot.field.layout.walk !== undefined)
            slot.field.layout.walk(named(walk, slot.field), env, inner, offset, inPath(slot.name), self?.[slot.name]);
          else
            walk.leaf({
              ...leafOf(slot.field, typeOf(slot.field.layout, size)),
              path: inPath(slot.name),
              offset,
              size,
            });
        }
        offset += size;
      }
    },
    decode: (reader, env, scope) => {
      const out: Record<string, unknown> = {};
      const inner: Scope = { index: scope.index, self: out };
      const { onSpan, path } = reader;
      for (const slot of slots) {
        const start = reader.pos;
        if (slot.word === undefined) {
          const { layout, meta } = slot.field;
          path.push(slot.name);
          const value = layout.decode(reader, env, inner);
          if (value !== undefined) out[slot.name] = value;
          if (onSpan !== undefined && layout.walk === undefined && reader.pos > start) {
            const shown = value ?? reader.bytes.slice(start, reader.pos);
            onSpan({
              path: path.join("."),
              start,
              end: reader.pos,
              value: shown,
              meta,
              reserved: layout.reserved === true,
            });
          }
          path.pop();
        } else if (wordPresent(slot, env, inner)) {
          path.push(nameOf(slot));
          const number = slot.word.decode(reader, env, inner);
          path.pop();
          for (const { name, bits, field } of slot.members) {
            const value = pickBits(bits, number);
            if (value !== undefined) out[name] = value;
            onSpan?.({
              path: [...path, name].join("."),
              start,
              end: reader.pos,
              value: value ?? 0,
              meta: field.meta,
              reserved: bits.form === "filler",
              bits: [bits.low, bits.high],
            });
          }
        }
      }
      return out as StructOf<F>;
    },
    encode: (writer, value, env, scope) => {
      if (typeof value !== "object" || value === null) throw writer.error("shape", "needs a record of fields");
      const values = value as Record<string, unknown>;
      const inner: Scope = { index: scope.index, self: values };
      for (const slot of slots) {
        if (slot.word === undefined) {
          writer.path.push(slot.name);
          slot.field.layout.encode(writer, values[slot.name], env, inner);
          writer.path.pop();
        } else if (wordPresent(slot, env, inner)) {
          let number = 0;
          for (const { name, bits } of slot.members) {
            writer.path.push(name);
            number += placeBits(bits, values[name], writer);
            writer.path.pop();
          }
          slot.word.encode(writer, number, env, inner);
        } else {
          for (const { name, bits } of slot.members) {
            if (values[name] === undefined) continue;
            writer.path.push(name);
            throw writer.error("shape", `does not exist here: only with ${bits.condition?.text}`);
          }
        }
      }
    },
  };
};

/** Of what takes no bytes: a field under a condition that does not hold is not there, an empty list is. */
const isAbsent = <E>(layout: Layout<unknown, E>, env: E, scope: Scope): boolean =>
  layout.size(env, scope) === 0 && layout.decode(new Reader(new Uint8Array()), env, scope) === undefined;

/** The guide's type name, with the length that a formula in it comes to: "ARRAY[57] of UINT8". */
const typeOf = (layout: AnyLayout, size: number): string => {
  let description = layout.describe();
  while (description.kind === "when") description = description.inner;
  if (description.kind === "bytes") return description.type.replace(`[${description.length}]`, `[${size}]`);
  return "type" in description ? description.type : description.kind;
};

/** A walk in which elements of a plain array, which have no words of their own, get those of their field. */
const named = (walk: Walk, { doc, meta }: Field<unknown, unknown>): Walk => ({
  ...walk,
  leaf: (leaf) => walk.leaf(leaf.doc === "" ? { ...leaf, doc, meta } : leaf),
});

const leafOf = (field: Field<unknown, unknown>, type: string): Omit<Leaf, "path" | "offset" | "size"> => ({
  type,
  doc: field.doc,
  meta: field.meta,
  reserved: field.layout.reserved === true,
});
