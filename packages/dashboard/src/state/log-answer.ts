import type { LogAnswer, LogEntry } from "@meterport/gateway/http/api";
import { timeOf } from "./loose.ts";

/** More entries than this page asks for. */
const MOST_ENTRIES = 200;
const MOST_PARTS = 32;

type Loose = Readonly<Record<string, unknown>>;

function record(value: unknown): Loose {
  return typeof value === "object" && value !== null ? (value as Loose) : {};
}

function text(value: unknown, most = 600): string | null {
  return typeof value === "string" ? value.slice(0, most) : null;
}

function whole(value: unknown): number | null {
  return Number.isSafeInteger(value) ? (value as number) : null;
}

function argumentOf(value: unknown): LogEntry["argument"] {
  const loose = record(value);
  const parts = Array.isArray(loose.parts) ? loose.parts.slice(0, MOST_PARTS) : [];
  return {
    hex: text(loose.hex) ?? "",
    number: whole(loose.number),
    text: text(loose.text, 2000) ?? "",
    parts: parts.flatMap((entry) => {
      const part = record(entry);
      const [key, number] = [text(part.key), whole(part.value)];
      return key === null || number === null ? [] : [{ key, value: number, meaning: text(part.meaning) }];
    }),
  };
}

/** The meter's log in an answer; null if it is not one. */
export function logOf(data: unknown): LogAnswer | null {
  const loose = record(data);
  const [id, read] = [text(loose.id), text(loose.time_read)];
  if (id === null || read === null || timeOf(read) === null || !Array.isArray(loose.entries)) return null;
  return {
    id,
    time_read: read,
    entries: loose.entries.slice(0, MOST_ENTRIES).flatMap((value) => {
      const entry = record(value);
      const code = whole(entry.code);
      if (code === null) return [];
      const { severity, source } = entry;
      return [
        {
          time: timeOf(entry.time) === null ? null : text(entry.time),
          number: whole(entry.number),
          code,
          raw: whole(entry.raw) ?? code,
          name: text(entry.name),
          argument: argumentOf(entry.argument),
          severity: severity === "alarm" || severity === "status" ? severity : null,
          source: source === "ANSI C12.19" || source === "head-end list" ? source : null,
        },
      ];
    }),
  };
}
