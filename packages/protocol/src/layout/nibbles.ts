/** Half bytes, the high one first: the one place where these tables count from the top (MEP guide 1.1, p. 246). */
import { type Dim, toExpr } from "./expression.ts";
import type { Layout } from "./layout.ts";
import { bytes } from "./primitives.ts";

/** Both halves of each of `length` bytes, 0..15, the high half before the low one. */
export const nibbles = <E>(length: Dim<E>): Layout<number[], E> => {
  const expr = toExpr(length);
  return {
    ...bytes(length),
    decode: (reader, env, scope) => {
      const count = expr.eval(env, scope);
      const start = reader.skip(count);
      const out: number[] = [];
      for (let i = start; i < start + count; i++) {
        const byte = reader.bytes[i] as number;
        out.push(byte >> 4, byte & 15);
      }
      return out;
    },
    encode: (writer, values, env, scope) => {
      const count = expr.eval(env, scope);
      if (!Array.isArray(values) || values.length !== 2 * count)
        throw writer.error(
          "shape",
          `needs ${2 * count} numbers, got ${Array.isArray(values) ? values.length : "none"}`,
        );
      for (const value of values)
        if (!Number.isInteger(value) || value < 0 || value > 15) throw writer.notWhole(value, 0, 15);
      for (let i = 0; i < 2 * count; i += 2) writer.integer(16 * (values[i] as number) + (values[i + 1] as number), 1);
    },
  };
};
