/** Numbers with the digits that people expect. */

/**
 * At least two digits, as in times and identifiers.
 *
 * @example
 * twoDigits(7) // "07"
 * twoDigits(2026) // "2026"
 */
export const twoDigits = (n: number): string => String(n).padStart(2, "0");

/**
 * A byte in hex, as messages quote it.
 *
 * @example
 * hexByte(11) // "0x0b"
 */
export const hexByte = (byte: number): string => `0x${byte.toString(16).padStart(2, "0")}`;
