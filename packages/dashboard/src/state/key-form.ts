/** What a text that someone enters as a key is taken for, as `parseKey` of the protocol takes it, without keeping it. */

export type KeyProblem = "empty" | "not-ascii" | "length" | "hex-length" | "not-hex";

export type KeyForm =
  | {
      readonly ok: true;
      readonly form: "ascii" | "hex";
      /** Characters or digits, without a prefix. */
      readonly length: number;
      /** Only a part of it counts at the MEP port. */
      readonly longer: boolean;
      /** It is made of hex digits, and read as characters nevertheless. */
      readonly looksHex: boolean;
    }
  | { readonly ok: false; readonly problem: KeyProblem; readonly length: number };

const COUNTED = 16;
const LONG = 20;
const counts = (length: number): boolean => length === COUNTED || length === LONG;

/** Line ends and spaces around it, as text from an e-mail has. */
export function tidied(text: string): string {
  return text.trim();
}

function asciiForm(text: string): KeyForm {
  if (!/^[\x20-\x7e]*$/.test(text)) return { ok: false, problem: "not-ascii", length: text.length };
  return {
    ...{ ok: true, form: "ascii", length: text.length, longer: text.length === LONG },
    looksHex: /^[0-9a-f]+$/i.test(text),
  };
}

function hexDigits(text: string): string | null {
  const plain = text.replace(/\b0x/gi, "").replace(/[\s:,-]+/g, "");
  return plain.length % 2 === 0 && /^[0-9a-f]*$/i.test(plain) ? plain : null;
}

/**
 * @example keyForm("0123456789abcdef") // { ok: true, form: "ascii", length: 16, longer: false, looksHex: true }
 * @example keyForm("short") // { ok: false, problem: "length", length: 5 }
 */
export function keyForm(text: string): KeyForm {
  const plain = tidied(text);
  const prefix = /^(ascii|hex):/i.exec(plain)?.[1]?.toLowerCase();
  const rest = prefix === undefined ? plain : plain.slice(prefix.length + 1);
  if (rest === "") return { ok: false, problem: "empty", length: 0 };
  if (prefix !== "hex" && counts(rest.length)) return asciiForm(rest);
  const { length } = rest;
  if (prefix === "ascii") return { ok: false, problem: "length", length };
  const digits = hexDigits(rest);
  if (digits === null) return { ok: false, problem: prefix === "hex" ? "not-hex" : "length", length };
  if (!counts(digits.length / 2)) return { ok: false, problem: "hex-length", length: digits.length };
  return { ok: true, form: "hex", length: digits.length, longer: digits.length === 2 * LONG, looksHex: true };
}
