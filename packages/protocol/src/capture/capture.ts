/**
 * What crossed a link, as a file: one JSON document a line, a header first. Keys are never in it; readings and serial numbers
 * are, as the meter sent them.
 */
import { fromHex, toHex } from "../bytes.ts";
import { UsageError } from "../errors.ts";
import type { Millis } from "../ports.ts";

export interface CaptureHeader {
  readonly format: "meterport-capture";
  readonly version: 1;
  /** When it began, as in "2026-01-31T12:00:00.000Z". */
  readonly started: string;
  /** What kind of link: "serial", "tcp"; never a host's name. */
  readonly link: string;
  /** Of a redacted capture: the public throw-away key, in 32 hex digits. */
  readonly key?: string;
}

/** `t` is in milliseconds since it began. */
export type CaptureEntry =
  | { readonly t: Millis; readonly dir: "tx" | "rx"; readonly bytes: Uint8Array }
  | { readonly t: Millis; readonly event: "opened" | "closed" | "broken" };

export interface Capture {
  readonly header: CaptureHeader;
  readonly entries: readonly CaptureEntry[];
}

/** A frame has some 480 bytes; a bridge may hand over several at once. */
const lineLimit = 64 * 1024;
/** A day of a reading each second. */
const entryLimit = 1_000_000;

/** The first line, with its line feed. */
export const captureHead = (header: Omit<CaptureHeader, "format" | "version">): string =>
  `${JSON.stringify({ format: "meterport-capture", version: 1, ...header })}\n`;

/**
 * A line, with its line feed.
 *
 * @example
 * captureLine({ t: 12, dir: "tx", bytes: Uint8Array.of(0, 1, 0x21) }) // "{\"t\":12,\"dir\":\"tx\",\"hex\":\"000121\"}\n"
 */
export const captureLine = (entry: CaptureEntry): string => {
  const t = Math.round(entry.t);
  const rest = "bytes" in entry ? { dir: entry.dir, hex: toHex(entry.bytes) } : { event: entry.event };
  return `${JSON.stringify({ t, ...rest })}\n`;
};

/** The whole file. */
export const captureText = ({ header, entries }: Capture): string => {
  const { format: _format, version: _version, ...rest } = header;
  return captureHead(rest) + entries.map(captureLine).join("");
};

/** The throw-away key of a redacted capture, as `--key` takes it. */
export const keyInside = ({ header }: Pick<Capture, "header">): string | undefined =>
  header.key === undefined ? undefined : `hex:${header.key}`;

const wrong = (line: number, detail: string): UsageError => new UsageError("capture", `line ${line}: ${detail}`);

const documentOf = (text: string, line: number): Readonly<Record<string, unknown>> => {
  if (text.length > lineLimit)
    throw wrong(line, `it has ${text.length} characters, more than a line of a capture can have`);
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Reported below, like everything else that is not a line of a capture.
  }
  throw wrong(line, "it is not a JSON object");
};

const headerOf = (text: string): CaptureHeader => {
  const { format, version, started, link, key } = documentOf(text, 1);
  if (format !== "meterport-capture")
    throw wrong(1, 'it is not a capture: a capture begins with { "format": "meterport-capture", … }');
  if (version !== 1) throw wrong(1, `version ${JSON.stringify(version)} is not known; this program reads version 1`);
  if (key !== undefined && !(typeof key === "string" && /^[0-9a-f]{32}$/.test(key)))
    throw wrong(1, "its key is not 32 hex digits");
  return { format, version, started: String(started), link: String(link), ...(key === undefined ? {} : { key }) };
};

const events: readonly unknown[] = ["opened", "closed", "broken"];

/**
 * Reads one line after the header.
 *
 * @param line its number, for the message
 * @throws UsageError (`capture`) that names the line
 * @example
 * parseCaptureLine('{"t":12,"event":"opened"}') // { t: 12, event: "opened" }
 */
export const parseCaptureLine = (text: string, line = 1): CaptureEntry => {
  const { t, dir, hex, event } = documentOf(text, line);
  if (typeof t !== "number" || !(t >= 0 && t < Number.POSITIVE_INFINITY))
    throw wrong(line, "t is not a time in milliseconds");
  if (events.includes(event)) return { t, event: event as "opened" | "closed" | "broken" };
  if (dir !== "tx" && dir !== "rx") throw wrong(line, 'dir is neither "tx" nor "rx"');
  const bytes = typeof hex === "string" ? fromHex(hex) : undefined;
  if (bytes === undefined) throw wrong(line, "hex holds no bytes");
  return { t, dir, bytes };
};

/** What some editors put in front. */
const byteOrderMark = "\ufeff";

/** Whether the last line, without its line feed, was still being written when the file was read or its writer ended. */
const isTorn = (line: string): boolean => {
  try {
    JSON.parse(line);
    return false;
  } catch {
    return line.startsWith("{");
  }
};

/**
 * Reads a capture, up to its last whole line where it is still being written.
 *
 * @throws UsageError (`capture`) that names the line
 * @example
 * parseCapture(captureHead({ started: "", link: "tcp" }) + captureLine({ t: 0, event: "opened" })).entries.length // 1
 */
export const parseCapture = (text: string): Capture => {
  const lines = text.slice(text.startsWith(byteOrderMark) ? byteOrderMark.length : 0).split("\n");
  if (lines.length > 1 && isTorn(lines.at(-1) ?? "")) lines.pop();
  if (text.trim() === "") throw wrong(1, "the file is empty; a capture begins with a line that says what it is");
  const header = headerOf(lines[0] ?? "");
  const entries: CaptureEntry[] = [];
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line.trim() === "") continue;
    if (entries.length === entryLimit)
      throw wrong(index + 1, `it has more than ${entryLimit} entries, which is the most that is read`);
    entries.push(parseCaptureLine(line, index + 1));
  }
  return { header, entries };
};
