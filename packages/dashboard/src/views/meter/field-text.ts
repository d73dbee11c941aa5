/** Values on the wire as text. */
import { number, record } from "../../state/loose.ts";
import type { TableField } from "./table-answer.ts";

interface FieldWords {
  readonly yes: string;
  readonly no: string;
  readonly secret: string;
  readonly never: string;
}

const LONGEST = 400;

/** Years of the meter have two digits. */
function yearOf(year: number): number {
  if (year > 99) return year;
  return year < 90 ? 2000 + year : 1900 + year;
}

function two(value: number | null): string {
  return String(value ?? 0).padStart(2, "0");
}

/** A date or time of the meter, as it stands in its table: without a zone. Null if it is none. */
function dateText(value: unknown, never: string): string | null {
  const loose = record(value);
  if (loose === null) return null;
  const part = (name: string) => number(loose[name]);
  const names = Object.keys(loose);
  if (!names.every((name) => ["year", "month", "day", "hour", "minute", "second"].includes(name))) return null;
  if (names.length === 0) return null;
  if (names.every((name) => part(name) === 0) && names.includes("day")) return never;
  const [year, hour] = [part("year"), part("hour")];
  const date = year === null ? "" : `${yearOf(year)}-${two(part("month"))}-${two(part("day"))}`;
  const seconds = names.includes("second") ? `:${two(part("second"))}` : "";
  const clock = hour === null ? "" : `${two(hour)}:${two(part("minute"))}${seconds}`;
  return [date, clock].filter(Boolean).join(" ");
}

/** A value with its unit; integers as they are, since they are to be compared with bytes. */
export function fieldText({ value, unit, secret }: TableField, words: FieldWords): string {
  if (secret) return words.secret;
  if (typeof value === "boolean") return value ? words.yes : words.no;
  if (typeof value === "number") return unit === null ? String(value) : `${value} ${unit}`;
  if (typeof value === "string") return value.slice(0, LONGEST);
  if (value === null || value === undefined) return "";
  const date = dateText(value, words.never);
  if (date !== null) return date;
  if (Array.isArray(value) && value.every((entry) => typeof entry === "number"))
    return value.join(", ").slice(0, LONGEST);
  return JSON.stringify(value).slice(0, LONGEST);
}
