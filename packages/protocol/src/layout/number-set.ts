/** Sets of numbers as bitmaps, as far as they are there: older firmware ends before them, and an answer may be cut. */
import { LayoutError } from "../errors.ts";
import { type Dim, toExpr } from "./expression.ts";
import type { Layout } from "./layout.ts";
import { bytes } from "./primitives.ts";

const asFarAsSent = (): never => {
  throw new LayoutError("shape", { path: "", offset: 0 }, "it reaches as far as the answer does");
};

/**
 * Numbers in ascending order, out of a bitmap of `length` bytes: bit n mod 8 of byte n div 8 stands for n. `undefined`
 * where the bytes end before it. Where they end within it, the numbers that are told so far; a later field of the same
 * record named `mark`, a `cutMark`, then holds where. Only what stands at the end of a table can be such a set.
 */
export const numberSet = <E>(length: Dim<E>, mark: string): Layout<number[] | undefined, E> => {
  const expr = toExpr(length);
  return {
    ...bytes(length, `SET[${expr.text}]`),
    fixedSize: undefined,
    size: asFarAsSent,
    decode: (reader, env, scope) => {
      const announced = expr.eval(env, scope);
      const there = Math.min(announced, reader.limit - reader.pos);
      if (there === 0 && announced > 0) return undefined;
      if (there < announced) reader.cut = true;
      const out: number[] = [];
      for (const [i, byte] of reader.take(there).entries())
        for (let bit = 0; bit < 8; bit++) if (((byte >> bit) & 1) === 1) out.push(8 * i + bit);
      return out;
    },
    encode: (writer, numbers, env, scope) => {
      const announced = expr.eval(env, scope);
      if (numbers === undefined) {
        if (announced > 0) writer.ended = true;
        return;
      }
      if (!Array.isArray(numbers)) throw writer.error("shape", "needs a list of numbers");
      if (writer.ended && announced > 0) throw writer.error("shape", "cannot be there without the sets before it");
      const end = scope.self?.[mark];
      const there = typeof end === "number" ? Math.max(0, Math.min(announced, end - writer.pos)) : announced;
      if (there < announced) writer.ended = true;
      const bitmap = new Uint8Array(there);
      for (const number of numbers) {
        if (!Number.isInteger(number) || number < 0 || number >= 8 * there)
          throw writer.notWhole(number, 0, 8 * there - 1);
        bitmap[number >> 3] = (bitmap[number >> 3] as number) | (1 << (number & 7));
      }
      writer.put(bitmap);
    },
  };
};

/** Where the bytes end, if they end within a `numberSet`: without it such a value could not be written back. */
export const cutMark = (): Layout<number | undefined> => ({
  fixedSize: 0,
  needs: [],
  size: () => 0,
  describe: () => ({ kind: "bytes", length: "0", type: "END", size: 0, padding: undefined }),
  decode: (reader) => (reader.cut ? reader.pos : undefined),
  encode: (writer, value) => {
    if (value !== undefined && value !== writer.pos)
      throw writer.error("shape", `says that the sets end at byte ${value}, but they end at ${writer.pos}`);
  },
});
