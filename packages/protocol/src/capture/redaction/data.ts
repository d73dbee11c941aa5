/** Bytes of tables and procedures with pseudonyms in place of what identifies, and of what no document names. */
import { toHex } from "../../bytes.ts";
import type { AnyLayout, AnyTable } from "../../layout/index.ts";
import { parseMepIdentification } from "../../tables/extended/mep-identification.ts";
import type { Dimensions } from "../../tables/index.ts";
import { type FieldMap, FieldMapper, type IdentifyingField, mapBytes } from "./field-map.ts";
import type { Pseudonyms } from "./pseudonyms.ts";
import { WrittenForms } from "./written-forms.ts";

const manufacturerAndClass = 4;

/** Redacts data under every set of dimensions that may hold: what identifies under one of them is replaced. */
export class DataRedactor {
  readonly #pseudonyms: Pseudonyms;
  /** Finds, once all values are known, those that stand where no field announces them. */
  #forms: WrittenForms | undefined;
  readonly #mappers: readonly FieldMapper[];
  /** Whole values that were seen in each field, so that a part of one gets the same part of its pseudonym. */
  readonly #seen = new Map<string, Map<string, Uint8Array>>();

  constructor(pseudonyms: Pseudonyms, dimensions: readonly Dimensions[]) {
    this.#pseudonyms = pseudonyms;
    this.#mappers = dimensions.map((env) => new FieldMapper(env));
  }

  /** From now on values that were replaced so far are looked for in all other bytes as well. */
  lookEverywhere(): void {
    this.#forms = new WrittenForms(this.#pseudonyms.words);
  }

  /** The pseudonym of bytes of which nothing is known; of zeros, zeros. */
  unknown(bytes: Uint8Array): Uint8Array {
    return this.#pseudonyms.noise(bytes);
  }

  /** `data` as they lie `offset` bytes into the table. */
  table(table: AnyTable, data: Uint8Array, offset: number): Uint8Array {
    const maps = this.#mappers.map((mapper) => mapper.map(table, data, offset));
    return this.#apply(table.id, maps, data, offset);
  }

  /** What a procedure takes or gives back. */
  layout(name: string, layout: AnyLayout, data: Uint8Array): Uint8Array {
    const maps = this.#mappers.map(({ env }) => mapBytes(layout, data, env));
    return this.#apply(name, maps, data, 0);
  }

  #apply(name: string, maps: readonly FieldMap[], data: Uint8Array, offset: number): Uint8Array {
    const out = data.slice();
    const named = (at: number): boolean => maps.some(({ harmless }) => harmless[at] === 1);
    for (let at = 0; at < data.length; at++) {
      const start = at;
      while (at < data.length && !named(at)) at++;
      if (at > start) out.set(this.unknown(data.subarray(start, at)), start);
    }
    for (const { fields } of maps)
      for (const field of fields) {
        const from = Math.max(0, field.start - offset);
        const part = data.subarray(from, field.end - offset);
        out.set(this.#field(`${name} ${field.start}`, field, part, from + offset - field.start), from);
      }
    this.#forms?.replaceIn(out);
    return out;
  }

  /** `part` of a field, `skip` bytes into it. */
  #field(place: string, field: IdentifyingField, part: Uint8Array, skip: number): Uint8Array {
    const seen = this.#seen.get(place) ?? new Map<string, Uint8Array>();
    this.#seen.set(place, seen);
    if (part.length === field.end - field.start) {
      seen.set(toHex(part), part.slice());
      return this.#value(field, part);
    }
    const digits = toHex(part);
    for (const [hex, whole] of seen)
      if (hex.startsWith(digits, 2 * skip)) return this.#value(field, whole).subarray(skip, skip + part.length);
    return this.#value({ ...field, identifies: "all" }, part);
  }

  #value({ kind, identifies }: IdentifyingField, value: Uint8Array): Uint8Array {
    const parsed = identifies === "mep-client" ? parseMepIdentification(value) : undefined;
    if (parsed === undefined) return this.#pseudonyms.of(value, kind);
    const out = value.slice();
    const program = manufacturerAndClass + 1;
    const unique = program + parsed.programId.length + 1;
    out.set(this.#pseudonyms.of(parsed.programId, "raw"), program);
    out.set(this.#pseudonyms.of(parsed.uniqueId, "raw"), unique);
    const behind = unique + parsed.uniqueId.length;
    out.set(this.unknown(value.subarray(behind)), behind);
    return out;
  }
}
