/** Recognises meters of other protocols by what they send unasked, or in reply to a sign-on of their protocol. */

/** "/?!" of IEC 62056-21, at 300 baud with seven bits and even parity, for a line that is set to eight bits without parity. */
export const iecSignOn = Uint8Array.of(0xaf, 0x3f, 0x21, 0x8d, 0x0a);

/** It answers within 1.5 s with up to 26 characters, a thirtieth of a second each. */
export const iecTimeout = 2_500;

/** Escape sequence and start of an SML file. */
const smlBegin = "1b1b1b1b01010101";

/**
 * Which other protocol these bytes belong to; undefined if it is not a known one.
 *
 * @example
 * foreignMeter(Uint8Array.from("/ISk5MT171", (c) => c.charCodeAt(0))) // "IEC 62056-21"
 * foreignMeter(Uint8Array.of(0x1b, 0x1b, 0x1b, 0x1b, 1, 1, 1, 1, 0x76)) // "SML"
 * foreignMeter(Uint8Array.of(0x06, 0xee, 0)) // undefined
 */
export const foreignMeter = (bytes: Uint8Array): "IEC 62056-21" | "SML" | undefined => {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (hex.includes(smlBegin)) return "SML";
  // The eighth bit is parity, and is ignored.
  const text = String.fromCharCode(...bytes.map((byte) => byte & 0x7f));
  // A maker's three letters, the code of a speed, and what the meter is called.
  return /\/[A-Z][A-Za-z]{2}[0-9A-I][\x20-\x7e]{3}/.test(text) ? "IEC 62056-21" : undefined;
};
