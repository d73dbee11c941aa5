/** Values of fields as people type them: by the field's type, by the guide's name for a value, or as JSON. */
import { fromHex } from "@meterport/protocol/bytes";
import { UsageError } from "@meterport/protocol/errors";
import type { FieldMeta } from "@meterport/protocol/layout/layout";

/** What must be known of a field. */
export interface TypedField {
  /** For messages: "ET51.clients.0.healthTimeout". */
  readonly name: string;
  /** The guide's type: "UINT16", "BOOL(3)". */
  readonly type: string;
  readonly meta: FieldMeta;
}

const shown = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
const wrong = (field: TypedField, text: string, needs: string): UsageError =>
  new UsageError("value", `${field.name}: ${shown(text)} is not a valid value; ${needs}`);

const yes = ["true", "yes", "on", "1"];
const no = ["false", "no", "off", "0"];

const truth = (field: TypedField, text: string): boolean => {
  const word = text.toLowerCase();
  if (yes.includes(word)) return true;
  if (no.includes(word)) return false;
  throw wrong(field, text, "it takes true or false");
};

/** Some flags are given as a sum: "kWh+minus" is 32 + 256. */
const named = (text: string, names: Readonly<Record<number, string>>): number | undefined => {
  let sum = 0;
  for (const word of text.split("+")) {
    const entry = Object.entries(names).find(([, name]) => name.toLowerCase() === word.trim().toLowerCase());
    if (entry === undefined) return undefined;
    sum += Number(entry[0]);
  }
  return sum;
};

const whole = (field: TypedField, text: string): number => {
  const { names } = field.meta;
  const byName = names === undefined ? undefined : named(text, names);
  if (byName !== undefined) return byName;
  if (/^[+-]?\d{1,15}$/.test(text) || /^0x[0-9a-f]{1,12}$/i.test(text)) return Number(text);
  const unit = field.meta.unit === undefined ? "" : ` of ${field.meta.unit}`;
  const words = names === undefined ? "" : `, or one of ${Object.values(names).join(", ")}`;
  throw wrong(field, text, `it takes a whole number${unit}${words}`);
};

const octets = (field: TypedField, text: string): Uint8Array => {
  const bytes = fromHex(text.replace(/^hex:/i, ""));
  if (bytes === undefined) throw wrong(field, text, "it takes bytes in hexadecimal");
  return bytes;
};

const moment = /^20(\d\d)-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?)?$/;

const dated = (field: TypedField, text: string): unknown => {
  const [, year, month, day, hour, minute, second] = moment.exec(text) ?? [];
  if (year === undefined) throw wrong(field, text, "it takes a date like 2026-01-31T12:00:00, or its parts as JSON");
  const date = { year: Number(year), month: Number(month), day: Number(day) };
  const clock = { hour: Number(hour ?? 0), minute: Number(minute ?? 0) };
  if (field.type === "LTIME_DATE") return { ...date, ...clock, second: Number(second ?? 0) };
  return field.type === "STIME_DATE" ? { ...date, ...clock } : date;
};

/** @throws UsageError */
const json = (field: TypedField, text: string): unknown => {
  try {
    return JSON.parse(text, (_key, value: unknown) =>
      typeof value === "string" && /^hex:/i.test(value) ? octets(field, value) : value,
    );
  } catch {
    throw wrong(field, text, 'it takes valid JSON, with bytes written as "hex:0102"');
  }
};

const isWhole = /^(UINT|INT|NI_FMAT)/;
const isText = / of (CHAR|BCD)$/;
const isBytes = /^ARRAY|^RESERVED/;
const isDate = /^(LTIME_DATE|STIME_DATE|DATE|ANSI_DATE)$/;

/**
 * The value of a text. Text that begins with `{` or `[` is JSON, as `meterport read --json` prints it.
 *
 * @throws UsageError (`value`) that names the field and what it takes
 * @example
 * parseFieldValue({ name: "ET50.1", type: "UINT16", meta: { names: { 32: "kWh", 256: "minus" } } }, "kWh+minus") // 288
 */
export const parseFieldValue = (field: TypedField, text: string): unknown => {
  if (/^\s*[[{]/.test(text)) return json(field, text);
  const { type } = field;
  if (type.startsWith("BOOL")) return truth(field, text);
  if (isWhole.test(type)) return whole(field, text);
  if (isText.test(type)) return text;
  if (isBytes.test(type)) return octets(field, text);
  if (isDate.test(type)) return dated(field, text);
  throw wrong(field, text, `it has several fields: name one of them, or give all as JSON (${type})`);
};
