/** Stand-ins for what identifies somebody: as long, of the same kind of characters, and always the same for the same value. */
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { toHex } from "../../bytes.ts";

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));
const latin = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");

/** As many bytes as are asked for; without the seed nobody can find the value by trying all of them. */
const stream = (seed: Uint8Array, value: string, attempt: number, length: number): Uint8Array => {
  const out = new Uint8Array(length);
  for (let done = 0, block = 0; done < length; block++) {
    const bytes = hmac(sha256, seed, ascii(`${attempt}.${block}.${value}`));
    out.set(bytes.subarray(0, length - done), done);
    done += bytes.length;
  }
  return out;
};

const inRange = (random: number, first: string, count: number): string =>
  String.fromCharCode(first.charCodeAt(0) + (random % count));

/** A character of the same class; what is neither letter nor digit tells nothing and stays. */
const alike = (character: string, random: number): string => {
  if (character >= "0" && character <= "9") return inRange(random, "0", 10);
  if (character >= "A" && character <= "Z") return inRange(random, "A", 26);
  if (character >= "a" && character <= "z") return inRange(random, "a", 26);
  return character >= "\u00a1" ? inRange(random, "\u00c0", 64) : character;
};

const isText = (bytes: Uint8Array): boolean => bytes.length > 2 && bytes.every((byte) => byte >= 0x20 && byte <= 0x7e);

/** What a field's bytes are. */
export type ValueKind = "text" | "digits" | "raw";

/** Values and what stands for them, for one seed. */
export class Pseudonyms {
  readonly #seed: Uint8Array;
  readonly #made = new Map<string, string>();

  /** @param seed the same one gives the same pseudonyms in another file; keep it secret */
  constructor(seed: Uint8Array) {
    this.#seed = seed;
  }

  /** Digits and words that were replaced, with their pseudonyms. */
  get words(): ReadonlyMap<string, string> {
    return this.#made;
  }

  /** The pseudonym of a field's bytes, of the same length. Zeros around a value are padding and stay. */
  of(value: Uint8Array, kind: ValueKind): Uint8Array {
    let from = 0;
    let to = value.length;
    const padding = (byte: number | undefined): boolean =>
      byte === 0 || byte === 0xff || (kind === "text" && byte === 0x20);
    while (from < to && padding(value[to - 1])) to--;
    while (from < to && padding(value[from])) from++;
    if (from === to) return value.slice();
    const out = value.slice();
    const core = value.subarray(from, to);
    if (kind === "digits" && /^\d+$/.test(toHex(value))) return this.#packed(value);
    out.set(kind === "text" || isText(core) ? ascii(this.text(latin(core))) : this.#raw(core), from);
    return out;
  }

  /**
   * The pseudonym of a text, word by word.
   *
   * @example
   * new Pseudonyms(Uint8Array.of(1)).text("EL-0012").length // 7
   */
  text(text: string): string {
    return text.replace(/[0-9A-Za-z\u00a1-\u00ff]+/g, (word) =>
      /^\d+$/.test(word) ? this.digits(word) : this.#word(word),
    );
  }

  /** The pseudonym of a number in decimal digits; leading zeros stay. */
  digits(digits: string): string {
    const number = digits.replace(/^0+/, "");
    return number === "" ? digits : digits.slice(0, digits.length - number.length) + this.#word(number);
  }

  /** Bytes in place of ones that may hold anything; nothing remembers them. Zeros around them stay, as in a value. */
  noise(bytes: Uint8Array): Uint8Array {
    const last = bytes.findLastIndex((byte) => byte !== 0);
    const first = bytes.findIndex((byte) => byte !== 0);
    const out = bytes.slice();
    if (first >= 0) out.set(stream(this.#seed, `noise ${toHex(bytes)}`, 0, last + 1 - first), first);
    return out;
  }

  #word(word: string): string {
    const known = this.#made.get(word);
    if (known !== undefined) return known;
    const made = this.#other(word, (random) => {
      const text = Array.from(word, (character, i) => alike(character, random[i] as number)).join("");
      // A number with fewer digits would be another kind of number.
      return /^0/.test(text) && !/^0/.test(word) ? `${1 + ((random[0] as number) % 9)}${text.slice(1)}` : text;
    });
    this.#made.set(word, made);
    return made;
  }

  #packed(value: Uint8Array): Uint8Array {
    const digits = this.digits(toHex(value));
    return value.map((_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
  }

  #raw(core: Uint8Array): Uint8Array {
    const key = `raw ${toHex(core)}`;
    const known = this.#made.get(key);
    // No byte may become padding.
    const made = known ?? this.#other(latin(core), (random) => latin(random.map((byte) => 1 + (byte % 254))), key);
    this.#made.set(key, made);
    return ascii(made);
  }

  /** The first of the value's pseudonyms that is not the value. */
  #other(value: string, from: (random: Uint8Array) => string, key = value): string {
    let made = value;
    for (let attempt = 0; made === value && attempt < 100; attempt++)
      made = from(stream(this.#seed, key, attempt, value.length));
    return made;
  }
}
