/** Which bytes of a table tell who somebody is, and which no document names. */
import { LayoutError } from "../../errors.ts";
import { annotate } from "../../layout/annotate.ts";
import { type AnyTable, type FieldMeta, type Leaf, leaves, type Span, sizeOf } from "../../layout/index.ts";
import type { Dimensions } from "../../tables/index.ts";
import type { ValueKind } from "./pseudonyms.ts";

/** A field that identifies, at offsets from the start of the table. */
export interface IdentifyingField {
  readonly start: number;
  readonly end: number;
  readonly kind: ValueKind;
  readonly identifies: NonNullable<FieldMeta["identifies"]>;
}

export interface FieldMap {
  readonly fields: readonly IdentifyingField[];
  /** Per byte of the data: 1 where a field is known that tells nothing of that kind. */
  readonly harmless: Uint8Array;
}

const textType = /\bCHAR$/;
const digitType = /\bBCD$/;

const kindOfType = (type: string): ValueKind =>
  textType.test(type) ? "text" : digitType.test(type) ? "digits" : "raw";

/** Packed digits decode to two characters a byte, texts to one at most. */
const kindOfSpan = ({ value, start, end }: Span): ValueKind =>
  typeof value !== "string" ? "raw" : value.length === 2 * (end - start) ? "digits" : "text";

interface Part {
  readonly start: number;
  readonly end: number;
  readonly kind: ValueKind;
  readonly meta: FieldMeta;
  readonly reserved: boolean;
}

const touched = (start: number, end: number, bits: readonly [number, number] | undefined) =>
  bits === undefined ? { start, end } : { start: start + (bits[0] >> 3), end: start + (bits[1] >> 3) + 1 };

const partOfSpan = (span: Span): Part => ({
  ...touched(span.start, span.end, span.bits),
  kind: kindOfSpan(span),
  meta: span.meta,
  reserved: span.reserved,
});

const partOfLeaf = (leaf: Leaf): Part => ({
  ...touched(leaf.offset, leaf.offset + leaf.size, leaf.bits),
  kind: kindOfType(leaf.type),
  meta: leaf.meta,
  reserved: leaf.reserved,
});

const orUndefined = <T>(task: () => T): T | undefined => {
  try {
    return task();
  } catch (error) {
    if (error instanceof LayoutError) return undefined;
    throw error;
  }
};

interface Shape {
  readonly size: number | undefined;
  readonly parts: readonly Part[];
  /** Whether fields overlap, because the contents decide which of them are there. */
  readonly forms: boolean;
}

const shapeOf = (table: AnyTable, env: Dimensions): Shape => {
  const found = (orUndefined(() => leaves(table, env, "all")) ?? []).map(partOfLeaf);
  let end = 0;
  let forms = false;
  for (const part of found) {
    // Neighbouring bits share a byte; fields of several bytes do not.
    if (part.start < end - 1 || (part.start < end && part.end - part.start > 1)) forms = true;
    end = Math.max(end, part.end);
  }
  return { size: orUndefined(() => sizeOf(table, env)), parts: found, forms };
};

/** Maps tables under one set of dimensions, and remembers their shapes. */
export class FieldMapper {
  readonly #env: Dimensions;
  readonly #shapes = new Map<string, Shape>();

  constructor(env: Dimensions) {
    this.#env = env;
  }

  get env(): Dimensions {
    return this.#env;
  }

  /** Maps `data`, which lie `offset` bytes into the table. */
  map(table: AnyTable, data: Uint8Array, offset: number): FieldMap {
    let shape = this.#shapes.get(table.id);
    if (shape === undefined) {
      shape = shapeOf(table, this.#env);
      this.#shapes.set(table.id, shape);
    }
    const whole = offset === 0 && data.length >= (shape.size ?? 0);
    const exact = shape.size !== undefined && !shape.forms;
    // Where the contents decide what is there they are read; a part of them may not tell, and then all forms count.
    const parts =
      exact || (!whole && shape.size !== undefined)
        ? shape.parts
        : whole
          ? annotate(table, data, this.#env, offset).spans.map(partOfSpan)
          : [...shape.parts, ...annotate(table, data, this.#env, offset).spans.map(partOfSpan)];
    return mapOf(parts, data.length, offset);
  }
}

/** The map of fields that lie over `length` bytes from `offset` on. */
const mapOf = (parts: readonly Part[], length: number, offset: number): FieldMap => {
  const fields: IdentifyingField[] = [];
  const harmless = new Uint8Array(length);
  for (const { start, end, kind, meta, reserved } of parts) {
    if (end <= offset || start >= offset + length) continue;
    if (meta.identifies !== undefined) fields.push({ start, end, kind, identifies: meta.identifies });
    else if (!reserved) harmless.fill(1, Math.max(0, start - offset), end - offset);
  }
  for (const { start, end } of fields) harmless.fill(0, Math.max(0, start - offset), Math.max(0, end - offset));
  return { fields, harmless };
};

/** The map of what a procedure takes or gives back. */
export const mapBytes = (
  layout: AnyTable | Parameters<typeof annotate>[0],
  data: Uint8Array,
  env: Dimensions,
): FieldMap => mapOf(annotate(layout, data, env).spans.map(partOfSpan), data.length, 0);
