/** The key that a user gave, from wherever. */
import { UsageError } from "@meterport/protocol/errors";
import { type ParsedKey, parseKey } from "@meterport/protocol/security/key";
import { type Io, say } from "./io.ts";

/**
 * A key, or the one in `@file`; the form that was understood is told on standard error, never the key.
 *
 * @param what it is called in that sentence, as in "the key"
 * @throws UsageError (`key`), whose message does not contain the key
 */
export const givenKey = (text: string, what: string, io: Io): ParsedKey => {
  const inFile = text.startsWith("@");
  const key = parseKey(inFile ? io.readFile(text.slice(1)).trim() : text);
  say(io, `${what}${inFile ? ", from a file," : ""} was ${key.form}`);
  return key;
};

/** The key of `--key` or of METERPORT_KEY. @throws UsageError as `givenKey` does */
export const optionalKey = (given: string | undefined, io: Io): ParsedKey | undefined => {
  if (given !== undefined) return givenKey(given, "the key", io);
  const inherited = io.env.METERPORT_KEY?.trim() ?? "";
  return inherited === "" ? undefined : givenKey(inherited, "the key in METERPORT_KEY", io);
};

/** `optionalKey` where there is no way without. @throws UsageError */
export const requiredKey = (given: string | undefined, io: Io): ParsedKey => {
  const key = optionalKey(given, io);
  if (key !== undefined) return key;
  throw new UsageError("key", "a key is needed: give --key KEY, --key @FILE, or set METERPORT_KEY");
};
