/** Values that were read, for people. */
import { leaves } from "@meterport/protocol/layout/index";
import type { FieldMeta } from "@meterport/protocol/layout/layout";
import type { AnyTable } from "@meterport/protocol/layout/table";
import type { Paint } from "../../format/paint.ts";
import { alignedTable, type Row } from "../../format/table.ts";
import { isNumberList, nameOfValue, shownValue, valueText } from "../../format/value.ts";
import type { SourceOf } from "./source-names.ts";
import type { Path } from "./target.ts";

export interface ReadValue {
  /** As the user wrote it. */
  readonly name: string;
  /** undefined if only bytes are available. */
  readonly table: AnyTable | undefined;
  readonly env: unknown;
  readonly path: Path;
  readonly value: unknown;
}

interface Part {
  readonly path: string;
  readonly value: unknown;
}

const isLeaf = (value: unknown, path: string, metas: ReadonlyMap<string, FieldMeta>): boolean =>
  typeof value !== "object" || value === null || value instanceof Uint8Array || metas.has(path);

/** The leaves of a value, each with its path from the root of the table. */
const partsOf = (value: unknown, path: string, metas: ReadonlyMap<string, FieldMeta>): Part[] => {
  if (isLeaf(value, path, metas)) return [{ path, value: shownValue(path, value) }];
  return Object.entries(value as object).flatMap(([key, part]) =>
    partsOf(part, path === "" ? key : `${path}.${key}`, metas),
  );
};

/** Bytes in one cell; a longer value goes to the end of the line, so that it moves no column. */
const shortBytes = 16;

/** The table's own fields without parts, including those without a fixed place, which reach to the end of the answer. */
const openLeaves = (table: AnyTable | undefined): (readonly [string, FieldMeta])[] => {
  const description = table?.describe();
  if (description?.kind !== "struct") return [];
  return description.fields.flatMap(({ name, layout, meta }) =>
    layout.kind === "bytes" ? [[name, meta] as const] : [],
  );
};

/** One line for a single value, else the name and a line per field. */
export const valueRows = (read: ReadValue, sourceOf: SourceOf, paint: Paint, width: number): string => {
  const { name, table, env, path, value } = read;
  const found = table === undefined ? [] : leaves(table, env, "all", path.length === 0 ? value : undefined);
  const metas = new Map([...openLeaves(table), ...found.map((leaf) => [leaf.path, leaf.meta] as const)]);
  const parts = partsOf(value, path.join("."), metas);
  const rowOf = (shown: string, { path: at, value: part }: Part): Row => {
    const meta = metas.get(at) ?? {};
    const source = table === undefined ? undefined : sourceOf(table.id, at);
    const long = isNumberList(part) || (part instanceof Uint8Array && part.length > shortBytes);
    return [
      { text: shown, paint: (text) => paint("cyan", text) },
      long ? "" : valueText(part),
      source?.wire ?? meta.unit ?? "",
      long
        ? valueText(part)
        : { text: source?.name ?? nameOfValue(part, meta) ?? "", paint: (text) => paint("dim", text) },
    ];
  };
  const [only] = parts;
  if (only !== undefined && parts.length === 1 && only.path === path.join("."))
    return alignedTable([rowOf(name, only)], { width });
  const title = table === undefined ? name : `${name}  ${table.title}`;
  const rows = parts.map((part) => rowOf(part.path, part));
  return `${paint("bold", title)}\n${alignedTable(rows, { indent: "  ", right: [1], width })}`;
};
