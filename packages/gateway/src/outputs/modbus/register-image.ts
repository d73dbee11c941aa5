/** The words of registers, from a map and the figures of a meter. Pure. */
import type { Figures } from "../lines/figures.ts";
import {
  type Area,
  type FigureRegister,
  type NameKey,
  type NumberType,
  type Register,
  type RegisterMap,
  wordsOf,
} from "./register-map.ts";

export type Names = { readonly [K in NameKey]: string };

/** What a read gives: its words, or why there are none. */
export type ReadResult = Uint16Array | "outside" | "stale";

const split = (value: bigint, words: number): number[] =>
  Array.from({ length: words }, (_, n) => Number((value >> BigInt(16 * (words - 1 - n))) & 0xffffn));

const float = new DataView(new ArrayBuffer(4));

const floatWords = (value: number): number[] => {
  float.setFloat32(0, value);
  return [float.getUint16(0), float.getUint16(2)];
};

/** Smallest and largest of each kind. */
const ranges: { readonly [T in Exclude<NumberType, "f32" | "acc32">]: readonly [number, number] } = {
  u16: [0, 0xffff],
  i16: [-0x8000, 0x7fff],
  u32: [0, 0xffff_ffff],
  i32: [-0x8000_0000, 0x7fff_ffff],
  u64: [0, Number.MAX_SAFE_INTEGER],
  i64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
};

const sameWords = (a: readonly number[], b: readonly number[]): boolean => a.every((word, n) => word === b[n]);

/**
 * A number as words.
 *
 * @param unknown the words that mean unknown: a value that would look like them has no words
 * @returns undefined if it does not fit
 */
export const wordsFor = (
  type: NumberType,
  value: number,
  unknown?: readonly number[],
): readonly number[] | undefined => {
  if (!Number.isFinite(value)) return undefined;
  if (type === "f32") return floatWords(value);
  const whole = Math.round(value);
  if (type === "acc32") return whole < 0 ? undefined : split(BigInt(whole), 2);
  const [low, high] = ranges[type];
  if (whole < low || whole > high) return undefined;
  const words = split(BigInt.asUintN(64, BigInt(whole)), wordsOf[type]);
  return unknown !== undefined && sameWords(words, unknown) ? undefined : words;
};

const textWords = (text: string, words: number): number[] => {
  const codes = [...text].map((character) => {
    const code = character.codePointAt(0) ?? 0;
    return code >= 0x20 && code < 0x7f ? code : 0x3f;
  });
  return Array.from({ length: words }, (_, n) => ((codes[2 * n] ?? 0) << 8) | (codes[2 * n + 1] ?? 0));
};

const lengthOf = (register: Register): number => ("words" in register ? register.words : wordsOf[register.type]);

const isMeasured = (register: Register): register is FigureRegister => "figure" in register;

/** The registers of one meter. */
export class RegisterImage {
  readonly #map: RegisterMap;
  readonly #names: Names;
  /** By each address that they cover. */
  readonly #byAddress = new Map<number, Register>();

  constructor(map: RegisterMap, names: Names) {
    this.#map = map;
    this.#names = names;
    for (const register of map.registers)
      for (let n = 0; n < lengthOf(register); n++) this.#byAddress.set(register.at + n, register);
  }

  /**
   * The words of `count` registers from `from`.
   *
   * @param figures undefined while the values of the meter are stale: only what it says of itself can be read then
   */
  read(from: number, count: number, figures: Figures | undefined): ReadResult {
    const area = this.#map.areas.find((each) => from >= each.from && from + count - 1 <= each.to);
    if (area === undefined) return "outside";
    const words = new Uint16Array(count);
    let isStale = figures === undefined;
    let measured = 0;
    let fixed = 0;
    for (let address = from; address < from + count; ) {
      const register = this.#byAddress.get(address);
      if (register === undefined) {
        words[address - from] = this.#hole(area, address);
        address++;
        continue;
      }
      if (isMeasured(register)) measured++;
      else fixed++;
      const found = this.#wordsOf(register, figures);
      if (found === undefined) isStale = true;
      const next = register.at + lengthOf(register);
      for (; address < next && address < from + count; address++)
        words[address - from] = found?.[address - register.at] ?? 0;
    }
    // Holes and marks of unknown are no values, so a stale meter must not answer with them alone either.
    const saysItself = measured === 0 && fixed > 0;
    return isStale && !saysItself ? "stale" : words;
  }

  #hole({ from, hole }: Area, address: number): number {
    return this.#unknown(hole)?.[(address - from) % wordsOf[hole]] ?? 0;
  }

  #unknown(type: NumberType): readonly number[] | undefined {
    return this.#map.unknown[type];
  }

  /** Undefined if there is no way to say it. */
  #wordsOf(register: Register, figures: Figures | undefined): readonly number[] | undefined {
    if ("text" in register) {
      const { text } = register;
      return textWords(typeof text === "string" ? text : this.#names[text.name], register.words);
    }
    const { type } = register;
    const unknown = this.#unknown(type);
    if ("value" in register) return wordsFor(type, register.value);
    if ("unknown" in register) return unknown;
    if ("serial" in register) return this.#serialWords() ?? unknown;
    const value = figures?.[register.figure] ?? null;
    const words = value === null ? undefined : wordsFor(type, value * (register.times ?? 1), unknown);
    return words ?? (register.needed === true ? undefined : unknown);
  }

  #serialWords(): readonly number[] | undefined {
    const digits = this.#names.serial.replace(/\D/g, "").slice(-9);
    return digits === "" ? undefined : wordsFor("u32", Number(digits));
  }
}
