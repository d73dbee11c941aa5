/** Bytes as people paste them. */
import { fromHex } from "@meterport/protocol/bytes";
import { isPacketFile } from "@meterport/protocol/capture/pcap/packets";
import { UsageError } from "@meterport/protocol/errors";
import type { Io } from "../../io/io.ts";

/** The longest load profile has 233,856 bytes (MEP guide 1.1, p. 237); no table or packet is longer. */
const mostBytes = 256 * 1024;

/**
 * The bytes of a hexadecimal text.
 *
 * @throws UsageError (`hex`) that says what is wrong
 */
export const parseHex = (text: string): Uint8Array => {
  const bytes = fromHex(text);
  if (bytes !== undefined && bytes.length > mostBytes)
    throw new UsageError("hex", `${bytes.length} bytes are more than any table has`);
  if (bytes !== undefined && bytes.length > 0) return bytes;
  if (bytes !== undefined) throw new UsageError("hex", "there are no bytes to explain");
  const plain = text.replace(/\b0x/gi, "").replace(/[\s:,-]+/g, "");
  const wrong = /[^0-9a-f]/i.exec(plain)?.[0];
  throw new UsageError(
    "hex",
    wrong === undefined
      ? `${plain.length} hex digits are not a whole number of bytes: one is missing, or one too many`
      : `"${wrong}" is not a hex digit; give bytes like 00 14 3f, with or without spaces, colons or 0x`,
  );
};

/** The bytes as a whole, and line by line if there are several lines. */
export interface HexInput {
  readonly all: Uint8Array;
  readonly lines: readonly Uint8Array[];
}

/** The input to explain. */
export type Input =
  | { readonly kind: "hex"; readonly texts: readonly string[] }
  | { readonly kind: "capture"; readonly text: string }
  | { readonly kind: "packets"; readonly file: Uint8Array };

const beginsCapture = (text: string): boolean => /^\s*\{/.test(text);

/**
 * The words of the command line, or what a single word names: standard input for "-", a file if it is not hexadecimal.
 *
 * @throws UsageError
 */
export const readInput = async (words: readonly string[], io: Io): Promise<Input> => {
  const [word = "", ...more] = words;
  if (more.length > 0) return { kind: "hex", texts: words };
  if (word === "-") {
    const text = await io.readStdin();
    return beginsCapture(text) ? { kind: "capture", text } : { kind: "hex", texts: text.split(/\r?\n/) };
  }
  if (fromHex(word) !== undefined || /^[\s0-9a-f:,x-]*$/i.test(word)) return { kind: "hex", texts: words };
  // A word without extension and folder was meant as hexadecimal: the error is reported below.
  if (!/[./\\]/.test(word)) return { kind: "hex", texts: words };
  const file = io.readBytes(word);
  if (isPacketFile(file)) return { kind: "packets", file };
  const text = new TextDecoder().decode(file);
  return beginsCapture(text) ? { kind: "capture", text } : { kind: "hex", texts: text.split(/\r?\n/) };
};

/** Bytes that came as words or lines. @throws UsageError */
export const readHex = (texts: readonly string[]): HexInput => {
  const lines = texts.filter((line) => line.trim() !== "");
  const all = parseHex(lines.join(" "));
  // Unquoted bytes come as words; lines count only if each is whole.
  const whole = lines.map((line) => fromHex(line));
  return { all, lines: whole.every((line) => line !== undefined) ? whole : [all] };
};
