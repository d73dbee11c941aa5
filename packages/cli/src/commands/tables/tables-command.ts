/** `meterport tables`: all tables and procedures, and their fields. */
import { UsageError } from "@meterport/protocol/errors";
import { type Profile, parseProfile, profileName } from "@meterport/protocol/layout/index";
import { type ProcedureId, parseProcedureId, parseTableId, type TableId } from "@meterport/protocol/tables/catalogue";
import { toJson } from "../../format/json.ts";
import { type Paint, paintFor } from "../../format/paint.ts";
import { alignedTable, type Row } from "../../format/table.ts";
import { type Exit, exit, type Io, print, say } from "../../io/io.ts";
import { withOpenMeter } from "../../meter/with-meter.ts";
import { didYouMean } from "../../options/nearest.ts";
import type { ReadOptions } from "../../options/shared-options.ts";
import { type MeterTable, meterTables } from "./meter-tables.ts";
import { meterTablesText, presenceText } from "./meter-tables-text.ts";
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
  return `${alignedTable([head, ...rows], { right: [4, 5], head: true, width: paint.width })}\n${listed.length} tables and procedures; the fields of ${declared} are declared for ${profileName(
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
  return `${heading}\n${alignedTable([head, ...rows], { right: [0, 1], head: true, width })}`;
};

const idOf = (text: string): TableId | ProcedureId | undefined => parseTableId(text) ?? parseProcedureId(text);

const find = (listed: readonly ListedTable[], text: string): ListedTable => {
  const id = idOf(text);
  const found = listed.find((table) => table.id === id);
  if (found !== undefined) return found;
  const ids = listed.map((table) => table.id);
  throw new UsageError(
    "no-such-table",
    `"${text.slice(0, 40)}" is not a table or procedure that the guides name${didYouMean(text, ids)}`,
  );
};

const withoutWords = <T extends Pick<ListedTable, "fields">>(table: T) => ({
  ...table,
  fields: table.fields.map(({ doc: _doc, meta: _meta, ...field }) => field),
});

const usualProfile = "meter:3.70";

/** @throws UsageError; with `--link` also LinkError */
export const tablesCommand = async (ids: readonly string[], options: TablesOptions, io: Io): Promise<Exit> => {
  const { link } = options;
  if (link !== undefined) return tablesOfMeter(ids, { ...options, link }, io);
  const profile = parseProfile(options.profile ?? usualProfile);
  const listed = listTables(profile);
  const chosen = ids.length === 0 ? listed : ids.map((id) => find(listed, id));
  const paint = paintFor(io.stdout);
  if (options.json === true) print(io, toJson(chosen.map(withoutWords)));
  else if (ids.length === 0) io.stdout.write(overview(listed, profile, paint));
  else io.stdout.write(chosen.map((table) => details(table, profile, io.stdout.columns, paint)).join("\n"));
  return exit.done;
};

/** A meter may have any number, so a name only needs to be an identifier. */
const checkedId = (text: string): TableId | ProcedureId => {
  const id = idOf(text);
  if (id !== undefined) return id;
  throw new UsageError("no-such-table", `"${text.slice(0, 40)}" is not the name of a table or procedure, as in ET13`);
};

const tablesOfMeter = (names: readonly string[], options: ReadOptions, io: Io): Promise<Exit> => {
  const ids = names.map(checkedId);
  return withOpenMeter(options, io, async (meter) => {
    const { profile } = meter;
    const capabilities = await meter.capabilities({ signal: io.interrupted });
    if (capabilities === undefined) {
      say(
        io,
        `this meter does not report which tables it has: its BT00 is refused or has no sets; meterport tables --profile ${profileName(profile)} lists what its firmware may have`,
      );
      return exit.failed;
    }
    const known = meterTables(capabilities, profile);
    const all = [...capabilities.tables, ...capabilities.procedures].map(({ id }) => id);
    const chosen = (ids.length === 0 ? all : ids).map(known);
    const paint = paintFor(io.stdout);
    const width = io.stdout.columns;
    if (options.json === true) print(io, toJson(chosen.map(withoutWords)));
    else if (ids.length === 0) io.stdout.write(meterTablesText(chosen, { profile, width, paint }));
    else io.stdout.write(chosen.map((table) => detailsOn(table, profile, width, paint)).join("\n"));
    return exit.done;
  });
};

const detailsOn = (table: MeterTable, profile: Profile, width: number, paint: Paint): string => {
  const { title } = table;
  if (title !== null) return `${details({ ...table, title }, profile, width, paint)}${presenceText(table)}\n`;
  return `${paint("bold", table.id)}\n${hex(table.number)}, not in the guides\n${presenceText(table)}\n`;
};
