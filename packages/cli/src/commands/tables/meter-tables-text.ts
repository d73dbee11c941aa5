/** The tables and procedures of one meter, for people. */
import { type Profile, profileName } from "@meterport/protocol/layout/index";
import type { Paint } from "../../format/paint.ts";
import { alignedTable, type Row } from "../../format/table.ts";
import type { MeterTable } from "./meter-tables.ts";

const answer = (value: boolean | null): string => (value === null ? "?" : value ? "yes" : "no");
const hex = (number: number): string => `0x${number.toString(16).padStart(4, "0")}`;

const countText = (all: readonly MeterTable[], what: string): string =>
  `${all.length} ${what}, ${all.filter(({ known }) => known).length} of them with a known layout`;

/** One line each; those without a known layout are dimmed. */
export const meterTablesText = (
  found: readonly MeterTable[],
  { profile, width, paint }: { readonly profile: Profile; readonly width: number; readonly paint: Paint },
): string => {
  const head: Row = ["ID", "Number", "Known", "Writable", "Title"].map((text) => ({
    text,
    paint: (plain) => paint("bold", plain),
  }));
  const rows = found.map(({ id, number, known, writable, title, access }): Row => {
    const dim = (text: string): string => (known ? text : paint("dim", text));
    return [
      { text: id, paint: (text) => (known ? paint("cyan", text) : dim(text)) },
      { text: hex(number), paint: dim },
      { text: answer(known), paint: dim },
      { text: "call" in access ? "" : answer(writable), paint: dim },
      { text: title ?? "not in the guides", paint: dim },
    ];
  });
  const procedures = found.filter(({ access }) => "call" in access);
  const tables = found.filter(({ access }) => !("call" in access));
  return [
    alignedTable([head, ...rows], { head: true, width }),
    `${profileName(profile)} has ${countText(tables, "tables")},`,
    `and ${countText(procedures, "procedures")}.`,
    "Writable means with some key, not necessarily yours.",
    "",
  ].join("\n");
};

/** The sentence on a single table or procedure, before its fields. */
export const presenceText = ({ present, writable }: MeterTable): string => {
  if (present === null) return "the meter does not report whether it has this";
  if (!present) return "this meter does not have this";
  const rights = writable === null ? "" : writable ? ", and some key may write it" : ", and no key may write it";
  return `this meter has this${rights}`;
};
