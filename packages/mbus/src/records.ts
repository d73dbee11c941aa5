/**
 * The data records of an M-Bus telegram: header and value, one after another (EN 13757-3). Bytes that form no record
 * end the list, and are reported; a value whose meaning is not certain is null, with its number in `raw`.
 */
import { toHex } from "@meterport/protocol/bytes";
import { Cursor, Stop, unlessStopped } from "./cursor.ts";
import { type FieldShape, type FieldValue, fieldSizes, fieldValue, fixedShape, variableShape } from "./data-fields.ts";
import { manufacturerOf, mediumOf } from "./device.ts";
import type { MbusPhase } from "./modifiers.ts";
import type { MbusQuantity } from "./quantities.ts";
import { mbusTimePoint } from "./times.ts";
import { type Meaning, type MeaningOptions, meaningOf, takeCodes } from "./value-information.ts";

/** What is doubtful about a record. */
export type MbusDoubt =
  /** The bytes are not a number, or are marked as invalid. */
  | "value"
  /** A number with more digits than a number here can have; they are in `text`. */
  | "range"
  /** What it measures is not known. */
  | "unit"
  /** Something is added to its meaning that is not known, or that only its maker knows. */
  | "modifier"
  /** The device says that it has no value, or had it in a state of error. */
  | "device"
  /** Several values in one, which are not taken apart; the bytes are in `data`. */
  | "packed";

/** One record. */
export interface MbusRecord {
  readonly function: "instantaneous" | "maximum" | "minimum" | "error";
  /** 0 is now; others are the device's own past. */
  readonly storage: number;
  readonly tariff: number;
  /** Counts the devices in one housing. */
  readonly subunit: number;
  /** As in "volume", or what a device wrote in plain text; "unknown" or "manufacturer specific" if it is not known. */
  readonly quantity: string;
  readonly unit: string | null;
  /** In `unit`; null if it is not a number, or its meaning is not certain. */
  readonly value: number | null;
  /** Of identifications and texts; digits that are no number; a date that recurs, as in "*-12-31". */
  readonly text: string | null;
  /** By the device's clock, ISO 8601 without a zone; null if it is not a time, or cannot be one. */
  readonly time: string | null;
  /** Of a value of an electricity meter; null if the device does not say. */
  readonly phase: MbusPhase | null;
  /** What is added to its meaning, as in "uncorrected". */
  readonly notes: readonly string[];
  /** The number on the wire; null where there is none. */
  readonly raw: number | null;
  readonly quality: "good" | "suspect";
  readonly doubts: readonly MbusDoubt[];
  /** The value information as it was sent, in hex: "fdc9ff01". */
  readonly codes: string;
  /** The part of it that only the maker knows; null if there is none. */
  readonly manufacturerCodes: string | null;
  /** The value as it was sent, in hex; empty if there is none, or if nobody may see it. */
  readonly data: string;
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

/** How records are to be read. */
export interface MbusRecordOptions extends MeaningOptions {
  /** Values of several bytes begin with the highest one (mode 2), which is rare. */
  readonly highestFirst?: boolean;
}

const manufacturerSpecific = 0x0f;
const manufacturerSpecificMore = 0x1f;
const idle = 0x2f;
const globalReadout = 0x7f;
const selection = 8;
const functions = ["instantaneous", "maximum", "minimum", "error"] as const;

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

/** A value in its unit: a power of ten below one divides, so that 12345 thousandths are 12.345. */
const scaled = (raw: number, { exponent, factor }: MbusQuantity): number =>
  (exponent < 0 ? raw / 10 ** -exponent : raw * 10 ** exponent) * factor;

interface Field {
  readonly shape: FieldShape;
  readonly bytes: Uint8Array;
  /** As it was sent. */
  readonly data: string;
  readonly variable: boolean;
}

const fieldOf = (dif: number, cursor: Cursor): Field => {
  const code = dif & 15;
  const variable = code === 13;
  const shape = variable ? variableShape(cursor.byte()) : fixedShape(code);
  if (shape === undefined) throw new Stop("malformed");
  const { at } = cursor;
  const bytes = cursor.take(shape.length);
  return { shape, bytes, data: toHex(cursor.since(at)), variable };
};

type Told = Pick<MbusRecord, "value" | "text" | "time" | "raw" | "notes" | "doubts">;
const nothing = { value: null, text: null, time: null, raw: null, notes: [], doubts: [] };

/** A date or time is one by the number of its bytes; a variable one (type M) has no layout that is public. */
const timeTold = ({ shape, bytes, variable }: Field): Told => {
  if (shape.coding === "none") return nothing;
  const point = shape.coding === "integer" && !variable ? mbusTimePoint(bytes) : undefined;
  if (point === undefined) return { ...nothing, doubts: ["value"] };
  return { ...nothing, time: point.time, text: point.recurring, notes: point.summerTime ? ["summer time"] : [] };
};

/** Bits and counts, which have no leading zeros as the digits of an identification have. */
const plainNumbers = /^(error|digital|state|access number|remote)/;

/** Makers and media are numbers by which the header names them too. */
const labelOf = ({ value, digits }: Extract<FieldValue, { kind: "number" }>, name: string): string => {
  if (name === "manufacturer") return manufacturerOf(value) ?? digits;
  if (name === "medium") return mediumOf(value) ?? digits;
  return plainNumbers.test(name) ? String(value) : digits;
};

const told = (field: Field, { quantity, certain, unsigned }: Meaning): Told => {
  const { kind } = quantity;
  if (kind === "secret") return { ...nothing, notes: ["hidden"] };
  if (kind === "packed" && field.shape.coding !== "none") return { ...nothing, doubts: ["packed"] };
  if (kind === "time") return timeTold(field);
  const value = fieldValue(field.shape.coding, field.bytes, unsigned);
  if (value.kind === "none") return nothing;
  if (value.kind === "text") return { ...nothing, text: value.text };
  if (value.kind === "unknown") {
    // More digits than a number can have are still a number of an identification.
    const clear = value.why === "range" && kind === "label" && value.digits !== undefined;
    return { ...nothing, text: value.digits ?? null, doubts: clear ? [] : [value.why] };
  }
  const raw = value.value;
  if (!certain) return { ...nothing, raw };
  if (kind === "label") return { ...nothing, raw, text: labelOf(value, quantity.name) };
  return { ...nothing, raw, value: scaled(raw, quantity) };
};

/** A time of a meaning that is not certain is none. */
const trusted = (found: Told, certain: boolean): Told => (certain ? found : { ...found, time: null });

const recordFrom = (dif: number, cursor: Cursor, options: MeaningOptions): MbusRecord => {
  const place = placeOf(dif, cursor.extensionsOf(dif));
  const { at } = cursor;
  const meaning = meaningOf(takeCodes(cursor), options);
  const codes = toHex(cursor.since(at));
  const field = fieldOf(dif, cursor);
  const { quantity, certain, phase, manufacturerCodes } = meaning;
  const found = trusted(told(field, meaning), certain);
  const name = functions[(dif >> 4) & 3] ?? "instantaneous";
  const doubts = new Set<MbusDoubt>([
    ...meaning.doubts,
    ...found.doubts,
    ...(name === "error" ? ["device" as const] : []),
  ]);
  return {
    function: name,
    ...place,
    quantity: quantity.name,
    unit: quantity.unit,
    ...found,
    phase,
    notes: [...meaning.notes, ...found.notes, ...((dif & 15) === selection ? ["selected for readout"] : [])],
    quality: doubts.size === 0 ? "good" : "suspect",
    doubts: [...doubts],
    codes,
    manufacturerCodes,
    data: quantity.kind === "secret" ? "" : field.data,
  };
};

/** A master asks for everything with one byte, behind which no codes stand. */
const everything: MbusRecord = {
  function: "instantaneous",
  storage: 0,
  tariff: 0,
  subunit: 0,
  quantity: "all values",
  unit: null,
  ...nothing,
  phase: null,
  notes: ["selected for readout"],
  quality: "good",
  codes: "",
  manufacturerCodes: null,
  data: "",
};

/**
 * The records in the bytes after a telegram's header, without the zero that the meter puts at the end.
 *
 * @example
 * const bytes = Uint8Array.of(0x0c, 0x93, 0x3a, 0x78, 0x56, 0x34, 0x12);
 * mbusRecords(bytes).records[0]?.value // 12345.678
 * mbusRecords(bytes.subarray(0, 5)).problem // "truncated"
 */
export const mbusRecords = (bytes: Uint8Array, options: MbusRecordOptions = {}): MbusRecords => {
  const cursor = new Cursor(bytes, options.highestFirst);
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
      if (dif === globalReadout) records.push(everything);
      // Others of these are reserved.
      else if ((dif & 15) === manufacturerSpecific) return end({ problem: "malformed" });
      else records.push(recordFrom(dif, cursor, options));
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
export const mbusHeader = (bytes: Uint8Array): { readonly length: number; readonly size: number | null } | undefined =>
  unlessStopped(() => {
    const cursor = new Cursor(bytes);
    const dif = cursor.byte();
    cursor.extensionsOf(dif);
    takeCodes(cursor);
    const code = dif & 15;
    if (code === 15) return undefined;
    return { length: cursor.at, size: code === 13 ? null : (fieldSizes[code] ?? 0) };
  });
