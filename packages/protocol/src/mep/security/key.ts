/** Access keys as people write them. Sixteen bytes count; what a text was taken for is said, because users mix the forms up. */

import { fromHex } from "../../bytes.ts";
import { UsageError } from "../../errors.ts";
import { keyLength } from "./digest.ts";

/** Bytes that must not be seen: prints as `[secret]` wherever it is printed. */
export class Secret {
  readonly #bytes: Uint8Array;

  /** Keeps a copy. @throws UsageError (`key`) for what is not bytes */
  constructor(bytes: Uint8Array) {
    if (!(bytes instanceof Uint8Array))
      throw new UsageError("key", "a Secret is made of bytes; of a text, parseKey(text).secret makes one");
    this.#bytes = bytes.slice();
  }

  /** A copy of the bytes, for code that computes with them. */
  reveal(): Uint8Array {
    return this.#bytes.slice();
  }

  toString(): string {
    return "[secret]";
  }

  toJSON(): string {
    return "[secret]";
  }

  /** What Node's console and assertion messages show. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "[secret]";
  }
}

/** A key and what its text was taken for. Printing it shows no key: the bytes are behind an accessor of the class. */
export class ParsedKey {
  readonly secret: Secret;
  /** `ascii` or `hex`. */
  readonly encoding: "ascii" | "hex";
  /** One sentence about the form that was understood, without the key. */
  readonly form: string;

  constructor(bytes: Uint8Array, encoding: "ascii" | "hex", form: string) {
    this.secret = new Secret(bytes);
    this.encoding = encoding;
    this.form = form;
  }

  /** A copy of the bytes that count. */
  get key(): Uint8Array {
    return this.secret.reveal();
  }
}

const longKeyLength = 20;

const counts = (length: number): boolean => length === keyLength || length === longKeyLength;

const cut = (bytes: Uint8Array, encoding: "ascii" | "hex", what: string, counted: number): ParsedKey => {
  const tail = bytes.length > counted ? `, of which only the first ${counted} bytes count` : "";
  return new ParsedKey(bytes.subarray(0, counted), encoding, `read as ${what}${tail}`);
};

const wrong = (detail: string): UsageError =>
  new UsageError(
    "key",
    `${detail}; a key is 16 or 20 ASCII characters, or 32 or 40 hex digits, with ascii: or hex: in front to be explicit`,
  );

const ascii = (text: string, counted: number, explicit: boolean): ParsedKey => {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x20 || unit > 0x7e) throw wrong(`character ${i + 1} of the key is not printable ASCII`);
    bytes[i] = unit;
  }
  // Someone who wrote `ascii:` knows the other form.
  const hint = !explicit && /^[0-9a-f]+$/i.test(text) ? " (not as hex digits: those would be 32 or 40)" : "";
  return cut(bytes, "ascii", `${text.length} ASCII characters${hint}`, counted);
};

/**
 * The first 16 bytes of a key that is given as 16 or 20 ASCII characters or as 32 or 40 hex digits (MEP guide 1.1, p. 19).
 * The optical port counts all 20 (Optical guide 1.1, p. 15). `ascii:` or `hex:` in front makes it explicit; between hex bytes spaces, colons and dashes may stand; a line end is ignored.
 *
 * @throws UsageError with a sentence that says what was wrong and never contains the key.
 * @example
 * parseKey("0123456789abcdef").form // "read as 16 ASCII characters (not as hex digits: those would be 32 or 40)"
 */
export const parseKey = (text: string, counted: number = keyLength): ParsedKey => {
  const line = text.replace(/[\r\n]+$/, "");
  const prefix = /^(ascii|hex):/i.exec(line)?.[1]?.toLowerCase();
  const rest = prefix === undefined ? line : line.slice(prefix.length + 1);
  if (rest === "") throw wrong("the key is empty");
  if (prefix !== "hex" && counts(rest.length)) return ascii(rest, counted, prefix === "ascii");
  if (prefix === "ascii") throw wrong(`the key has ${rest.length} characters`);
  const bytes = fromHex(rest);
  if (bytes !== undefined && counts(bytes.length)) return cut(bytes, "hex", `${2 * bytes.length} hex digits`, counted);
  if (bytes !== undefined) throw wrong(`the key has ${2 * bytes.length} hex digits`);
  throw wrong(
    `the key has ${rest.length} characters${prefix === "hex" ? " that are not all pairs of hex digits" : ""}`,
  );
};
