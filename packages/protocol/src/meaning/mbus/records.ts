/**
 * The data records of an M-Bus telegram: header and value, one after another (EN 13757-3). Bytes that form no record
 * end the list, and are reported; a value whose meaning is not certain is null, with its number in `raw`.
 */
import { type FieldValue, fieldSizes, fixedField, plainCharacters, variableField } from "./data-fields.ts";
import { extendedModifierOf, type Modifier, modifierOf } from "./modifiers.ts";
import { type MbusQuantity, mbusQuantity } from "./quantities.ts";
import { mbusTime } from "./times.ts";

/** What is doubtful about a record. */
export type MbusDoubt =
  /** The bytes are not a number, or are marked as invalid. */
  | "value"
  /** A number with more digits than a number here can have. */
  | "range"
  /** What it measures is not known. */
  | "unit"
  /** Something is added to its meaning that is not known, or that only its maker knows. */
  | "modifier"
  /** The device says that it has no value, or had it in a state of error. */
  | "device";

/** One record. */
export interface MbusRecord {
  readonly function: "instantaneous" | "maximum" | "minimum" | "error";
  /** 0 is now; others are the device's own past. */
  readonly storage: number;
  readonly tariff: number;
  /** Counts the devices in one housing. */
  readonly subunit: number;
  /** As in "volume", or what a device wrote in plain text; "unknown" if it is not known. */
  readonly quantity: string;
  readonly unit: string | null;
  /** In `unit`; null if it is not a number, or its meaning is not certain. */
  readonly value: number | null;
  /** Of identifications and texts. */
  readonly text: string | null;
  /** By the device's clock, ISO 8601 without a zone; null if it is not a time, or cannot be one. */
  readonly time: string | null;
  /** What is added to its meaning, as in "uncorrected". */
  readonly notes: readonly string[];
  /** The number on the wire; null where there is none. */
  readonly raw: number | null;
  readonly quality: "good" | "suspect";
  readonly doubts: readonly MbusDoubt[];
}

/** All records of a telegram. */
export interface MbusRecords {
  readonly records: readonly MbusRecord[];
  /** What only the maker of the device can read; null where there is none. */
  readonly manufacturerData: Uint8Array | null;
  /** Further records come in another telegram. */
  readonly moreFollow: boolean;
  /** Why the list ends before the bytes do: they end within a record, or begin none. */
  readonly problem: "truncated" | "malformed" | null;
}

const manufacturerSpecific = 0x0f;
const manufacturerSpecificMore = 0x1f;
const idle = 0x2f;
const extension = 0x80;
const mostExtensions = 10;
const functions = ["instantaneous", "maximum", "minimum", "error"] as const;
const unknownQuantity: MbusQuantity = { name: "unknown", unit: null, exponent: 0, factor: 1, kind: "number" };
const plainText = 0x7c;
const manufacturersOwn = 0x7f;

/** Stops the reading of records. */
class Stop {
  readonly problem: "truncated" | "malformed";
  constructor(problem: "truncated" | "malformed") {
    this.problem = problem;
  }
}

/** Takes bytes one after another. */
class Cursor {
  readonly #bytes: Uint8Array;
  /** Whether values of several bytes begin with the highest, which is mode 2. */
  readonly #highestFirst: boolean;
  at = 0;

  constructor(bytes: Uint8Array, highestFirst = false) {
    this.#bytes = bytes;
    this.#highestFirst = highestFirst;
  }

  /** @throws Stop at the end */
  byte(): number {
    const byte = this.#bytes[this.at++];
    if (byte === undefined) throw new Stop("truncated");
    return byte;
  }

  /** The bytes of one value, lowest first. @throws Stop if there are fewer */
  take(count: number): Uint8Array {
    const end = this.at + count;
    if (end > this.#bytes.length) throw new Stop("truncated");
    const taken = this.#bytes.subarray(this.at, end);
    this.at = end;
    return this.#highestFirst ? taken.toReversed() : taken;
  }

  rest(): Uint8Array {
    return this.#bytes.subarray(this.at);
  }

  get done(): boolean {
    return this.at >= this.#bytes.length;
  }
}

/** The bytes after `first` that its extension bit announces, and theirs. */
const extensionsOf = (first: number, cursor: Cursor): number[] => {
  const found: number[] = [];
  for (let last = first; (last & extension) !== 0; last = found.at(-1) ?? 0) {
    if (found.length === mostExtensions) throw new Stop("malformed");
    found.push(cursor.byte());
  }
  return found;
};

interface Place {
  readonly storage: number;
  readonly tariff: number;
  readonly subunit: number;
}

const placeOf = (dif: number, extensions: readonly number[]): Place => {
  let storage = (dif >> 6) & 1;
  let tariff = 0;
  let subunit = 0;
  for (const [i, dife] of extensions.entries()) {
    storage += (dife & 15) * 2 ** (1 + 4 * i);
    tariff += ((dife >> 4) & 3) * 2 ** (2 * i);
    subunit += ((dife >> 6) & 1) * 2 ** i;
  }
  return { storage, tariff, subunit };
};

interface Meaning {
  readonly quantity: MbusQuantity;
  readonly notes: readonly string[];
  readonly doubts: readonly MbusDoubt[];
}

/** The quantity before anything is added to it, and the codes that add something. */
const baseOf = (
  vif: number,
  codes: readonly number[],
  text: string | undefined,
): [MbusQuantity | undefined, readonly number[]] => {
  const low = (code: number): number => code & 0x7f;
  if (text !== undefined) return [{ ...unknownQuantity, name: text === "" ? "unknown" : text }, codes];
  const [first = 0, ...others] = codes;
  // What follows is the maker's too.
  if (low(vif) === manufacturersOwn) return [undefined, []];
  if (vif === 0xfd) return [mbusQuantity("fd", low(first)), others];
  if (vif === 0xfb) return [mbusQuantity("fb", low(first)), others];
  return [mbusQuantity("primary", low(vif)), codes];
};

const meaningOf = (vif: number, codes: readonly number[], text: string | undefined): Meaning => {
  const [base, added] = baseOf(vif, codes, text);
  let quantity = base ?? unknownQuantity;
  const notes: string[] = [];
  const doubts = new Set<MbusDoubt>(base === undefined ? ["unit"] : []);
  const apply = (modifier: Modifier): void => {
    if (modifier.kind === "note" || modifier.kind === "failed" || modifier.kind === "becomes")
      notes.push(modifier.text);
    if (modifier.kind === "becomes") quantity = modifier.as(quantity);
    if (modifier.kind === "failed") doubts.add("device");
    if (modifier.kind === "unknown" || modifier.kind === "extended") doubts.add("modifier");
  };
  for (let i = 0; i < added.length; i++) {
    const modifier = modifierOf((added[i] ?? 0) & 0x7f);
    const next = added[i + 1];
    if (modifier.kind === "manufacturer") {
      // What follows is the maker's, and it may change what the value is.
      doubts.add("modifier");
      break;
    }
    if (modifier.kind === "extended" && next !== undefined) {
      apply(extendedModifierOf(next & 0x7f));
      i++;
    } else apply(modifier);
  }
  return { quantity, notes, doubts: [...doubts] };
};

/** A value in its unit: a power of ten below one divides, so that 12345 thousandths are 12.345. */
const scaled = (raw: number, { exponent, factor }: MbusQuantity): number =>
  (exponent < 0 ? raw / 10 ** -exponent : raw * 10 ** exponent) * factor;

interface Field {
  readonly value: FieldValue;
  readonly bytes: Uint8Array;
}

const fieldOf = (dif: number, cursor: Cursor): Field => {
  const code = dif & 15;
  if (code !== 13) {
    const bytes = cursor.take(fieldSizes[code] ?? 0);
    return { value: fixedField(code, bytes), bytes };
  }
  const variable = variableField(cursor.byte());
  if (variable === undefined) throw new Stop("malformed");
  const bytes = cursor.take(variable.length);
  return { value: variable.decode(bytes), bytes };
};

type Told = Pick<MbusRecord, "value" | "text" | "time" | "raw" | "doubts">;

/** Numbers are packed in identifications as in quantities, and the leading zeros of a number are not part of it. */
const told = ({ value, bytes }: Field, { quantity, doubts }: Meaning, isError: boolean): Told => {
  const all = new Set<MbusDoubt>(doubts);
  if (isError) all.add("device");
  const raw = value.kind === "number" ? value.value : null;
  if (value.kind === "unknown") all.add(value.why);
  // A record without data says that there is none.
  const certain = doubts.length === 0;
  const nothing = { value: null, text: null, time: null, raw };
  if (value.kind === "text") return { ...nothing, text: value.text, doubts: [...all] };
  if (quantity.kind === "time") {
    const time = value.kind === "none" ? undefined : mbusTime(bytes);
    if (time === undefined && value.kind !== "none") all.add("value");
    // The packed bits are not a number, and the lowest one of those is not marked by that.
    all.delete("range");
    if (time !== undefined) all.delete("value");
    return { ...nothing, raw: null, time: certain ? (time ?? null) : null, doubts: [...all] };
  }
  if (raw === null || !certain) return { ...nothing, doubts: [...all] };
  if (quantity.kind === "label") return { ...nothing, text: String(raw), doubts: [...all] };
  return { ...nothing, value: scaled(raw, quantity), doubts: [...all] };
};

const recordFrom = (dif: number, cursor: Cursor): MbusRecord => {
  const place = placeOf(dif, extensionsOf(dif, cursor));
  const vif = cursor.byte();
  // The text of a plain one stands before whatever is added to it.
  const text = (vif & 0x7f) === plainText ? textOf(cursor) : undefined;
  const meaning = meaningOf(vif, extensionsOf(vif, cursor), text);
  const name = functions[(dif >> 4) & 3] ?? "instantaneous";
  const value = told(fieldOf(dif, cursor), meaning, name === "error");
  const { quantity, notes } = meaning;
  return {
    function: name,
    ...place,
    quantity: quantity.name,
    unit: quantity.unit,
    ...value,
    notes,
    quality: value.doubts.length === 0 ? "good" : "suspect",
  };
};

const textOf = (cursor: Cursor): string => plainCharacters(cursor.take(cursor.byte()));

/**
 * The records in the bytes after a telegram's header, without the zero that the meter puts at the end. `highestFirst`:
 * values of several bytes begin with the highest one (mode 2), which is rare.
 *
 * @example
 * const bytes = Uint8Array.of(0x0c, 0x93, 0x3a, 0x78, 0x56, 0x34, 0x12);
 * mbusRecords(bytes).records[0]?.value // 12345.678
 * mbusRecords(bytes.subarray(0, 5)).problem // "truncated"
 */
export const mbusRecords = (
  bytes: Uint8Array,
  { highestFirst = false }: { readonly highestFirst?: boolean } = {},
): MbusRecords => {
  const cursor = new Cursor(bytes, highestFirst);
  const records: MbusRecord[] = [];
  const end = (more: Partial<MbusRecords> = {}): MbusRecords => ({
    records,
    manufacturerData: null,
    moreFollow: false,
    problem: null,
    ...more,
  });
  try {
    while (!cursor.done) {
      const dif = cursor.byte();
      if (dif === idle) continue;
      if (dif === manufacturerSpecific || dif === manufacturerSpecificMore)
        return end({ manufacturerData: cursor.rest(), moreFollow: dif === manufacturerSpecificMore });
      // Reserved, or meant for a device and not from one.
      if ((dif & 15) === manufacturerSpecific) return end({ problem: "malformed" });
      records.push(recordFrom(dif, cursor));
    }
  } catch (stop) {
    if (stop instanceof Stop) return end({ problem: stop.problem });
    throw stop;
  }
  return end();
};

/**
 * The value of a record whose header is known: of a load profile channel, which keeps the first four bytes of a value
 * and fills up a shorter one (MEP guide 1.1, p. 38). Undefined if the header is invalid, or its value has more bytes.
 *
 * @example
 * mbusValue(Uint8Array.of(0x0c, 0x93, 0x3a), Uint8Array.of(0x78, 0x56, 0x34, 0x12))?.value // 12345.678
 */
export const mbusValue = (header: Uint8Array, data: Uint8Array): MbusRecord | undefined => {
  const found = mbusHeader(header);
  if (found === undefined || found.size === null || found.size > data.length) return undefined;
  const bytes = new Uint8Array(found.length + found.size);
  bytes.set(header.subarray(0, found.length));
  bytes.set(data.subarray(0, found.size), found.length);
  return mbusRecords(bytes).records[0];
};

/** How long a record's header is, and its value; `size` null where the value itself says it. */
export const mbusHeader = (
  bytes: Uint8Array,
): { readonly length: number; readonly size: number | null } | undefined => {
  const cursor = new Cursor(bytes);
  try {
    const dif = cursor.byte();
    extensionsOf(dif, cursor);
    const vif = cursor.byte();
    if ((vif & 0x7f) === plainText) textOf(cursor);
    extensionsOf(vif, cursor);
    const code = dif & 15;
    if (code === 15) return undefined;
    return { length: cursor.at, size: code === 13 ? null : (fieldSizes[code] ?? 0) };
  } catch (stop) {
    if (stop instanceof Stop) return undefined;
    throw stop;
  }
};
