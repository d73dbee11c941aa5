/** JSON of decoded values. */
import { toHex } from "@meterport/protocol/bytes";
import { escapedJson } from "@meterport/protocol/plain-text";
import { shownValue } from "./value.ts";

/** Bytes become hexadecimal, so that each value has one portable form. */
const replacer = (name: string, value: unknown): unknown => {
  const shown = shownValue(name, value);
  if (shown instanceof Uint8Array) return toHex(shown);
  return shown === undefined ? null : shown;
};

/**
 * One line of JSON; terminal control characters are escaped.
 *
 * @example
 * toJson({ a: Uint8Array.of(1, 2) }) // "{\"a\":\"0102\"}"
 */
export const toJson = (value: unknown): string => escapedJson(JSON.stringify(value, replacer));
