import { type Dim, type Expr, plus, times, toExpr } from "./expression.ts";

/** `minus` without the clamp: where a device reports a whole that is smaller than its parts, the layout refuses it. */
export const difference = <A, B>(a: Dim<A>, b: Dim<B>): Expr<A & B> => {
  const { text } = toExpr(b);
  return { ...plus(a, times(-1, b)), text: `${toExpr(a).text} - ${text.includes(" ") ? `(${text})` : text}` };
};
