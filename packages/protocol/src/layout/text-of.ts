import { type Dim, toExpr } from "./expression.ts";
import type { Layout } from "./layout.ts";
import { bytes, text } from "./primitives.ts";

/** `text` of a length that depends on the device: display codes have four or five characters. */
export const textOf = <E>(length: Dim<E>, padding: "nul" | "space" = "nul"): Layout<string, E> => {
  const expr = toExpr(length);
  return {
    ...bytes(length, `ARRAY[${expr.text}] of CHAR`, padding),
    decode: (reader, env, scope) => text(expr.eval(env, scope), padding).decode(reader, env, scope),
    encode: (writer, value, env, scope) => text(expr.eval(env, scope), padding).encode(writer, value, env, scope),
  };
};
