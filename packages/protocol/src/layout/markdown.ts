/** The reference page of a table, read off its declaration. */
import type { Description, FieldDescription } from "./layout.ts";
import { gateText } from "./profile.ts";
import type { AnyTable } from "./table.ts";

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

const cell = (text: string): string => text.replace(/\|/g, "\\|").replace(/\s+/g, " ");

const noteOf = ({ doc, meta }: FieldDescription): string => {
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

const rows = (d: Description, prefix: string): string[] => {
  switch (d.kind) {
    case "struct":
      return d.fields.flatMap((f) => {
        const name = `${prefix}${f.name}`;
        const row = [name, f.at ?? "", typeName(f.layout), f.meta.unit ?? "", f.meta.vci ?? "", noteOf(f)].map(cell);
        return [`| ${row.join(" | ")} |`, ...rows(f.layout, `${name}.`)];
      });
    case "array":
      return rows(d.element, `${prefix}n.`);
    case "when":
      return rows(d.inner, prefix);
    default:
      return [];
  }
};

const keyText = { none: "no key", basic: "basic key", advanced: "advanced key", never: "not possible" } as const;

/** One section of the reference: number, access, needs, and a row per field. */
export const markdown = (table: AnyTable): string => {
  const needs = [...new Set(table.needs)];
  const lines = [
    `### ${table.id} (0x${table.number.toString(16).padStart(4, "0")}): ${table.title}`,
    "",
    `Read: ${keyText[table.access.read]}. Write: ${keyText[table.access.write]}.${needs.length > 0 ? ` Dimensions from ${needs.join(", ")}.` : ""}${
      table.since === undefined ? "" : ` Since firmware ${gateText(table.since)}.`
    }`,
    "",
    "| Field | Offset | Type | Unit | VCI | Meaning |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows(table.describe(), ""),
  ];
  return lines.join("\n");
};
