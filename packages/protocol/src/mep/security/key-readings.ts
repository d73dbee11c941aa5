/** All keys that a text may mean: users mix the forms up, and so do the programs that they copy keys from. */
import { fromHex } from "../../bytes.ts";
import { keyLength } from "./digest.ts";
import { Secret } from "./key.ts";

/**
 * How a text was read: as characters, as hex digits, as hex digits that spell hex digits, in one case, from the last byte
 * to the first, or its last 16 characters only.
 */
export type KeyForm =
  | "ascii"
  | "hex"
  | "hex-of-hex"
  | "base64"
  | "upper-case"
  | "lower-case"
  | "reversed-hex"
  | "last-16-characters";

export interface KeyReading {
  readonly form: KeyForm;
  readonly secret: Secret;
}

/** Longer texts are not a key in any form. */
const longestText = 200;

const base64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

const fromBase64 = (text: string): Uint8Array | undefined => {
  const digits = text.replace(/=+$/, "");
  if (!/^[A-Za-z0-9+/]+$/.test(digits) || digits.length % 4 === 1) return undefined;
  const bytes: number[] = [];
  let held = 0;
  let bits = 0;
  for (const digit of digits) {
    held = ((held << 6) | base64Digits.indexOf(digit)) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >> bits) & 0xff);
  }
  return Uint8Array.from(bytes);
};

const fromText = (text: string): Uint8Array | undefined =>
  /^[\x20-\x7e]*$/.test(text) ? Uint8Array.from(text, (character) => character.charCodeAt(0)) : undefined;

/**
 * Every key that the text may stand for, the likeliest first, each key once. Texts that are not a key in any form give none.
 *
 * @example
 * keyReadings("30313233343536373839616263646566").map(({ form }) => form) // ["hex", "ascii", "reversed-hex", "last-16-characters", "base64"]
 * keyReadings("too short") // []
 */
export const keyReadings = (text: string): readonly KeyReading[] => {
  const plain = text.trim().replace(/^(ascii|hex):/i, "");
  if (plain.length > longestText) return [];
  const hex = fromHex(plain);
  const tight = plain.replace(/\s+/g, "");
  const spelled = hex === undefined ? undefined : String.fromCharCode(...hex);
  const candidates: readonly (readonly [KeyForm, Uint8Array | undefined])[] = [
    ["hex", hex],
    ["ascii", fromText(plain)],
    ["ascii", fromText(tight)],
    ["hex-of-hex", spelled === undefined ? undefined : fromHex(spelled)],
    ["upper-case", fromText(tight.toUpperCase())],
    ["lower-case", fromText(tight.toLowerCase())],
    ["reversed-hex", hex?.slice().reverse()],
    ["last-16-characters", fromText(tight.slice(-keyLength))],
    ["base64", fromBase64(tight)],
  ];
  const readings: KeyReading[] = [];
  const known = new Set<string>();
  for (const [form, bytes] of candidates) {
    if (bytes === undefined || bytes.length < keyLength) continue;
    const key = bytes.subarray(0, keyLength);
    const mark = key.join();
    if (known.has(mark)) continue;
    known.add(mark);
    readings.push({ form, secret: new Secret(key) });
  }
  return readings;
};
