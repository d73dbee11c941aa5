/** Every table and procedure with its fields, as the contract of `meterport tables --json` has them. */
import { LayoutError } from "@meterport/protocol/errors";
import {
  annotate,
  encode,
  leaves,
  type Procedure,
  type Profile,
  sizeOf,
  tableExists,
} from "@meterport/protocol/layout/index";
import type { AnyLayout, Description, FieldDescription, FieldMeta, Leaf } from "@meterport/protocol/layout/layout";
import type { AnyTable } from "@meterport/protocol/layout/table";
import { EP17 } from "@meterport/protocol/procedures/ep17-remove-device";
import { type CatalogueEntry, catalogue } from "@meterport/protocol/tables/catalogue";
import { transaction } from "@meterport/protocol/tables/extended/transaction";
import { type Dimensions, defaultDimensions, tablesById } from "@meterport/protocol/tables/index";

/** One leaf. */
export interface ListedField {
  readonly path: string;
  /** From the start of the table; of a procedure from the start of BT07. */
  readonly offset: number;
  /** null where the content decides. */
  readonly size: number | null;
  readonly type: string;
  /** Lowest and highest bit of the little-endian word that starts at `offset`. */
  readonly bits?: readonly [low: number, high: number];
}
/** What people see beside it. */
export interface DescribedField extends ListedField {
  readonly doc: string;
  readonly meta: FieldMeta;
}

export interface ListedTable {
  readonly id: string;
  readonly number: number;
  readonly title: string;
  /** False where the guides only name it. */
  readonly documented: boolean;
  readonly access: CatalogueEntry["access"];
  /** Bytes; null where it is not declared, not on this profile, or the content decides. */
  readonly size: number | null;
  /** Leaves of the first element of each array, under the profile's default dimensions. */
  readonly fields: readonly DescribedField[];
}

/** Tables whose content decides where their fields lie: a transaction of one request shows where a record begins. */
const samples: Readonly<Record<string, unknown>> = Object.fromEntries(
  ["ET52", "ET53"].map((id) => [id, transaction({ number: 0, messages: [new Uint8Array(8)] })]),
);
const afterRecords = "numberAgain";

const fieldOf = (leaf: Leaf): DescribedField => ({
  path: leaf.path,
  offset: leaf.offset,
  size: leaf.size,
  type: leaf.type,
  ...(leaf.bits === undefined ? {} : { bits: leaf.bits }),
  doc: leaf.doc,
  meta: leaf.meta,
});

/** Fields that reach as far as the content does: no walk tells them, their printed offset does. */
const openFields = (layout: AnyLayout, known: readonly Leaf[]): DescribedField[] => {
  const description = layout.describe();
  if (description.kind !== "struct") return [];
  const seen = new Set(known.map(({ path }) => path.split(".")[0]));
  return description.fields.flatMap(({ name, at, doc, meta, layout: inner }) =>
    seen.has(name) || !/^\d+$/.test(at ?? "") || inner.kind !== "bytes"
      ? []
      : [{ path: name, offset: Number(at), size: null, type: inner.type, doc, meta }],
  );
};

/** The type and the words of a leaf, found by its path. */
const describedAt = (layout: AnyLayout, path: string): Pick<DescribedField, "type" | "doc" | "meta"> => {
  let at: Description = layout.describe();
  let doc = "";
  let meta: FieldMeta = {};
  for (const key of path.split(".")) {
    while (at.kind === "when") at = at.inner;
    if (at.kind === "array") at = at.element;
    else if (at.kind === "struct") {
      const field: FieldDescription | undefined = at.fields.find(({ name }) => name === key);
      if (field === undefined) break;
      ({ layout: at, doc, meta } = field);
    }
  }
  return { type: "type" in at ? at.type : at.kind, doc, meta };
};

const sampleFields = (table: AnyTable, env: Dimensions): DescribedField[] => {
  const { spans } = annotate(table, encode(table, samples[table.id], env), env);
  return spans
    .filter(({ path }) => path !== afterRecords)
    .map(({ path, start, end, value }) => ({
      path,
      offset: start,
      size: value instanceof Uint8Array ? null : end - start,
      ...describedAt(table, path),
    }));
};

const fieldsOf = (table: AnyTable, env: Dimensions): DescribedField[] => {
  if (samples[table.id] !== undefined) return sampleFields(table, env);
  const found = leaves(table, env, "first");
  return [...found.map(fieldOf), ...openFields(table, found)];
};

const sizeIn = (table: AnyTable, env: Dimensions): number | null => {
  if (table.id === "ET52") return env.ET11.transactionRequestLength;
  if (table.id === "ET53") return env.ET11.transactionResponseLength;
  try {
    return sizeOf(table, env);
  } catch (error) {
    if (error instanceof LayoutError) return null;
    throw error;
  }
};

// biome-ignore lint/suspicious/noExplicitAny: a list of procedures of any parameters
const procedures: ReadonlyMap<string, Procedure<string, any, any, any, any>> = new Map([[EP17.id, EP17]]);
/** Parameters stand behind procedure number and sequence (MEP guide 1.1, p. 58). */
const parametersAt = 3;

const listProcedure = (entry: CatalogueEntry, env: Dimensions): Pick<ListedTable, "size" | "fields"> => {
  const procedure = procedures.get(entry.id);
  if (procedure === undefined) return { size: null, fields: [] };
  const fields = leaves(procedure.request, env, "first").map(fieldOf);
  return {
    size: parametersAt + sizeOf(procedure.request, env),
    fields: fields.map((field) => ({ ...field, offset: field.offset + parametersAt })),
  };
};

const listTable = (entry: CatalogueEntry, env: Dimensions): Pick<ListedTable, "size" | "fields"> => {
  const table = tablesById.get(entry.id);
  if (table === undefined || !tableExists(table, env.profile)) return { size: null, fields: [] };
  return { size: sizeIn(table, env), fields: fieldsOf(table, env) };
};

/**
 * Every table and procedure that the guides name, by number, tables first. One that the profile's firmware does not have
 * stays in the list, without size and fields.
 *
 * @example
 * listTables({ family: "meter", firmware: [3, 70] }).find(({ id }) => id === "BT28")?.size // 220
 */
export const listTables = (profile: Profile): ListedTable[] => {
  const env = defaultDimensions(profile);
  return catalogue.map((entry) => {
    const { id, number, title, documented, access } = entry;
    const layout = entry.kind === "table" ? listTable(entry, env) : listProcedure(entry, env);
    return { id, number, title, documented, access, ...layout };
  });
};
