/** `meterport tables`: what tables and procedures there are, and what is in them. */
import { UsageError } from "@meterport/protocol/errors";
import { type Profile, parseProfile, profileName } from "@meterport/protocol/layout/index";
import { parseProcedureId, parseTableId } from "@meterport/protocol/tables/catalogue";
import { toJson } from "../../format/json.ts";
import { type Paint, paintFor } from "../../format/paint.ts";
import { alignedTable, type Row } from "../../format/table.ts";
import { type Exit, exit, type Io } from "../../io/io.ts";
import { didYouMean } from "../../options/nearest.ts";
import type { TablesOptions } from "./options.ts";
import { type DescribedField, type ListedTable, listTables } from "./table-list.ts";

const keyText = { none: "no key", basic: "basic", advanced: "advanced", never: "–" } as const;
type KeyLevel = keyof typeof keyText | null;
const accessText = (level: KeyLevel): string => (level === null ? "?" : keyText[level]);
const hex = (number: number): string => `0x${number.toString(16).padStart(4, "0")}`;

const accessCells = (access: ListedTable["access"]): [string, string] =>
  "call" in access ? [`call: ${accessText(access.call)}`, ""] : [accessText(access.read), accessText(access.write)];

const overview = (listed: readonly ListedTable[], profile: Profile, paint: Paint): string => {
  const head: Row = ["ID", "Number", "Read", "Write", "Bytes", "Fields", "Title"].map((text) => ({
    text,
    paint: (plain) => paint("bold", plain),
  }));
  const rows = listed.map(({ id, number, title, documented, access, size, fields }): Row => {
    const dim = (text: string): string => (documented ? text : paint("dim", text));
    return [
      { text: id, paint: (text) => (fields.length > 0 ? paint("cyan", text) : dim(text)) },
      { text: hex(number), paint: dim },
      ...accessCells(access).map((text) => ({ text, paint: dim })),
      size === null ? "" : String(size),
      fields.length === 0 ? "" : String(fields.length),
      { text: title, paint: dim },
    ];
  });
  const declared = listed.filter(({ fields }) => fields.length > 0).length;
  return `${alignedTable([head, ...rows], { right: [4, 5] })}\n${listed.length} tables and procedures; the fields of ${declared} are declared for ${profileName(
    profile,
  )}: meterport tables ID shows them\n`;
};

const bitsText = ({ offset, bits }: DescribedField): string =>
  bits === undefined ? String(offset) : `${offset}.${bits[0] === bits[1] ? bits[0] : `${bits[0]}-${bits[1]}`}`;

const noteOf = ({ doc, meta }: DescribedField): string => {
  const names = Object.entries(meta.names ?? {}).map(([value, name]) => `${value} = ${name}`);
  return [doc, names.join(", "), meta.since === undefined ? "" : `(since ${meta.since})`]
    .filter((part) => part !== "")
    .join("; ");
};

const details = (table: ListedTable, profile: Profile, width: number, paint: Paint): string => {
  const { id, number, title, access, size, fields, documented } = table;
  const [read, write] = accessCells(access);
  const keys = write === "" ? read : `read: ${read}, write: ${write}`;
  const bytes = size === null ? "" : `, ${size} bytes on ${profileName(profile)}`;
  const heading = `${paint("bold", `${id} ${title}`)}\n${hex(number)}, ${keys}${bytes}\n`;
  if (fields.length === 0)
    return `${heading}${documented ? `no fields are declared for ${profileName(profile)}` : "the guides only name it"}\n`;
  const head: Row = ["Offset", "Size", "Type", "Unit", "Field", "Meaning"].map((text) => ({
    text,
    paint: (plain) => paint("bold", plain),
  }));
  const rows = fields.map(
    (field): Row => [
      bitsText(field),
      field.size === null ? "" : String(field.size),
      field.type,
      field.meta.unit ?? "",
      { text: field.path, paint: (text) => paint("cyan", text) },
      noteOf(field),
    ],
  );
  return `${heading}\n${alignedTable([head, ...rows], { right: [0, 1], width })}`;
};

const find = (listed: readonly ListedTable[], text: string): ListedTable => {
  const id = parseTableId(text) ?? parseProcedureId(text);
  const found = listed.find((table) => table.id === id);
  if (found !== undefined) return found;
  const ids = listed.map((table) => table.id);
  throw new UsageError(
    "no-such-table",
    `"${text.slice(0, 40)}" is no table or procedure that the guides name${didYouMean(text, ids)}`,
  );
};

/** @throws UsageError */
export const tablesCommand = async (ids: readonly string[], options: TablesOptions, io: Io): Promise<Exit> => {
  const profile = parseProfile(options.profile);
  const listed = listTables(profile);
  const chosen = ids.length === 0 ? listed : ids.map((id) => find(listed, id));
  const paint = paintFor(io.stdout);
  if (options.json === true) {
    const documents = chosen.map((table) => ({
      ...table,
      fields: table.fields.map(({ doc: _doc, meta: _meta, ...field }) => field),
    }));
    io.stdout.write(`${toJson(documents)}\n`);
  } else if (ids.length === 0) io.stdout.write(overview(listed, profile, paint));
  else io.stdout.write(chosen.map((table) => details(table, profile, io.stdout.columns, paint)).join("\n"));
  return exit.done;
};
