/** The key that a user gave, from wherever. */
import { UsageError } from "@meterport/protocol/errors";
import { type ParsedKey, parseKey } from "@meterport/protocol/security/key";
import { type Io, say } from "./io.ts";

const textOf = (given: string | undefined, io: Io): { readonly text: string; readonly from: string } | undefined => {
  if (given?.startsWith("@") === true)
    return { text: (io.readFile(given.slice(1)).split(/\r?\n/)[0] ?? "").trim(), from: "the key file" };
  if (given !== undefined) return { text: given, from: "the key" };
  const inherited = io.env.METERPORT_KEY;
  if (inherited === undefined || inherited === "") return undefined;
  return inherited.startsWith("@")
    ? textOf(inherited, io)
    : { text: inherited.trim(), from: "the key in METERPORT_KEY" };
};

/**
 * The key of `--key`, `@file` or METERPORT_KEY; the form that was understood is told on standard error, never the key.
 *
 * @throws UsageError (`key`), whose message does not contain the key
 */
export const optionalKey = (given: string | undefined, io: Io): ParsedKey | undefined => {
  const found = textOf(given, io);
  if (found === undefined) return undefined;
  const key = parseKey(found.text);
  say(io, `${found.from} was ${key.form}`);
  return key;
};

/** `optionalKey` where there is no way without. @throws UsageError */
export const requiredKey = (given: string | undefined, io: Io): ParsedKey => {
  const key = optionalKey(given, io);
  if (key !== undefined) return key;
  throw new UsageError("key", "a key is needed: give --key KEY, --key @FILE, or set METERPORT_KEY");
};
