/** Fields that exist only under a condition. */
import type { BitLayout } from "./bits.ts";
import type { Cond } from "./expression.ts";
import type { Layout } from "./layout.ts";

interface When {
  /** A bit field under a condition: all bits of its word must stand under the same one. */
  <T, E, C>(cond: Cond<C>, inner: BitLayout<T, E>): BitLayout<T | undefined, E & C>;
  /** A field that occupies bytes only while the condition holds; its value is absent otherwise. */
  <T, E, C>(cond: Cond<C>, inner: Layout<T, E>): Layout<T | undefined, E & C>;
}

const conditional = <T, E, C>(cond: Cond<C>, inner: Layout<T, E>): Layout<T | undefined, E & C> => {
  const { walk, part } = inner;
  return {
    fixedSize: undefined,
    needs: [...cond.needs, ...inner.needs],
    size: (env, scope) => (cond.test(env, scope) ? inner.size(env, scope) : 0),
    describe: () => ({ kind: "when", condition: cond.text, tree: cond.tree, inner: inner.describe() }),
    decode: (reader, env, scope) => (cond.test(env, scope) ? inner.decode(reader, env, scope) : undefined),
    encode: (writer, value, env, scope) => {
      if (!cond.test(env, scope)) {
        if (value !== undefined) throw writer.error("shape", `does not exist here: only with ${cond.text}`);
        return;
      }
      if (value === undefined && inner.reserved !== true)
        throw writer.error("shape", `is required because ${cond.text}`);
      inner.encode(writer, value as T, env, scope);
    },
    ...(inner.reserved === true ? { reserved: true } : {}),
    indexed: cond.indexed || inner.indexed === true,
    ...(walk === undefined
      ? {}
      : {
          walk: (visit, env, scope, offset, path, value) => {
            if (cond.test(env, scope)) walk(visit, env, scope, offset, path, value);
          },
        }),
    ...(part === undefined
      ? {}
      : {
          part: (key, env, scope, value) => (cond.test(env, scope) ? part(key, env, scope, value) : undefined),
        }),
  };
};

export const when: When = <T, E, C>(cond: Cond<C>, inner: Layout<T, E> | BitLayout<T, E>) => {
  if (!("bits" in inner)) return conditional(cond, inner) as never;
  const bits = { ...inner.bits, condition: cond };
  return {
    ...inner,
    bits,
    indexed: cond.indexed,
    needs: [...cond.needs, ...inner.needs],
    describe: () => ({ kind: "when", condition: cond.text, tree: cond.tree, inner: inner.describe() }),
  } as never;
};
