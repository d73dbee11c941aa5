/** Layouts, dimensions and conditions as the nodes that the interpreter in lua/layout.lua walks. */
import type { CondTree, ExprTree } from "@meterport/protocol/layout/expression-tree";
import type { AnyLayout, Description, FieldDescription } from "@meterport/protocol/layout/layout";
import type { LuaValue } from "./lua-value.ts";

const treeOf = (tree: ExprTree | CondTree): LuaValue =>
  typeof tree === "number"
    ? tree
    : tree.flatMap((part): LuaValue[] => {
        if (part === undefined) return [];
        if (typeof part !== "object") return [part];
        return [
          Array.isArray(part) ? treeOf(part as ExprTree | CondTree) : (part as Readonly<Record<string, LuaValue>>),
        ];
      });

const wordsOf = ({ name, doc, meta }: FieldDescription): Readonly<Record<string, LuaValue | undefined>> => ({
  n: name,
  d: doc === "" ? undefined : doc,
  u: meta.unit,
  v:
    meta.names === undefined
      ? undefined
      : new Map(Object.entries(meta.names).map(([value, meaning]) => [Number(value), meaning])),
});

const bitForms: Readonly<Record<string, string>> = { BOOL: "bool", UINT: "unsigned", INT: "signed", FILL: "filler" };

/** A bit field, and the condition of its whole word. */
const bitsIn = ({ layout }: FieldDescription) => {
  const inner = layout.kind === "when" ? layout.inner : layout;
  const condition = layout.kind === "when" ? treeOf(layout.tree) : undefined;
  return inner.kind === "bits" ? { ...inner, condition } : undefined;
};

const formOfBytes = ({ padding, type }: Description & { readonly kind: "bytes" }): string =>
  padding ?? (type.endsWith(" of BCD") ? "digits" : type.startsWith("SET[") ? "set" : "raw");

/** Neighbouring bit fields of one offset share one little-endian word, as in `struct`. */
const fieldsOf = (fields: readonly FieldDescription[]): LuaValue => {
  const slots: LuaValue[] = [];
  let word: { at: string | undefined; top: number; members: LuaValue[]; condition: LuaValue | undefined } | undefined;
  const flush = (): void => {
    if (word !== undefined) slots.push({ w: Math.floor(word.top / 8) + 1, m: word.members, c: word.condition });
    word = undefined;
  };
  for (const field of fields) {
    const bits = bitsIn(field);
    if (bits === undefined || (word !== undefined && word.at !== field.at)) flush();
    if (bits === undefined) {
      slots.push({ ...wordsOf(field), l: nodeOf(field.layout) });
      continue;
    }
    const { low, high, type, condition } = bits;
    word ??= { at: field.at, top: 0, members: [], condition };
    word.top = Math.max(word.top, high);
    word.members.push({ ...wordsOf(field), a: low, z: high, f: bitForms[type.split("(")[0] as string] });
  }
  flush();
  return slots;
};

const nodeOf = (layout: Description): LuaValue => {
  switch (layout.kind) {
    case "int":
      return ["i", layout.bytes, layout.signed];
    case "bytes":
      return ["b", formOfBytes(layout), layout.size === undefined ? false : treeOf(layout.size)];
    case "record":
      return ["d", layout.type, layout.bytes];
    case "bits":
      throw new TypeError("a bit field only exists inside a struct");
    case "array": {
      const [until, tree] = layout.extent;
      const step = layout.step === undefined ? [] : [treeOf(layout.step)];
      return ["a", until, treeOf(tree), nodeOf(layout.element), ...step];
    }
    case "when":
      return ["o", treeOf(layout.tree), nodeOf(layout.inner)];
    case "struct":
      return layout.exclusive === true
        ? ["c", layout.fields.map((field) => formOf(field))]
        : ["s", fieldsOf(layout.fields)];
  }
};

const formOf = (field: FieldDescription): LuaValue => {
  const { layout } = field;
  if (layout.kind !== "when") throw new TypeError(`the form "${field.name}" has no condition`);
  return { ...wordsOf(field), c: treeOf(layout.tree), l: nodeOf(layout.inner) };
};

/** The node of a whole layout. */
export const layoutNode = (layout: AnyLayout): LuaValue => nodeOf(layout.describe());

const pathOf = (tree: readonly unknown[]): string | undefined => {
  const [operator, table, key] = tree;
  return operator === "dim" || operator === "entry" || operator === "flag" ? `${table}.${key}` : undefined;
};
const collect = (part: unknown, found: Set<string>): void => {
  if (typeof part !== "object" || part === null) return;
  if (Array.isArray(part)) {
    const path = pathOf(part);
    if (path !== undefined) found.add(path);
  }
  for (const inner of Object.values(part)) collect(inner, found);
};
/** What a layout needs from other tables: "ET11.deviceCount", and for lists "BT61.dataSets". */
export const dimensionsIn = (layout: AnyLayout, found: Set<string>): void => collect(layout.describe(), found);
