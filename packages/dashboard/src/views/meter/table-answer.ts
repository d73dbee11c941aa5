/** Tables of the meter as the page uses them. */
import { count, distinct, listOf, number, oneOf, record, text, timeOf } from "../../state/loose.ts";

export interface TableSummary {
  readonly table: string;
  /** The guide's title; null if no guide names it. */
  readonly title: string | null;
  /** Whether the gateway knows its layout, and so can read it. */
  readonly known: boolean;
  readonly withheld: boolean;
  readonly writable: boolean | null;
}

export interface TableList {
  /** Milliseconds since 1970. */
  readonly read: number | null;
  readonly from: "meter" | "profile";
  readonly tables: readonly TableSummary[];
}

export interface TableField {
  /** "devices.0.billingDay" */
  readonly path: string;
  /** First byte, and the one after the last, from the start of the table. */
  readonly start: number;
  readonly end: number;
  /** Lowest and highest bit; null for whole bytes. */
  readonly bits: readonly [number, number] | null;
  readonly value: unknown;
  readonly unit: string | null;
  readonly meaning: string | null;
  readonly reserved: boolean;
  readonly secret: boolean;
  readonly type: string;
  readonly note: string;
}

export interface TableContents {
  readonly table: string;
  readonly title: string;
  readonly profile: string;
  /** Of the whole table, in bytes. */
  readonly size: number;
  /** Offset of the first of `bytes`. */
  readonly from: number;
  readonly read: number | null;
  /** Two hex digits each. */
  readonly bytes: readonly string[];
  readonly fields: readonly TableField[];
}

const MOST_TABLES = 4000;
/** More than the longest table that the gateway reads has. */
const MOST_FIELDS = 70_000;
const MOST_BYTES = 65_536;

function summaryOf(value: unknown): TableSummary | null {
  const loose = record(value);
  const table = tableName(loose?.table);
  if (loose === null || table === null) return null;
  return {
    ...{ table, title: text(loose.title), known: loose.known === true, withheld: loose.withheld === true },
    writable: typeof loose.writable === "boolean" ? loose.writable : null,
  };
}

/** The answer of `points/{id}/tables`; null if it is none. */
export function tableListOf(data: unknown): TableList | null {
  const loose = record(data);
  const tables = listOf(loose?.tables, MOST_TABLES, summaryOf);
  if (loose === null || tables === null) return null;
  return {
    tables: distinct(tables, ({ table }) => table),
    read: timeOf(loose.time_read),
    from: oneOf(["meter", "profile"], loose.from) ?? "profile",
  };
}

/** A table's id, "ET13"; null if it is none. */
export function tableName(value: unknown): string | null {
  const name = text(value);
  return name !== null && /^[BE]T\d{2,4}$/.test(name) ? name : null;
}

function bitsOf(value: unknown): TableField["bits"] {
  const [low, high] = Array.isArray(value) ? value.map(number) : [];
  return low === undefined || high === undefined || low === null || high === null ? null : [low, high];
}

function fieldOf(value: unknown): TableField | null {
  const loose = record(value);
  const [path, start, end] = [text(loose?.path), number(loose?.start), number(loose?.end)];
  if (loose === null || path === null || start === null || end === null || end < start) return null;
  return {
    ...{ path, start, end, bits: bitsOf(loose.bits), value: loose.value ?? null },
    ...{
      unit: text(loose.unit),
      meaning: text(loose.meaning),
      type: text(loose.type) ?? "",
      note: text(loose.note) ?? "",
    },
    ...{ reserved: loose.reserved === true, secret: loose.secret === true },
  };
}

/** The answer of `points/{id}/tables/{table}`; null if it is none. */
export function contentsOf(data: unknown): TableContents | null {
  const loose = record(data);
  const table = tableName(loose?.table);
  const fields = listOf(loose?.fields, MOST_FIELDS, fieldOf);
  if (loose === null || table === null || fields === null || typeof loose.raw !== "string") return null;
  const bytes = (/^([0-9a-f]{2})*$/i.test(loose.raw.slice(0, 2 * MOST_BYTES)) ? loose.raw : "")
    .slice(0, 2 * MOST_BYTES)
    .match(/../g);
  return {
    ...{ table, fields, title: text(loose.title) ?? "", profile: text(loose.profile) ?? "" },
    ...{ size: count(loose.size), from: count(loose.from), read: timeOf(loose.time_read), bytes: bytes ?? [] },
  };
}

/** The fields that a byte belongs to; bit fields share theirs. */
export function fieldsAt(fields: readonly TableField[], offset: number): TableField[] {
  return fields.filter((field) => touches(field, offset));
}

/** Whether a byte holds something of a field: of bit fields only the bytes with their bits. */
export function touches({ start, end, bits }: TableField, offset: number): boolean {
  if (bits === null) return offset >= start && offset < end;
  return offset >= start + Math.floor(bits[0] / 8) && offset <= start + Math.floor(bits[1] / 8);
}

/**
 * Where a field lies: "12–15", or "6 (bits 0–2)" in the words given.
 */
export function placeOf(
  { start, end, bits }: TableField,
  words: {
    readonly bytes: (from: string, to: string) => string;
    readonly bits: (byte: string, bits: string) => string;
  },
): string {
  if (bits === null) return words.bytes(String(start), String(end - 1));
  const [low, high] = bits;
  const byte = start + Math.floor(low / 8);
  const [first, last] = [low % 8, (low % 8) + high - low];
  return words.bits(String(byte), first === last ? String(first) : `${first}–${last}`);
}
