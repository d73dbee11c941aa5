/** Every table and procedure with its fields, as the contract of `meterport tables --json` has them. */
import { LayoutError } from "@meterport/protocol/errors";
import { encode, leaves, type Profile, sizeOf, tableExists } from "@meterport/protocol/layout/index";
import type { AnyLayout, FieldMeta, Leaf } from "@meterport/protocol/layout/layout";
import type { AnyTable } from "@meterport/protocol/layout/table";
import { proceduresById } from "@meterport/protocol/procedures/index";
import { type CatalogueEntry, catalogue } from "@meterport/protocol/tables/catalogue";
import { type Dimensions, defaultDimensions, tablesById } from "@meterport/protocol/tables/index";
import { sampleOf } from "./sample-values.ts";

/** One leaf. */
export interface ListedField {
  readonly path: string;
  /** From the start of the table; for a procedure, from the start of BT07. */
  readonly offset: number;
  /** null if the content decides. */
  readonly size: number | null;
  readonly type: string;
  /** Lowest and highest bit of the little-endian word that starts at `offset`. */
  readonly bits?: readonly [low: number, high: number];
}
/** Its description for people. */
export interface DescribedField extends ListedField {
  readonly doc: string;
  readonly meta: FieldMeta;
}

export interface ListedTable {
  readonly id: string;
  readonly number: number;
  readonly title: string;
  /** False if the guides only name it. */
  readonly documented: boolean;
  readonly access: CatalogueEntry["access"];
  /** Size in bytes; the minimum if the content decides; null if it is not declared or not on this profile. */
  readonly size: number | null;
  /** Leaves of the first element of each array, under the profile's default dimensions. */
  readonly fields: readonly DescribedField[];
}

const fieldOf = (leaf: Leaf): DescribedField => ({
  path: leaf.path,
  offset: leaf.offset,
  size: leaf.size,
  type: leaf.type,
  ...(leaf.bits === undefined ? {} : { bits: leaf.bits }),
  doc: leaf.doc,
  meta: leaf.meta,
});

/** Fields that reach to the end of the content: a walk does not find them, so their printed offset is used. */
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

/** A transaction ends after its records, which have lengths of their own. */
const ofTransaction = (field: DescribedField): DescribedField[] => {
  if (field.path === "numberAgain") return [];
  return [field.path.endsWith(".message") ? { ...field, size: null } : field];
};

/** A load profile data set that is not in use would have fields like the first one's. */
const inUse = (env: Dimensions): Dimensions => {
  const [first] = env.BT61.dataSets;
  if (first === undefined) return env;
  const dataSets = env.BT61.dataSets.map((set) => (set.blocks > 0 ? set : first));
  return { ...env, BT61: { ...env.BT61, dataSets } };
};

const fieldsOf = (table: AnyTable, env: Dimensions): DescribedField[] => {
  const walked = leaves(table, env, "first", sampleOf(table.id, env));
  const found = walked.length > 0 ? walked : leaves(table, inUse(env), "first");
  const fields = [...found.map(fieldOf), ...openFields(table, found)];
  return table.id === "ET52" || table.id === "ET53" ? fields.flatMap(ofTransaction) : fields;
};

/** `undefined` if the contents decide. */
const knownSize = (layout: AnyLayout, env: Dimensions): number | undefined => {
  try {
    return sizeOf(layout, env);
  } catch (error) {
    if (error instanceof LayoutError) return undefined;
    throw error;
  }
};
const sizeIn = (table: AnyTable, env: Dimensions): number | null => {
  if (table.id === "ET52") return env.ET11.transactionRequestLength;
  if (table.id === "ET53") return env.ET11.transactionResponseLength;
  const sample = sampleOf(table.id, env);
  return knownSize(table, env) ?? (sample === undefined ? null : encode(table, sample, env).length);
};

/** Parameters follow the procedure number and sequence (MEP guide 1.1, p. 58). */
const parametersAt = 3;

const listProcedure = (entry: CatalogueEntry, env: Dimensions): Pick<ListedTable, "size" | "fields"> => {
  const procedure = proceduresById.get(entry.id);
  if (procedure === undefined) return { size: null, fields: [] };
  const found = leaves(procedure.request, env, "first");
  const size = knownSize(procedure.request, env);
  return {
    size: size === undefined ? null : parametersAt + size,
    fields: [
      ...found.map(fieldOf).map((field) => ({ ...field, offset: field.offset + parametersAt })),
      // Printed offsets count from the start of BT07 already.
      ...openFields(procedure.request, found),
    ],
  };
};

const listTable = (entry: CatalogueEntry, env: Dimensions): Pick<ListedTable, "size" | "fields"> => {
  const table = tablesById.get(entry.id);
  if (table === undefined || !tableExists(table, env.profile)) return { size: null, fields: [] };
  return { size: sizeIn(table, env), fields: fieldsOf(table, env) };
};

/**
 * Every table and procedure that the guides name, by number, tables first. One that the profile's firmware lacks
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
