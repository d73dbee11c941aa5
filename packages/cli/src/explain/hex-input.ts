/** Bytes as people paste them. */
import { fromHex } from "@meterport/protocol/bytes";
import { UsageError } from "@meterport/protocol/errors";
import type { Io } from "../io.ts";

/** The longest load profile has 233,856 bytes (MEP guide 1.1, p. 237); more is no table and no packet. */
const mostBytes = 256 * 1024;

/**
 * The bytes of a hexadecimal text.
 *
 * @throws UsageError (`hex`) that says what is wrong with it
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
      ? `${plain.length} hex digits make no whole number of bytes: one is missing or too many`
      : `"${wrong}" is no hex digit; give bytes like 00 14 3f, with or without spaces, colons or 0x`,
  );
};

/** The bytes as a whole, and line by line where there are several. */
export interface HexInput {
  readonly all: Uint8Array;
  readonly lines: readonly Uint8Array[];
}

/** The words of the command line, or standard input for a single "-". @throws UsageError */
export const readHex = async (words: readonly string[], io: Io): Promise<HexInput> => {
  const texts = words.length === 1 && words[0] === "-" ? (await io.readStdin()).split(/\r?\n/) : words;
  const lines = texts.filter((line) => line.trim() !== "");
  const all = parseHex(lines.join(" "));
  // Bytes that were not quoted come as words; lines count only where each is whole.
  const whole = lines.map((line) => fromHex(line));
  return { all, lines: whole.every((line) => line !== undefined) ? whole : [all] };
};
