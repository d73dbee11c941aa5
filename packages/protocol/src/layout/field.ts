/** What a struct is declared from: fields at the offsets that the guide prints. */
import { type Dim, type Expr, toExpr } from "./expression.ts";
import type { FieldMeta } from "./field-meta.ts";
import type { Layout, Simplify, ValueOf } from "./layout.ts";

export interface Field<T, E> {
  readonly layout: Layout<T, E>;
  // biome-ignore lint/suspicious/noExplicitAny: what the printed offset depends on is part of E already
  readonly at: Expr<any> | undefined;
  readonly doc: string;
  readonly meta: FieldMeta;
}

/** One for all fields of which nothing more is known: a declaration has thousands. */
const nothing: FieldMeta = {};

// Without NoInfer the `any` of Fields would flow into layouts that need nothing, such as `reserved(1)`, and from there
// into what the whole struct needs: forgetting a dimension would compile.
/** A field at the offset that the guide prints: a number, or the guide's formula as an expression. */
export const at = <T, E, A>(
  offset: Dim<A>,
  layout: Layout<T, E>,
  doc: string,
  meta: FieldMeta = nothing,
): Field<T, NoInfer<E & A>> => ({
  layout,
  at: toExpr(offset),
  doc,
  meta,
});
/**
 * A field that follows the one before it, at an offset that the guide does not print. It is not called `then` because
 * `await import()` takes a module that exports that name for a promise.
 */
export const next = <T, E>(layout: Layout<T, E>, doc: string, meta: FieldMeta = nothing): Field<T, NoInfer<E>> => ({
  layout,
  at: undefined,
  doc,
  meta,
});

// biome-ignore lint/suspicious/noExplicitAny: see AnyLayout
export type Fields = Record<string, Field<any, any>>;
type FieldValue<F> = F extends { readonly layout: infer L } ? ValueOf<L> : never;
type OptionalKeys<F extends Fields> = { [K in keyof F]: undefined extends FieldValue<F[K]> ? K : never }[keyof F];
/** The value of a struct: fields that a condition or emptiness may take away are optional. */
export type StructOf<F extends Fields> = Simplify<
  { -readonly [K in Exclude<keyof F, OptionalKeys<F>>]: FieldValue<F[K]> } & {
    -readonly [K in OptionalKeys<F>]?: Exclude<FieldValue<F[K]>, undefined>;
  }
>;
/** A contravariant position turns the union of all fields' needs into their intersection. */
export type EnvOf<F> = {
  [K in keyof F]: F[K] extends Field<infer _T, infer E> ? (env: E) => void : never;
}[keyof F] extends (env: infer I) => void
  ? I
  : never;
