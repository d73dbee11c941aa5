/** Dimensions that stand in a list of another table: each load profile data set has its own number of channels. */
import { LayoutError } from "../errors.ts";
import { type Expr, untied } from "./expression.ts";
import { type Needs, publishing, type Table } from "./table.ts";

type ListKeys<T> = { [K in keyof T]-?: T[K] extends readonly object[] ? K : never }[keyof T] & string;
type Entry<L> = L extends readonly (infer R)[] ? R : never;
type NumericKeys<T> = { [K in keyof T]-?: T[K] extends number ? K : never }[keyof T] & string;

/**
 * A number of one entry of a list that another table publishes: of the entry `index`, or, for `"same"`, of the one
 * that has the index of the entry which the expression stands in: `entryDim(BT61, "dataSets", "same", "channels")`.
 */
export const entryDim = <Id extends string, T, E, K extends ListKeys<T>, F extends NumericKeys<Entry<T[K]>>>(
  of: Table<Id, T, E>,
  list: K,
  index: number | "same",
  field: F,
): Expr<Needs<Id, T>> => ({
  eval: (env, scope) => {
    const at = index === "same" ? scope.index : index;
    const path = `${of.id}.${list}.${at}.${field}`;
    // Values of other tables may come from a file or a cache: they are looked at before they are believed.
    const values = (env as Record<string, Record<string, unknown> | undefined>)[of.id];
    if (values === undefined) throw new LayoutError("shape", { path, offset: 0 }, `${of.id} must be known first`);
    const entries = values[list];
    const entry: unknown = Array.isArray(entries) ? entries[at] : undefined;
    if (typeof entry !== "object" || entry === null)
      throw new LayoutError("shape", { path, offset: 0 }, `${of.id} has no such entry`);
    const value = (entry as Record<string, unknown>)[field];
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
    throw new LayoutError("shape", { path, offset: 0 }, "no whole number is known for it");
  },
  text: `${of.id}.${list}.${index === "same" ? "n" : index}.${field}`,
  tree: ["entry", of.id, list, index, field],
  ...untied,
  needs: [publishing(of)],
  fixed: undefined,
  indexed: index === "same",
});
