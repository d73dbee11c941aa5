/** Checks a value as someone types it, by the limits of the schema. The gateway checks it again. */
import { parseDuration } from "@meterport/protocol/meaning/duration";
import type { Field } from "./schema-form.ts";

/** What is wrong with a value; the page words it. */
export type Complaint =
  | { readonly wrong: "missing" | "control" | "hidden" }
  | { readonly wrong: "short" | "long" | "few" | "many"; readonly limit: number }
  | { readonly wrong: "whole" | "number" | "between"; readonly minimum: string | null; readonly maximum: string | null }
  | { readonly wrong: "duration" | "duration-or-off" | "zone" | "form"; readonly example: string | null }
  | { readonly wrong: "choice"; readonly options: readonly string[] }
  | { readonly wrong: "entry"; readonly entry: string; readonly because: Complaint };

/** What the gateway shows in place of a secret, and never takes for one. */
const HIDDEN_MARK = "[secret]";
const LONGEST = 4096;

const COUNTS = { integer: /^\d{1,9}$/, number: /^-?\d{1,9}(\.\d{1,9})?$/ } as const;

function isZone(value: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: value });
    return /^[a-z]/i.test(value);
  } catch {
    return false;
  }
}

function checkCount(value: string, field: Field, kind: "integer" | "number"): Complaint | null {
  const { minimum, maximum } = field;
  const count = COUNTS[kind].test(value) ? Number(value) : Number.NaN;
  const fits = count >= Number(minimum ?? -Infinity) && count <= Number(maximum ?? Infinity);
  return fits ? null : { wrong: kind === "integer" ? "whole" : "number", minimum, maximum };
}

function checkDuration(value: string, { kind, minimum, maximum, example }: Field): Complaint | null {
  if (kind === "duration-or-off" && value === "off") return null;
  const length = parseDuration(value);
  if (length === undefined) return { wrong: kind === "duration" ? "duration" : "duration-or-off", example };
  const least = parseDuration(minimum ?? "") ?? 0;
  const most = parseDuration(maximum ?? "") ?? Infinity;
  return length >= least && length <= most ? null : { wrong: "between", minimum, maximum };
}

function checkText(value: string, { fewest, most, pattern, example }: Field): Complaint | null {
  if (value.length < (fewest ?? 0)) return { wrong: "short", limit: fewest ?? 0 };
  if (value.length > (most ?? LONGEST)) return { wrong: "long", limit: most ?? LONGEST };
  return pattern === null || pattern.test(value) ? null : { wrong: "form", example };
}

function checkOne(value: string, field: Field): Complaint | null {
  if (/[\p{Cc}\p{Surrogate}]/u.test(value)) return { wrong: "control" };
  if (value.includes(HIDDEN_MARK)) return { wrong: "hidden" };
  switch (field.kind) {
    case "integer":
    case "number":
      return checkCount(value, field, field.kind);
    case "duration":
    case "duration-or-off":
      return checkDuration(value, field);
    case "zone":
      return isZone(value) ? null : { wrong: "zone", example: field.example };
    case "choice":
      return field.options.includes(value) ? null : { wrong: "choice", options: field.options };
    default:
      return checkText(value, field);
  }
}

/**
 * What is wrong with a value; null if nothing is.
 *
 * @example checkValue("2 hours", interval) // { wrong: "duration", example: "2s" }
 */
export function checkValue(value: string | readonly string[], field: Field): Complaint | null {
  if (typeof value === "string") return checkOne(value, field);
  if (value.length < (field.fewest ?? 0)) return { wrong: "few", limit: field.fewest ?? 0 };
  if (value.length > (field.most ?? LONGEST)) return { wrong: "many", limit: field.most ?? LONGEST };
  for (const entry of value) {
    const because = field.entry === null ? null : checkOne(entry, field.entry);
    if (because !== null) return { wrong: "entry", entry, because };
  }
  return null;
}
