/** How the registers of a meter are declared, as data. Each map says where it was read. */
import type { FigureKey } from "../lines/figures.ts";

/** The kinds of numbers on the wire; the word with the higher bits comes first. `acc32` is a counter that begins again after 2^32. */
export type NumberType = "u16" | "i16" | "u32" | "i32" | "acc32" | "u64" | "i64" | "f32";

/** Words of each. */
export const wordsOf: { readonly [T in NumberType]: number } = {
  ...{ u16: 1, i16: 1, u32: 2, i32: 2, acc32: 2, u64: 4, i64: 4, f32: 2 },
};

/** What a meter says of itself. */
export type NameKey = "maker" | "model" | "serial" | "version";

/** A measured value. */
export interface FigureRegister {
  readonly at: number;
  readonly type: NumberType;
  readonly figure: FigureKey;
  /** What one unit of the figure is on the wire: 10 for tenths; 1 if omitted. */
  readonly times?: number | undefined;
  /** Whether it has no way to say that it is unknown: a read of it is then refused. */
  readonly needed?: boolean | undefined;
}

/** A number that is always the same. */
export interface ConstantRegister {
  readonly at: number;
  readonly type: NumberType;
  readonly value: number;
}

/** A value that the real meter has and ours has not. */
export interface UnknownRegister {
  readonly at: number;
  readonly type: NumberType;
  readonly unknown: true;
}

/** The serial number of the meter as a number, as far as it has one. */
export interface SerialRegister {
  readonly at: number;
  readonly type: "u32";
  readonly serial: true;
}

/** ASCII, padded with zeros. */
export interface TextRegister {
  readonly at: number;
  readonly words: number;
  readonly text: string | { readonly name: NameKey };
}

export type Register = FigureRegister | ConstantRegister | UnknownRegister | SerialRegister | TextRegister;

/** A run of registers that a client may read, also across its holes. */
export interface Area {
  readonly from: number;
  readonly to: number;
  /** What holes hold, as the kind whose unknown it is, beginning at `from`. */
  readonly hole: NumberType;
}

/** The words that mean "unknown" in each kind; without them a value of that kind is refused instead. */
export type UnknownWords = { readonly [T in NumberType]?: readonly number[] };

export interface RegisterMap {
  /** "sunspec_213" */
  readonly name: string;
  /** What it acts as, for the answer about the device; the meter's own if undefined. */
  readonly maker?: string | undefined;
  readonly model?: string | undefined;
  readonly unknown: UnknownWords;
  readonly areas: readonly Area[];
  readonly registers: readonly Register[];
}

/** What IEEE 754 has for unknown, in the form that SunSpec prescribes. */
export const nan: readonly number[] = [0x7fc0, 0x0000];
