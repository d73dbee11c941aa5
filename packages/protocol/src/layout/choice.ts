/** The same bytes in one of several forms: an index or an earlier field of the record says which. */
import { LayoutError } from "../errors.ts";
import type { Cond } from "./expression.ts";
import { type AnyLayout, joinPath, type Layout, type Part, type Scope, type ValueOf } from "./layout.ts";
import { partOf } from "./size-with-value.ts";

export interface Form<T, E> {
  readonly condition: Cond<E>;
  readonly layout: Layout<T, E>;
  readonly doc: string;
}
/** One of the forms of a choice, taken where the condition holds. Its layout is a record or has parts of its own. */
export const form = <T, E, C>(condition: Cond<C>, layout: Layout<T, E>, doc: string): Form<T, NoInfer<E & C>> => ({
  condition: condition as Cond<E & C>,
  layout,
  doc,
});

// biome-ignore lint/suspicious/noExplicitAny: see AnyLayout
export type Forms = Record<string, Form<any, any>>;
/** Exactly one of them is present. */
export type ChoiceOf<F extends Forms> = {
  -readonly [K in keyof F]?: F[K] extends { readonly layout: infer L } ? ValueOf<L> : never;
};
type EnvOfForms<F> = {
  [K in keyof F]: F[K] extends Form<infer _T, infer E> ? (env: E) => void : never;
}[keyof F] extends (env: infer I) => void
  ? I
  : never;

/** Whether it compares a value of the record that is not at hand. Told in advance: a thrown error for each entry of a table takes milliseconds. */
const lacksValue = ({ tree, own }: Pick<Cond, "tree" | "own">, { self }: Scope): boolean =>
  tree[0] === "is" && (self === undefined || own.some((name) => !(name in self)));

/** `undefined` where it depends on a value that is not at hand. */
const holds = <E>(condition: Cond<E>, env: E, scope: Scope): boolean | undefined => {
  if (lacksValue(condition, scope)) return undefined;
  try {
    return condition.test(env, scope);
  } catch (error) {
    if (error instanceof LayoutError) return undefined;
    throw error;
  }
};

/**
 * The first of `forms` whose condition holds. Where that depends on the contents, `leaves` shows each form that is
 * possible, on the same bytes, and `locate` finds the parts of each; the size is then known if all of them have it.
 *
 * @throws TypeError for a form without parts
 */
export const choice = <const F extends Forms>(forms: F): Layout<ChoiceOf<F>, EnvOfForms<F>> => {
  type Env = EnvOfForms<F>;
  const entries = Object.entries(forms) as [string, Form<unknown, Env>][];
  for (const [name, { layout }] of entries)
    if (layout.walk === undefined || layout.part === undefined)
      throw new TypeError(`choice: the form "${name}" has no parts`);

  /** Those that can still be it; only the first one that is sure, where one is. */
  const possible = (env: Env, scope: Scope): [string, Form<unknown, Env>][] => {
    const found: [string, Form<unknown, Env>][] = [];
    for (const entry of entries) {
      const held = holds(entry[1].condition, env, scope);
      if (held !== false) found.push(entry);
      if (held === true) break;
    }
    return found;
  };
  const taken = (env: Env, scope: Scope) => entries.find(([, { condition }]) => condition.test(env, scope));

  return {
    fixedSize: undefined,
    needs: entries.flatMap(([, { condition, layout }]) => [...condition.needs, ...layout.needs]),
    indexed: entries.some(([, { condition, layout }]) => condition.indexed || layout.indexed === true),
    size: (env, scope) => {
      const sizes = possible(env, scope).map(([, { layout }]) => layout.size(env, scope));
      const first = sizes[0] ?? 0;
      if (sizes.every((size) => size === first)) return first;
      throw new LayoutError("shape", { path: "", offset: 0 }, `its forms have ${sizes.join(" or ")} bytes`);
    },
    describe: () => ({
      kind: "struct",
      exclusive: true,
      fields: entries.map(([name, { condition, layout, doc }]) => ({
        name,
        at: undefined,
        doc,
        meta: {},
        reserved: false,
        layout: { kind: "when", condition: condition.text, tree: condition.tree, inner: layout.describe() },
      })),
    }),
    part: (key, env, scope): Part<Env> | undefined => {
      const found = possible(env, scope).find(([name]) => name === key);
      return found === undefined ? undefined : { offset: 0, layout: found[1].layout, scope };
    },
    walk: (walk, env, scope, offset, path, value) => {
      for (const [name, { layout }] of possible(env, scope))
        (layout as AnyLayout).walk?.(walk, env, scope, offset, joinPath(path, name), partOf(value, name));
    },
    decode: (reader, env, scope) => {
      const found = taken(env, scope);
      if (found === undefined) throw reader.error("shape", "none of its forms fits");
      const [name, { layout }] = found;
      reader.path.push(name);
      const value = layout.decode(reader, env, scope);
      reader.path.pop();
      return { [name]: value } as ChoiceOf<F>;
    },
    encode: (writer, value, env, scope) => {
      const found = taken(env, scope);
      if (found === undefined) throw writer.error("shape", "none of its forms fits");
      const [name, { condition, layout }] = found;
      const values = value as Record<string, unknown> | undefined;
      if (values?.[name] === undefined)
        throw writer.error("shape", `needs the form "${name}" because ${condition.text}`);
      const other = entries.find(([key]) => key !== name && values[key] !== undefined);
      if (other !== undefined)
        throw writer.error("shape", `the form "${other[0]}" does not exist here: ${condition.text}`);
      writer.path.push(name);
      layout.encode(writer, values[name], env, scope);
      writer.path.pop();
    },
  };
};
