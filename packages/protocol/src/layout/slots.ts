/** The members of a struct, in order: a field, or a word whose bits are several fields. Both do the same five things. */
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

/** A field of its own. A class, because a declaration has thousands of slots: their methods are there once. */
class FieldSlot implements Slot {
  readonly name: string;
  readonly #field: Field<unknown, Env>;

  constructor(name: string, field: Field<unknown, Env>) {
    this.name = name;
    this.#field = field;
  }

  get at(): Slot["at"] {
    return this.#field.at;
  }

  get fixedSize(): number | undefined {
    return this.#field.layout.fixedSize;
  }

  size(env: Env, scope: Scope): number {
    return this.#field.layout.size(env, scope);
  }

  sizeWith(env: Env, scope: Scope, offset: number, values: Values | undefined): number | undefined {
    return sizeWithValue(this.#field.layout, env, scope, offset, values?.[this.name]);
  }

  part(key: string | number, env: Env, scope: Scope): Part<Env> | "absent" | undefined {
    const { layout } = this.#field;
    if (key !== this.name) return undefined;
    return isAbsent(layout, env, scope) ? "absent" : { offset: 0, layout, scope };
  }

  walk(walk: Walk, env: Env, scope: Scope, { path, offset, size }: Place, values: Values | undefined): void {
    const field = this.#field;
    const { layout } = field;
    const inner = joinPath(path, this.name);
    if (layout.walk !== undefined) layout.walk(named(walk, field), env, scope, offset, inner, values?.[this.name]);
    else walk.leaf({ ...leafOf(field, typeOf(layout, size)), path: inner, offset, size });
  }

  decode(reader: Reader, env: Env, scope: Scope, out: Record<string, unknown>): void {
    const { name } = this;
    const { layout, meta } = this.#field;
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
  }

  encode(writer: Writer, env: Env, scope: Scope, values: Values): void {
    writer.path.push(this.name);
    this.#field.layout.encode(writer, values[this.name], env, scope);
    writer.path.pop();
  }
}

/** Neighbouring bit fields in one little-endian word, all under the same condition. */
class WordSlot implements Slot {
  readonly #int: Int;
  readonly #members: readonly [Member, ...Member[]];

  constructor(int: Int, members: readonly [Member, ...Member[]]) {
    this.#int = int;
    this.#members = members;
  }

  get name(): string {
    return this.#members[0].name;
  }

  get at(): Slot["at"] {
    return this.#members[0].field.at;
  }

  get fixedSize(): number | undefined {
    return this.#members[0].bits.condition === undefined ? this.#int.bytes : undefined;
  }

  #isPresent(env: Env, scope: Scope): boolean {
    return this.#members[0].bits.condition?.test(env, scope) ?? true;
  }

  size(env: Env, scope: Scope): number {
    return this.#isPresent(env, scope) ? this.#int.bytes : 0;
  }

  sizeWith(env: Env, scope: Scope): number {
    return this.size(env, scope);
  }

  part(key: string | number, env: Env, scope: Scope): Part<Env> | "absent" | undefined {
    const member = this.#members.find(({ name }) => name === key);
    if (member === undefined) return undefined;
    if (!this.#isPresent(env, scope)) return "absent";
    const alone = bitsAlone(member.bits);
    return { offset: alone.skipped, layout: alone.layout, scope };
  }

  walk(walk: Walk, _env: Env, _scope: Scope, { path, offset, size }: Place): void {
    for (const { name, bits, field } of this.#members)
      walk.leaf({
        ...leafOf(field, bitsType(bits)),
        path: joinPath(path, name),
        offset,
        size,
        bits: [bits.low, bits.high],
      });
  }

  decode(reader: Reader, env: Env, scope: Scope, out: Record<string, unknown>): void {
    if (!this.#isPresent(env, scope)) return;
    const { onSpan, path, pos: start } = reader;
    path.push(this.name);
    const number = this.#int.decode(reader, env, scope);
    path.pop();
    for (const { name, bits, field } of this.#members) {
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

  encode(writer: Writer, env: Env, scope: Scope, values: Values): void {
    if (!this.#isPresent(env, scope)) {
      const odd = this.#members.find(({ name }) => values[name] !== undefined);
      if (odd !== undefined) throw absentError(writer, odd);
      return;
    }
    let number = 0;
    for (const { name, bits } of this.#members) {
      writer.path.push(name);
      number += placeBits(bits, values[name], writer);
      writer.path.pop();
    }
    this.#int.encode(writer, number, env, scope);
  }
}

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
    slots.push(new WordSlot(word(Math.floor(top / 8) + 1), [first, ...others]));
    members = [];
  };
  for (const [name, field] of Object.entries(fields)) {
    const { bits } = field.layout as Partial<BitLayout<unknown>>;
    if (bits === undefined) {
      flush();
      slots.push(new FieldSlot(name, field));
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
