/** JSON of decoded values. */
import { toHex } from "@meterport/protocol/bytes";

/** Bytes become hexadecimal, so that each value has one form that others can read. */
const replacer = (_key: string, value: unknown): unknown => {
  if (value instanceof Uint8Array) return toHex(value);
  return value === undefined ? null : value;
};

/**
 * One line of JSON.
 *
 * @example
 * toJson({ a: Uint8Array.of(1, 2) }) // "{\"a\":\"0102\"}"
 */
export const toJson = (value: unknown): string => JSON.stringify(value, replacer);
