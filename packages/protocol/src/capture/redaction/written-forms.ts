/** Values that identify somebody, in every form in which they may stand where no field announces them. */
import { fromHex, toHex } from "../../bytes.ts";

interface Form {
  readonly find: Uint8Array;
  readonly put: Uint8Array;
}

/** Fewer bytes, or bytes that are nearly the same, are found everywhere by chance. */
const leastBytes = 4;
const leastDifferent = 3;
/** Longer ones are contents of which nothing is known, no names. */
const mostBytes = 64;
const telling = ({ length }: Uint8Array, different: number): boolean =>
  length >= leastBytes && length <= mostBytes && different >= leastDifferent;

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

const packed = (digits: string): Uint8Array =>
  fromHex(digits.length % 2 === 0 ? digits : `0${digits}`) ?? new Uint8Array();

const littleEndian = (value: number, length: number): Uint8Array => {
  const out = new Uint8Array(length);
  let left = value;
  for (let i = 0; i < length; i++) {
    out[i] = left % 256;
    left = Math.floor(left / 256);
  }
  return out;
};

/** Pairs of digits in the opposite order: a number that M-Bus packs with the lowest pair first. */
const pairsReversed = (digits: string): string => (digits.match(/../g) ?? []).reverse().join("");

const numberForms = (value: string, pseudonym: string): Form[] => {
  const forms = [{ find: packed(value), put: packed(pseudonym) }];
  const number = Number(value);
  if (!Number.isSafeInteger(number)) return forms;
  const length = Math.max(leastBytes, Math.ceil(Math.log2(number + 1) / 8));
  return [...forms, { find: littleEndian(number, length), put: littleEndian(Number(pseudonym), length) }];
};

const formsOf = (value: string, pseudonym: string): Form[] => {
  if (value.startsWith("raw ")) {
    const find = fromHex(value.slice(4)) ?? new Uint8Array();
    return [{ find, put: ascii(pseudonym) }];
  }
  const text = { find: ascii(value), put: ascii(pseudonym) };
  if (!/^\d+$/.test(value)) return [text];
  if (value.length % 2 === 1 || value.length < 2 * leastBytes) return [text, ...numberForms(value, pseudonym)];
  const [turned, put] = [pairsReversed(value), pairsReversed(pseudonym)];
  return [text, { find: ascii(turned), put: ascii(put) }, ...numberForms(value, pseudonym)];
};

const hexText = ({ find, put }: Form): Form[] => {
  const [found, placed] = [toHex(find), toHex(put)];
  return [
    { find: ascii(found), put: ascii(placed) },
    { find: ascii(found.toUpperCase()), put: ascii(placed.toUpperCase()) },
  ];
};

/** Finds the values of a table of pseudonyms and puts these in their place. */
export class WrittenForms {
  /** By the first byte of what is looked for; the longest first. */
  readonly #forms = new Map<number, Form[]>();

  /** @param words values in decimal digits, as words, or as `raw ` and hex digits, each with its pseudonym */
  constructor(words: ReadonlyMap<string, string>) {
    const forms = [...words]
      .flatMap(([value, pseudonym]) => formsOf(value, pseudonym))
      .filter(({ find }) => telling(find, new Set(find).size));
    const reversed = forms.map(({ find, put }) => ({ find: find.toReversed(), put: put.toReversed() }));
    const all = [...forms, ...reversed];
    for (const form of [...all, ...all.flatMap(hexText)].sort((a, b) => b.find.length - a.find.length)) {
      const first = form.find[0] as number;
      const others = this.#forms.get(first);
      if (others === undefined) this.#forms.set(first, [form]);
      else others.push(form);
    }
  }

  /** Replaces in place whatever is found. */
  replaceIn(bytes: Uint8Array): void {
    for (let at = 0; at + leastBytes <= bytes.length; at++) {
      const found = this.#forms
        .get(bytes[at] as number)
        ?.find(({ find }) => at + find.length <= bytes.length && find.every((byte, i) => bytes[at + i] === byte));
      if (found === undefined) continue;
      bytes.set(found.put, at);
      at += found.put.length - 1;
    }
  }
}
