/** The key that a user gave, in an option, a file or the environment. */
import { UsageError } from "@meterport/protocol/errors";
import { type ParsedKey, parseKey } from "@meterport/protocol/mep/security/key";
import { passwordLength } from "@meterport/protocol/optical/services";
import { portLinkOf } from "@meterport/transports/port-link";
import { type Io, say } from "../io/io.ts";
import type { MeterOptions } from "./shared-options.ts";

/**
 * A key, or the one in `@file`. Standard error reports once in which form it was read, and never the key.
 *
 * @param what the key's name in that sentence, as in "the key"
 * @throws UsageError (`key`), whose message does not contain the key
 */
export const givenKey = (text: string, what: string, io: Io, counted?: number): ParsedKey => {
  const inFile = text.startsWith("@");
  const key = parseKey(inFile ? io.readFile(text.slice(1)).trim() : text, counted);
  const sentence = `${what}${inFile ? ", from a file," : ""} was ${key.form}`;
  // Repeated with every command, it would go unread.
  if (io.isNews(sentence)) say(io, sentence);
  return key;
};

/** The key of `--key` or of METERPORT_KEY. @throws UsageError as `givenKey` does */
export const optionalKey = (given: string | undefined, io: Io, counted?: number): ParsedKey | undefined => {
  if (given !== undefined) return givenKey(given, "the key", io, counted);
  const inherited = io.env.METERPORT_KEY?.trim() ?? "";
  return inherited === "" ? undefined : givenKey(inherited, "the key in METERPORT_KEY", io, counted);
};

/** The text of `--key` or of METERPORT_KEY, from its file if it is in one. @throws UsageError if a file cannot be read */
export const keyText = (given: string | undefined, io: Io): string | undefined => {
  const text = given ?? io.env.METERPORT_KEY?.trim() ?? "";
  if (text === "") return undefined;
  return text.startsWith("@") ? io.readFile(text.slice(1)).trim() : text;
};

/** `optionalKey` for what cannot do without a key. @throws UsageError */
export const requiredKey = (given: string | undefined, io: Io): ParsedKey => {
  const key = optionalKey(given, io);
  if (key !== undefined) return key;
  throw new UsageError("key", "a key is needed: give --key KEY, --key @FILE, or set METERPORT_KEY");
};

/**
 * The key for a meter. Its optical port uses 20 bytes, and shows a few tables without a key.
 *
 * @throws UsageError as `requiredKey` does, but for the optical port
 */
export const meterKey = ({ link, key: given }: Pick<MeterOptions, "link" | "key">, io: Io): ParsedKey | undefined => {
  if (!portLinkOf(link).optical) return requiredKey(given, io);
  const key = optionalKey(given, io, passwordLength);
  const length = key?.key.length ?? 0;
  if (key === undefined) say(io, "without a key the optical port shows BT00, BT01 and ET03 only");
  else if (length < passwordLength)
    say(
      io,
      `the optical port takes ${passwordLength} bytes: ${passwordLength - length} zeros are appended to the key, which no guide describes`,
    );
  return key;
};
