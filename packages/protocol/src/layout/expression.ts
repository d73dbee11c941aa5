/**
 * Dimensions and conditions as data: they can be evaluated, printed and searched for the tables they depend on.
 * Never lambdas, so that documentation, dependencies and offsets can be read off a declaration.
 */
import { LayoutError } from "../errors.ts";
import type { CondTree, ExprTree } from "./expression-tree.ts";
import type { Scope } from "./layout.ts";
import { type Gate, gateText, type Profile, reaches } from "./profile.ts";

export interface Expr<E = unknown> {
  readonly eval: (env: E, scope: Scope) => number;
  readonly text: string;
  readonly tree: ExprTree;
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
  readonly tree: CondTree;
  readonly needs: readonly string[];
  readonly own: readonly string[];
  readonly indexed: boolean;
}

type Ties = Pick<Cond, "needs" | "own" | "indexed">;
/** What depends on nothing outside of itself. */
export const untied: Ties = { needs: [], own: [], indexed: false };
const tiesOf = (...parts: readonly Ties[]): Ties => ({
  needs: parts.flatMap(({ needs }) => needs),
  own: parts.flatMap(({ own }) => own),
  indexed: parts.some(({ indexed }) => indexed),
});

/** Declarations name the same few hundred offsets thousands of times: each is kept once. */
const literals = new Map<number, Expr>();
const literal = (n: number): Expr => {
  const known = literals.get(n);
  if (known !== undefined) return known;
  const made: Expr = { eval: () => n, text: String(n), tree: n, ...untied, fixed: n };
  literals.set(n, made);
  return made;
};
export const toExpr = <E>(dim: Dim<E>): Expr<E> => (typeof dim === "number" ? literal(dim) : dim);

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

/** Its text has the operator between both, each in brackets where it needs them. */
const binary = <A, B>(
  a: Dim<A>,
  operator: "+" | "-" | "*",
  b: Dim<B>,
  apply: (x: number, y: number) => number,
): Expr<A & B> => {
  const x = toExpr(a);
  const y = toExpr(b);
  return {
    eval: (env, scope) => apply(x.eval(env, scope), y.eval(env, scope)),
    text: `${(operator === "*" ? factor : term)(x.text)} ${operator} ${(operator === "+" ? term : factor)(y.text)}`,
    tree: [operator, x.tree, y.tree],
    ...tiesOf(x, y),
    fixed: x.fixed === undefined || y.fixed === undefined ? undefined : apply(x.fixed, y.fixed),
  };
};

export const plus = <A, B>(a: Dim<A>, b: Dim<B>): Expr<A & B> => binary(a, "+", b, (x, y) => x + y);
/** Clamped at 0: a count cannot be negative whatever the device reports. */
export const minus = <A, B>(a: Dim<A>, b: Dim<B>): Expr<A & B> => binary(a, "-", b, (x, y) => Math.max(0, x - y));
export const times = <A, B>(a: Dim<A>, b: Dim<B>): Expr<A & B> => binary(a, "*", b, (x, y) => x * y);
/** Bytes that hold the given number of bits. */
export const bitBytes = <A>(bits: Dim<A>): Expr<A> => {
  const { text, tree } = toExpr(bits);
  return {
    ...binary(bits, "+", 0, (x) => Math.ceil(x / 8)),
    text: `(${term(text)} + 7) / 8`,
    tree: ["bytes", tree],
  };
};
/** One value under a condition, another without it. */
export const either = <C, A, B>(cond: Cond<C>, yes: Dim<A>, no: Dim<B>): Expr<C & A & B> => {
  const x = toExpr(yes);
  const y = toExpr(no);
  return {
    eval: (env, scope) => (cond.test(env, scope) ? x : y).eval(env, scope),
    text: `${term(x.text)} if ${cond.text}, else ${term(y.text)}`,
    tree: ["either", cond.tree, x.tree, y.tree],
    ...tiesOf(cond, x, y),
    fixed: undefined,
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
  tree: ["own", name],
  ...untied,
  fixed: undefined,
  own: [name],
});
/** True where an earlier field of the same record has the given value. */
export const ownIs = (name: string, value: number | boolean): Cond => ({
  test: (_env, scope) => ownValue(name, scope) === value,
  text: `${name} = ${value}`,
  tree: ["is", name, value],
  ...untied,
  own: [name],
});

/** True from the given firmware on; a family that is not named never has the field. */
export const atLeast = (gate: Gate): Cond<{ readonly profile: Profile }> => ({
  test: ({ profile }) => reaches(profile, gate),
  text: `firmware ${gateText(gate)} or later`,
  tree: ["since", gate],
  ...untied,
});
export const not = <C>(cond: Cond<C>): Cond<C> => ({
  test: (env, scope) => !cond.test(env, scope),
  text: `not (${cond.text})`,
  tree: ["not", cond.tree],
  ...tiesOf(cond),
});
export const all = <A, B>(a: Cond<A>, b: Cond<B>): Cond<A & B> => ({
  test: (env, scope) => a.test(env, scope) && b.test(env, scope),
  text: `${bracketed(a.text, / or (?!later)/)} and ${bracketed(b.text, / or (?!later)/)}`,
  tree: ["and", a.tree, b.tree],
  ...tiesOf(a, b),
});
export const any = <A, B>(a: Cond<A>, b: Cond<B>): Cond<A & B> => ({
  test: (env, scope) => a.test(env, scope) || b.test(env, scope),
  text: `${a.text} or ${b.text}`,
  tree: ["or", a.tree, b.tree],
  ...tiesOf(a, b),
});
/** True for the entries of an array before the given index: entries may differ by place. */
export const entryBelow = (index: number): Cond => ({
  test: (_env, scope) => scope.index < index,
  text: `entry 0..${index - 1}`,
  tree: ["below", index],
  ...untied,
  indexed: true,
});
/** True where a dimension is greater than a number. */
export const exceeds = <A>(dim: Dim<A>, limit: number): Cond<A> => {
  const expr = toExpr(dim);
  return {
    test: (env, scope) => expr.eval(env, scope) > limit,
    text: `${term(expr.text)} > ${limit}`,
    tree: ["exceeds", expr.tree, limit],
    ...tiesOf(expr),
  };
};
