/** Bit fields: counted from the lowest bit of the little-endian word that starts at the field's offset. */
import type { Cond } from "./expression.ts";
import type { Layout } from "./layout.ts";
import type { Reader } from "./reader.ts";
import type { Writer } from "./writer.ts";

export interface Bits {
  readonly low: number;
  readonly high: number;
  readonly form: "bool" | "unsigned" | "signed" | "filler";
  /** Present where the whole word depends on a condition. */
  // biome-ignore lint/suspicious/noExplicitAny: see AnyLayout
  readonly condition: Cond<any> | undefined;
}
/** Exists only inside a struct, which gathers neighbours at one offset into one word. */
export interface BitLayout<T, E = unknown> extends Layout<T, E> {
  readonly bits: Bits;
}

const typeNames = { bool: "BOOL", unsigned: "UINT", signed: "INT", filler: "FILL" } as const;
export const bitsType = ({ low, high, form }: Bits): string =>
  form === "bool" ? `BOOL(${low})` : `${typeNames[form]}(${low}..${high})`;

const alone = (): never => {
  throw new TypeError("a bit field only exists inside a struct");
};
/** Bit 3 is bit 3 in every table: each form is kept once. */
const known = new Map<string, BitLayout<unknown>>();
const bitLayout = <T>(low: number, high: number, form: Bits["form"]): BitLayout<T> => {
  const name = `${form} ${low}..${high}`;
  const layout = known.get(name) ?? newBitLayout(low, high, form);
  known.set(name, layout);
  return layout as BitLayout<T>;
};
const newBitLayout = (low: number, high: number, form: Bits["form"]): BitLayout<unknown> => {
  if (low > high || low < 0 || high > 47) throw new TypeError(`bits ${low}..${high} are not bits of a word`);
  const bits: Bits = { low, high, form, condition: undefined };
  return {
    bits,
    needs: [],
    fixedSize: undefined,
    size: alone,
    decode: alone,
    encode: alone,
    describe: () => ({ kind: "bits", low, high, type: bitsType(bits) }),
    reserved: form === "filler",
  };
};

/** One bit as true or false. */
export const bool = (bit: number): BitLayout<boolean> => bitLayout(bit, bit, "bool");
/** A run of bits as an unsigned number. */
export const uint = (low: number, high: number): BitLayout<number> => bitLayout(low, high, "unsigned");
/** A run of bits in two's complement. */
export const int = (low: number, high: number): BitLayout<number> => bitLayout(low, high, "signed");
/** Bits without a meaning: kept where not zero, zero where absent. */
export const filler = (low: number, high: number): BitLayout<number | undefined> => bitLayout(low, high, "filler");

const width = ({ low, high }: Bits): number => high - low + 1;

/** The value of a bit field, out of the word's value. */
export const pickBits = (bits: Bits, word: number): number | boolean | undefined => {
  const range = 2 ** width(bits);
  const raw = Math.floor(word / 2 ** bits.low) % range;
  switch (bits.form) {
    case "bool":
      return raw === 1;
    case "filler":
      return raw === 0 ? undefined : raw;
    case "signed":
      return raw >= range / 2 ? raw - range : raw;
    case "unsigned":
      return raw;
  }
};

/** What a bit field adds to the word's value. @throws LayoutError range, shape */
export const placeBits = (bits: Bits, value: unknown, writer: Writer): number => {
  const range = 2 ** width(bits);
  if (bits.form === "bool") {
    if (typeof value !== "boolean") throw writer.error("shape", "needs true or false");
    return value ? 2 ** bits.low : 0;
  }
  const n = bits.form === "filler" && value === undefined ? 0 : value;
  const lowest = bits.form === "signed" ? -range / 2 : 0;
  const highest = bits.form === "signed" ? range / 2 - 1 : range - 1;
  if (typeof n !== "number" || !Number.isInteger(n) || n < lowest || n > highest)
    throw writer.notWhole(n, lowest, highest);
  return (n < 0 ? n + range : n) * 2 ** bits.low;
};

/** A bit field read alone, out of the fewest bytes that hold it: for partial reads. */
export const bitsAlone = (bits: Bits): { readonly skipped: number; readonly layout: Layout<unknown> } => {
  const skipped = Math.floor(bits.low / 8);
  const size = Math.floor(bits.high / 8) - skipped + 1;
  const shifted: Bits = { ...bits, low: bits.low - 8 * skipped, high: bits.high - 8 * skipped };
  return {
    skipped,
    layout: {
      fixedSize: size,
      needs: [],
      size: () => size,
      describe: () => ({ kind: "bits", low: shifted.low, high: shifted.high, type: bitsType(shifted) }),
      decode: (reader: Reader) => {
        const start = reader.skip(size);
        let word = 0;
        for (let i = start + size - 1; i >= start; i--) word = word * 256 + (reader.bytes[i] as number);
        return pickBits(shifted, word);
      },
      // A meter has no bit write: neighbours in the same byte would be overwritten with zeros.
      encode: (writer) => {
        throw writer.error("shape", "a bit cannot be written without its neighbours: write the whole word");
      },
    },
  };
};
