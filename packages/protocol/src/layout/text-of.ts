import { type Dim, toExpr } from "./expression.ts";
import type { Layout } from "./layout.ts";
import { text } from "./primitives.ts";

/** `text` of a length that depends on the device: display codes have four or five characters. */
export const textOf = <E>(length: Dim<E>, padding: "nul" | "space" = "nul"): Layout<string, E> => {
  const expr = toExpr(length);
  return {
    fixedSize: expr.fixed,
    needs: expr.needs,
    indexed: expr.indexed,
    size: (env, scope) => expr.eval(env, scope),
    describe: () => ({ kind: "bytes", length: expr.text, type: `ARRAY[${expr.text}] of CHAR` }),
    decode: (reader, env, scope) => text(expr.eval(env, scope), padding).decode(reader, env, scope),
    encode: (writer, value, env, scope) => text(expr.eval(env, scope), padding).encode(writer, value, env, scope),
  };
};
