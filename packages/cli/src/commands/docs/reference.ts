/** The reference of all tables and procedures as sections, for the Markdown and HTML pages. */
import { type Profile, profileName } from "@meterport/protocol/layout/index";
import type { AnyLayout } from "@meterport/protocol/layout/layout";
import { procedureSummary, referenceRows, tableSummary } from "@meterport/protocol/layout/markdown";
import {
  type AnyProcedure,
  procedureSource,
  procedures,
  proceduresById,
  thirdPartyPost,
  unverifiedEP39,
} from "@meterport/protocol/procedures/index";
import { type CatalogueEntry, catalogue, type TableEntry, type TableId } from "@meterport/protocol/tables/catalogue";
import { tablesById } from "@meterport/protocol/tables/index";
import { readFromNvm, writtenByHosts, writtenByMeter } from "@meterport/protocol/tables/non-volatile";
import { type ListedTable, listTables } from "../tables/table-list.ts";

export interface Part {
  /** "" if there is only one. */
  readonly title: string;
  readonly layout: AnyLayout;
}
export interface Section {
  readonly id: string;
  /** "0x080d" */
  readonly number: string;
  readonly title: string;
  readonly kind: "table" | "procedure";
  /** One line each. */
  readonly notes: readonly string[];
  readonly parts: readonly Part[];
}
export interface Reference {
  readonly title: string;
  readonly introduction: readonly string[];
  readonly sections: readonly Section[];
  /** Tables and procedures that the guides name without a layout. */
  readonly named: readonly Pick<Section, "id" | "number" | "title">[];
}

const guideNames = { mep: "MEP guide 1.1", optical: "Optical guide 1.1" } as const;
const pageOf = ({ source }: CatalogueEntry): string => `${guideNames[source.guide]}, p. ${source.page}.`;
const hex = (number: number): string => `0x${number.toString(16).padStart(4, "0")}`;

const sourceNotes: Readonly<Record<string, string>> = {
  "ansi-c12.19": "By ANSI C12.19: the guides do not describe it.",
  "name-only": "The guides only name it: its parameters are bytes.",
  unverified:
    "Not verified with a meter: its parameters are what one public client sends, and it is called only on request.",
};

const nvmNote = (id: TableId): string[] => {
  const marks = [
    ...(writtenByHosts.has(id) || writtenByMeter.has(id) ? ["writes"] : []),
    ...(readFromNvm.has(id) ? ["reads"] : []),
  ];
  return marks.length === 0 ? [] : [`Non-volatile memory: ${marks.join(" and ")} go straight to it.`];
};

const tableParts = (entry: TableEntry): Pick<Section, "notes" | "parts"> | undefined => {
  const table = tablesById.get(entry.id);
  if (table === undefined) return undefined;
  return { notes: [tableSummary(table), ...nvmNote(entry.id), pageOf(entry)], parts: [{ title: "", layout: table }] };
};
const hasFields = ({ layout }: Part): boolean => referenceRows(layout).length > 0;
const procedureParts = (
  id: string,
  entry: CatalogueEntry | undefined,
): Pick<Section, "notes" | "parts"> | undefined => {
  // EP39 has no layout here, only the one publicly known encoding.
  const procedure: AnyProcedure | undefined = id === "EP39" ? unverifiedEP39(thirdPartyPost) : proceduresById.get(id);
  if (procedure === undefined) return undefined;
  const note = sourceNotes[procedureSource(id)];
  const parts = [
    { title: "Parameters, in BT07", layout: procedure.request },
    { title: "Response, in BT08, ET59 or ET85", layout: procedure.response },
  ];
  return {
    notes: [
      procedureSummary(procedure),
      ...(entry === undefined ? [] : [pageOf(entry)]),
      ...(note === undefined ? [] : [note]),
    ],
    parts: parts.filter(hasFields),
  };
};

const sizeNote = (listed: ListedTable | undefined, profile: Profile): string[] =>
  listed?.size == null ? [] : [`${listed.size} bytes on ${profileName(profile)} with factory settings.`];

/** All tables and procedures, or those of one device. */
export const buildReference = (profile: Profile | undefined): Reference => {
  const listed = new Map((profile === undefined ? [] : listTables(profile)).map((table) => [table.id, table]));
  const sections: Section[] = [];
  const named: Pick<Section, "id" | "number" | "title">[] = [];
  for (const entry of catalogue) {
    const { id, title, kind } = entry;
    const head = { id, number: hex(entry.number), title };
    const found = entry.kind === "table" ? tableParts(entry) : procedureParts(id, entry);
    if (found === undefined) {
      named.push(head);
      continue;
    }
    const own = listed.get(id);
    if (profile !== undefined && kind === "table" && (own?.fields.length ?? 0) === 0) continue;
    const size = profile === undefined || kind !== "table" ? [] : sizeNote(own, profile);
    sections.push({ ...head, kind, notes: [...found.notes, ...size], parts: found.parts });
  }
  // The standard has one more than the guides name.
  for (const { id, number, title } of procedures) {
    const found = catalogue.some((entry) => entry.id === id) ? undefined : procedureParts(id, undefined);
    if (found !== undefined) sections.push({ id, number: hex(number), title, kind: "procedure", ...found });
  }
  const order = (section: Section): number => (section.kind === "table" ? 0 : 0x10000) + Number(section.number);
  sections.sort((a, b) => order(a) - order(b));
  return {
    title:
      profile === undefined ? "NES meter tables and procedures" : `Tables and procedures of ${profileName(profile)}`,
    introduction: [
      "Generated by Meterport from the declarations that it reads meters with.",
      "Offsets are as printed in the guides, from the start of the table or of the entry; integers are little-endian. VCI shows who controls a value: F fixed, M the meter, H the host, P the program of the meter. In a path n stands for an index.",
    ],
    sections,
    named,
  };
};
