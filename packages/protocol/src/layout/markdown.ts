/** The reference of tables and procedures, read off their declarations. */
import type { AnyLayout, Description, FieldDescription } from "./layout.ts";
import type { ProcedureInfo } from "./procedure.ts";
import { gateText, type Releases, releasesText } from "./profile.ts";
import type { AnyTable } from "./table.ts";

/** What a page of the reference says of one field. */
export interface ReferenceRow {
  /** From the root of the table; "n" stands for an index. */
  readonly path: string;
  /** As the guide prints it: a number or a formula, "" where it prints none. */
  readonly offset: string;
  readonly type: string;
  readonly unit: string;
  /** Who controls the value: F, M, H, P and their combinations. */
  readonly control: string;
  readonly meaning: string;
}

const typeName = (d: Description): string => {
  switch (d.kind) {
    case "int":
    case "bytes":
    case "record":
    case "bits":
      return d.type;
    case "array":
      return `ARRAY[${d.count}] of ${d.stride === undefined ? "" : `${d.stride}-byte `}${typeName(d.element)}`;
    case "struct":
      return "record";
    case "when":
      return `${typeName(d.inner)}, if ${d.condition}`;
  }
};

const meaningOf = ({ doc, meta }: FieldDescription): string => {
  const names = Object.entries(meta.names ?? {}).map(([value, name]) => `${value} = ${name}`);
  const named = doc === "" ? names.join(", ") : `${doc.replace(/\.$/, "")}: ${names.join(", ")}`;
  const meaning = names.length === 0 ? doc : named;
  return [
    meaning,
    meta.since === undefined ? "" : `Since ${meta.since}`,
    meta.value === undefined ? "" : `Factory value ${meta.value}`,
  ]
    .filter((part) => part !== "")
    .map((part) => (part.endsWith(".") ? part : `${part}.`))
    .join(" ");
};

const rowsOf = (d: Description, prefix: string): ReferenceRow[] => {
  switch (d.kind) {
    case "struct":
      return d.fields.flatMap((f) => {
        const path = `${prefix}${f.name}`;
        const row: ReferenceRow = {
          path,
          offset: f.at ?? "",
          type: typeName(f.layout),
          unit: f.meta.unit ?? "",
          control: f.meta.vci ?? "",
          meaning: meaningOf(f),
        };
        return [row, ...rowsOf(f.layout, `${path}.`)];
      });
    case "array":
      return rowsOf(d.element, `${prefix}n.`);
    case "when":
      return rowsOf(d.inner, prefix);
    default:
      return [];
  }
};

/** A row for each field of a table or of a procedure's parameters, records before their parts. */
export const referenceRows = (layout: AnyLayout): readonly ReferenceRow[] => rowsOf(layout.describe(), "");

const keyText = { none: "no key", basic: "basic key", advanced: "advanced key", never: "not possible" } as const;
const hex = (number: number): string => `0x${number.toString(16).padStart(4, "0")}`;
const onlySome = (releases: Releases | undefined, text: string): string =>
  releases === undefined ? "" : ` ${text} ${releasesText(releases)}.`;
const sinceText = (since: AnyTable["since"]): string =>
  since === undefined ? "" : ` Since firmware ${gateText(since)}.`;

/** Who may read and write a table, what its layout depends on, and since when it exists; in one line. */
export const tableSummary = (table: AnyTable): string => {
  const needs = [...new Set(table.needs)];
  const dimensions = needs.length > 0 ? ` Dimensions from ${needs.join(", ")}.` : "";
  return `Read: ${keyText[table.access.read]}. Write: ${keyText[table.access.write]}.${onlySome(table.readOnlyOn, "Read-only on")}${dimensions}${sinceText(table.since)}${onlySome(table.missingOn, "Not on")}${onlySome(table.cutOn, "A full read is not the whole table on")}`;
};
/** Who may call a procedure, its own results, and since when it exists; in one line. */
export const procedureSummary = ({ access, results, since }: ProcedureInfo): string => {
  const own = Object.entries(results).map(([result, meaning]) => `${result} = ${meaning}`);
  return `Call: ${keyText[access.call]}.${own.length > 0 ? ` Results of its own: ${own.join(", ")}.` : ""}${sinceText(since)}`;
};

const cell = (text: string): string => text.replace(/\|/g, "\\|").replace(/\s+/g, " ");
/** The fields as a Markdown table, without a line break at its end. */
export const markdownRows = (layout: AnyLayout): string =>
  [
    "| Field | Offset | Type | Unit | VCI | Meaning |",
    "| --- | --- | --- | --- | --- | --- |",
    ...referenceRows(layout).map(
      ({ path, offset, type, unit, control, meaning }) =>
        `| ${[path, offset, type, unit, control, meaning].map(cell).join(" | ")} |`,
    ),
  ].join("\n");

/** One section of the reference: number, access, needs, and a row per field. */
export const markdown = (table: AnyTable): string =>
  [`### ${table.id} (${hex(table.number)}): ${table.title}`, "", tableSummary(table), "", markdownRows(table)].join(
    "\n",
  );
