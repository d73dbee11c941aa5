/** What stands behind each other in a struct: a field, or a word whose bits are several fields. Both do the same five things. */
import type { LayoutError } from "../errors.ts";
import { type BitLayout, type Bits, bitsAlone, bitsType, pickBits, placeBits } from "./bits.ts";
import type { Field, Fields } from "./field.ts";
import { type AnyLayout, joinPath, type Layout, type Leaf, type Part, type Scope, type Walk } from "./layout.ts";
import { type Int, word } from "./primitives.ts";
import { Reader } from "./reader.ts";
import { sizeWithValue } from "./size-with-value.ts";
import type { Writer } from "./writer.ts";

type Env = unknown;
type Values = Readonly<Record<string, unknown>>;

/** One place in a struct. `scope` is that of the struct's own fields, with their values so far as `self`. */
export interface Slot {
  /** Of its first field. */
  readonly name: string;
  /** The offset that the guide prints. */
  readonly at: Field<unknown, unknown>["at"];
  readonly fixedSize: number | undefined;
  readonly size: (env: Env, scope: Scope) => number;
  /** Its size where only values tell it; undefined where they are not known. */
  readonly sizeWith: (env: Env, scope: Scope, offset: number, values: Values | undefined) => number | undefined;
  /** The field of that name, its offset counted from the slot; "absent" where a condition takes it away, undefined where it is another slot's. */
  readonly part: (key: string | number, env: Env, scope: Scope) => Part<Env> | "absent" | undefined;
  readonly walk: (walk: Walk, env: Env, scope: Scope, place: Place, values: Values | undefined) => void;
  readonly decode: (reader: Reader, env: Env, scope: Scope, out: Record<string, unknown>) => void;
  readonly encode: (writer: Writer, env: Env, scope: Scope, values: Values) => void;
}

/** Where a slot lies: the path of its struct, its offset and its size. */
interface Place {
  readonly path: string;
  readonly offset: number;
  readonly size: number;
}

interface Member {
  readonly name: string;
  readonly bits: Bits;
  readonly field: Field<unknown, unknown>;
}

const fieldSlot = (name: string, field: Field<unknown, unknown>): Slot => {
  const { at, meta } = field;
  const layout = field.layout as Layout<unknown, Env>;
  return {
    name,
    at,
    fixedSize: layout.fixedSize,
    size: layout.size,
    sizeWith: (env, scope, offset, values) => sizeWithValue(layout, env, scope, offset, values?.[name]),
    part: (key, env, scope) => {
      if (key !== name) return undefined;
      return isAbsent(layout, env, scope) ? "absent" : { offset: 0, layout, scope };
    },
    walk: (walk, env, scope, { path, offset, size }, values) => {
      const inner = joinPath(path, name);
      if (layout.walk !== undefined) layout.walk(named(walk, field), env, scope, offset, inner, values?.[name]);
      else walk.leaf({ ...leafOf(field, typeOf(layout, size)), path: inner, offset, size });
    },
    decode: (reader, env, scope, out) => {
      const { onSpan, path, pos: start } = reader;
      path.push(name);
      const value = layout.decode(reader, env, scope);
      if (value !== undefined) out[name] = value;
      if (onSpan !== undefined && layout.walk === undefined && reader.pos > start) {
        const shown = value ?? reader.bytes.slice(start, reader.pos);
        const reserved = layout.reserved === true;
        onSpan({ path: path.join("."), start, end: reader.pos, value: shown, meta, reserved });
      }
      path.pop();
    },
    encode: (writer, env, scope, values) => {
      writer.path.push(name);
      layout.encode(writer, values[name], env, scope);
      writer.path.pop();
    },
  };
};

const wordSlot = (int: Int, members: readonly [Member, ...Member[]]): Slot => {
  const [{ name: first, bits: firstBits, field }] = members;
  const { condition } = firstBits;
  const isPresent = (env: Env, scope: Scope): boolean => condition?.test(env, scope) ?? true;
  const size = (env: Env, scope: Scope): number => (isPresent(env, scope) ? int.bytes : 0);
  return {
    name: first,
    at: field.at,
    fixedSize: condition === undefined ? int.bytes : undefined,
    size,
    sizeWith: size,
    part: (key, env, scope) => {
      const member = members.find(({ name }) => name === key);
      if (member === undefined) return undefined;
      if (!isPresent(env, scope)) return "absent";
      const alone = bitsAlone(member.bits);
      return { offset: alone.skipped, layout: alone.layout, scope };
    },
    walk: (walk, _env, _scope, place) => {
      for (const { name, bits, field } of members)
        walk.leaf({
          ...leafOf(field, bitsType(bits)),
          path: joinPath(place.path, name),
          offset: place.offset,
          size: place.size,
          bits: [bits.low, bits.high],
        });
    },
    decode: (reader, env, scope, out) => {
      if (!isPresent(env, scope)) return;
      const { onSpan, path, pos: start } = reader;
      path.push(first);
      const number = int.decode(reader, env, scope);
      path.pop();
      for (const { name, bits, field } of members) {
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
    },
    encode: (writer, env, scope, values) => {
      if (!isPresent(env, scope)) {
        const odd = members.find(({ name }) => values[name] !== undefined);
        if (odd !== undefined) throw absentError(writer, odd);
        return;
      }
      let number = 0;
      for (const { name, bits } of members) {
        writer.path.push(name);
        number += placeBits(bits, values[name], writer);
        writer.path.pop();
      }
      int.encode(writer, number, env, scope);
    },
  };
};

const absentError = (writer: Writer, { name, bits }: Member): LayoutError => {
  writer.path.push(name);
  return writer.error("shape", `does not exist here: only with ${bits.condition?.text}`);
};

const overlap = (a: Bits, b: Bits): boolean => a.low <= b.high && b.low <= a.high;

/** Gathers neighbouring bit fields of one offset into one little-endian word. */
export const gather = (fields: Fields): readonly Slot[] => {
  const slots: Slot[] = [];
  let members: Member[] = [];
  const flush = (): void => {
    const [first, ...others] = members;
    if (first === undefined) return;
    const top = Math.max(...members.map(({ bits }) => bits.high));
    slots.push(wordSlot(word(Math.floor(top / 8) + 1), [first, ...others]));
    members = [];
  };
  for (const [name, field] of Object.entries(fields)) {
    const { bits } = field.layout as Partial<BitLayout<unknown>>;
    if (bits === undefined) {
      flush();
      slots.push(fieldSlot(name, field));
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
