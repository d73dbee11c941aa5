/**
 * Dimensions and conditions as data: they can be evaluated, printed and searched for the tables they depend on.
 * Never lambdas, so that documentation, dependencies and offsets can be read off a declaration.
 */
import { LayoutError } from "../errors.ts";
import type { Scope } from "./layout.ts";
import { type Gate, gateText, type Profile, reaches } from "./profile.ts";

export interface Expr<E = unknown> {
  readonly eval: (env: E, scope: Scope) => number;
  readonly text: string;
  readonly needs: readonly string[];
  /** The value where it never varies. */
  readonly fixed: number | undefined;
  /** Fields of the same record that it reads. */
  readonly own: readonly string[];
  /** True where it depends on which entry of an array it is evaluated for. */
  readonly indexed: boolean;
}
export type Dim<E = unknown> = number | Expr<E>;

export interface Cond<E = unknown> {
  readonly test: (env: E, scope: Scope) => boolean;
  readonly text: string;
  readonly needs: readonly string[];
  readonly own: readonly string[];
  readonly indexed: boolean;
}

const literal = (n: number): Expr => ({
  eval: () => n,
  text: String(n),
  needs: [],
  fixed: n,
  own: [],
  indexed: false,
});
export const toExpr = <E>(dim: Dim<E>): Expr<E> => (typeof dim === "number" ? literal(dim) : dim);

const binary = <A, B>(
  a: Dim<A>,
  b: Dim<B>,
  apply: (x: number, y: number) => number,
  text: (x: string, y: string) => string,
): Expr<A & B> => {
  const x = toExpr(a);
  const y = toExpr(b);
  return {
    eval: (env, scope) => apply(x.eval(env, scope), y.eval(env, scope)),
    text: text(x.text, y.text),
    needs: [...x.needs, ...y.needs],
    fixed: x.fixed === undefined || y.fixed === undefined ? undefined : apply(x.fixed, y.fixed),
    own: [...x.own, ...y.own],
    indexed: x.indexed || y.indexed,
  };
};

/** The text in brackets where the operator stands in it outside of brackets. */
const bracketed = (text: string, operator: RegExp): string => {
  let outside = text;
  for (let before = ""; before !== outside; ) {
    before = outside;
    outside = before.replace(/\([^()]*\)/g, "");
  }
  return operator.test(outside) ? `(${text})` : text;
};
const term = (text: string): string => bracketed(text, / if /);
const factor = (text: string): string => bracketed(text, / (if|[-+/]) /);

export const plus = <A, B>(a: Dim<A>, b: Dim<B>): Expr<A & B> =>
  binary(
    a,
    b,
    (x, y) => x + y,
    (x, y) => `${term(x)} + ${term(y)}`,
  );
/** Clamped at 0: a count cannot be negative whatever the device reports. */
export const minus = <A, B>(a: Dim<A>, b: Dim<B>): Expr<A & B> =>
  binary(
    a,
    b,
    (x, y) => Math.max(0, x - y),
    (x, y) => `${term(x)} - ${factor(y)}`,
  );
export const times = <A, B>(a: Dim<A>, b: Dim<B>): Expr<A & B> =>
  binary(
    a,
    b,
    (x, y) => x * y,
    (x, y) => `${factor(x)} * ${factor(y)}`,
  );
/** Bytes that hold the given number of bits. */
export const bitBytes = <A>(bits: Dim<A>): Expr<A> =>
  binary(
    bits,
    0,
    (x) => Math.ceil(x / 8),
    (x) => `(${term(x)} + 7) / 8`,
  );
/** One value under a condition, another without it. */
export const either = <C, A, B>(cond: Cond<C>, yes: Dim<A>, no: Dim<B>): Expr<C & A & B> => {
  const x = toExpr(yes);
  const y = toExpr(no);
  return {
    eval: (env, scope) => (cond.test(env, scope) ? x : y).eval(env, scope),
    text: `${term(x.text)} if ${cond.text}, else ${term(y.text)}`,
    needs: [...cond.needs, ...x.needs, ...y.needs],
    fixed: undefined,
    own: [...cond.own, ...x.own, ...y.own],
    indexed: cond.indexed || x.indexed || y.indexed,
  };
};

const ownValue = (name: string, scope: Scope): unknown => {
  if (scope.self === undefined || !(name in scope.self)) {
    const where = { path: name, offset: 0, missing: name };
    throw new LayoutError("shape", where, "the layout depends on this value, which is not known");
  }
  return scope.self[name];
};
/** A number that stands earlier in the same record. */
export const own = (name: string): Expr => ({
  eval: (_env, scope) => Number(ownValue(name, scope)),
  text: name,
  needs: [],
  fixed: undefined,
  own: [name],
  indexed: false,
});
/** True where an earlier field of the same record has the given value. */
export const ownIs = (name: string, value: number | boolean): Cond => ({
  test: (_env, scope) => ownValue(name, scope) === value,
  text: `${name} = ${value}`,
  needs: [],
  own: [name],
  indexed: false,
});

/** True from the given firmware on; a family that is not named never has the field. */
export const atLeast = (gate: Gate): Cond<{ readonly profile: Profile }> => ({
  test: ({ profile }) => reaches(profile, gate),
  text: `firmware ${gateText(gate)} or later`,
  needs: [],
  own: [],
  indexed: false,
});
export const not = <C>(cond: Cond<C>): Cond<C> => ({
  test: (env, scope) => !cond.test(env, scope),
  text: `not (${cond.text})`,
  needs: cond.needs,
  own: cond.own,
  indexed: cond.indexed,
});
export const all = <A, B>(a: Cond<A>, b: Cond<B>): Cond<A & B> => ({
  test: (env, scope) => a.test(env, scope) && b.test(env, scope),
  text: `${bracketed(a.text, / or (?!later)/)} and ${bracketed(b.text, / or (?!later)/)}`,
  needs: [...a.needs, ...b.needs],
  own: [...a.own, ...b.own],
  indexed: a.indexed || b.indexed,
});
export const any = <A, B>(a: Cond<A>, b: Cond<B>): Cond<A & B> => ({
  test: (env, scope) => a.test(env, scope) || b.test(env, scope),
  text: `${a.text} or ${b.text}`,
  needs: [...a.needs, ...b.needs],
  own: [...a.own, ...b.own],
  indexed: a.indexed || b.indexed,
});
/** True for the entries of an array before the given index: entries may differ by place. */
export const entryBelow = (index: number): Cond => ({
  test: (_env, scope) => scope.index < index,
  text: `entry 0..${index - 1}`,
  needs: [],
  own: [],
  indexed: true,
});
/** True where a dimension is greater than a number. */
export const exceeds = <A>(dim: Dim<A>, limit: number): Cond<A> => {
  const expr = toExpr(dim);
  return {
    test: (env, scope) => expr.eval(env, scope) > limit,
    text: `${term(expr.text)} > ${limit}`,
    needs: expr.needs,
    own: expr.own,
    indexed: expr.indexed,
  };
};
