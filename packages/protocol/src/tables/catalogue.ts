/** Every table and procedure that the guides document or name: identifiers, numbers, titles and who may use them. */
import type { KeyLevel } from "../layout/index.ts";
import { numberOf, type ProcedureId, type TableId } from "./identifiers.ts";

export * from "./identifiers.ts";

interface Entry {
  readonly number: number;
  /** The guide's title; wholly in parentheses where the guides give none and these are the standard's words or ours. */
  readonly title: string;
  /** False where the guides only name it, or list it without a layout. */
  readonly documented: boolean;
  /** Where it is described, or else named first: PDF page of the MEP guide or of the optical port guide. */
  readonly source: { readonly guide: "mep" | "optical"; readonly page: number };
}

export interface TableEntry extends Entry {
  readonly kind: "table";
  readonly id: TableId;
  readonly access: { readonly read: KeyLevel | null; readonly write: KeyLevel | null };
}

export interface ProcedureEntry extends Entry {
  readonly kind: "procedure";
  readonly id: ProcedureId;
  readonly access: { readonly call: KeyLevel | null };
}

export type CatalogueEntry = TableEntry | ProcedureEntry;

/** Identifier, title, page (negative: of the optical port guide), level to read, level to write. */
type TableRow = readonly [TableId, string, number, KeyLevel | null, KeyLevel | null];
/** Identifier, title, page, level to call. */
type ProcedureRow = readonly [ProcedureId, string, number, KeyLevel | null];

// Where chapters and appendix C of the MEP guide disagree on access, the chapter that describes the table counts.

const documentedTables: readonly TableRow[] = [
  ["BT00", "General Configuration", 202, "basic", "never"],
  ["BT01", "General Manufacturer Information", 204, "basic", "never"],
  ["BT03", "End Device Mode Status", -47, "basic", "never"],
  ["BT04", "Pending Status", -12, "basic", "never"],
  ["BT07", "Procedure Initiate", 58, "never", "basic"],
  ["BT08", "Procedure Response", 58, "basic", "never"],
  ["BT15", "Constants", 205, "basic", "advanced"],
  ["BT20", "Dimension Register", -22, "basic", "never"],
  ["BT21", "Actual Register", 206, "basic", "never"],
  ["BT22", "Data Selection", 208, "basic", "never"],
  ["BT23", "Current Register Data", 213, "basic", "advanced"],
  ["BT24", "Previous Season Data", 217, "basic", "advanced"],
  ["BT25", "Previous Demand Reset Data", 218, "basic", "never"],
  ["BT26", "Self-Read Data", 218, "basic", "never"],
  ["BT27", "Present Register Selection", 220, "basic", "never"],
  ["BT28", "Present Register Data", 221, "basic", "never"],
  ["BT30", "Dimension Display", 226, "basic", "never"],
  ["BT33", "Primary Display List", 227, "basic", "advanced"],
  ["BT50", "Dimension Time and TOU", 228, "basic", "never"],
  ["BT52", "UTC Clock", 230, "basic", "never"],
  ["BT53", "Time Offset", 231, "basic", "advanced"],
  ["BT54", "Calendar", 231, "basic", "advanced"],
  ["BT55", "Local Clock State", 235, "basic", "never"],
  ["BT60", "Dimension Load Profile", 237, "basic", "never"],
  ["BT61", "Actual Load Profile", 239, "basic", "never"],
  ["BT62", "Load Profile Control", 241, "basic", "never"],
  ["BT63", "Load Profile Status", 242, "basic", "never"],
  ["BT64", "Load Profile Data, Data Set 1", 244, "basic", "never"],
  ["BT65", "Load Profile Data, Data Set 2", 244, "basic", "never"],
  ["BT66", "Load Profile Data, Data Set 3", 244, "basic", "never"],
  ["BT67", "Load Profile Data, Data Set 4", 244, "basic", "never"],
  ["BT70", "Dimension Log", -52, "basic", "never"],
  ["BT71", "Actual Log", -52, "basic", "never"],
  ["BT74", "History Log Data (Primary Event Log)", 247, "basic", "never"],
  ["BT4150", "Pending Calendar", -10, "basic", "never"],
  ["ET03", "Utility Information", 61, "none", "advanced"],
  ["ET04", "System Information", 62, "basic", "advanced"],
  ["ET09", "Power Quality", 73, "basic", "advanced"],
  ["ET11", "MFG Dimension Table", 83, "basic", "never"],
  ["ET13", "MEP/M-Bus Device Configuration", 86, "basic", "advanced"],
  ["ET14", "MEP/M-Bus Device Status", 89, "basic", "never"],
  ["ET15", "MEP/M-Bus On-demand Requests", 95, "basic", "never"],
  ["ET16", "MEP/M-Bus Device Data", 98, "basic", "never"],
  ["ET21", "Load Profile Internal Configuration", 101, "basic", "never"],
  ["ET23", "Miscellaneous Information", 104, "basic", "advanced"],
  ["ET29", "Hardware Configuration", 105, "basic", "never"],
  ["ET31", "Meter One-time-read Log", 110, "basic", "never"],
  ["ET34", "Additional M-Bus/MEP Device Configuration", 112, "basic", "advanced"],
  ["ET36", "Manufacturer (Extended) Table Actual Dimensions", 113, "basic", "never"],
  ["ET41", "Historical Demand Reset Log", 116, "basic", "never"],
  ["ET42", "Interface Definition", 117, "basic", "never"],
  ["ET45", "MEP Recurring Read Log", 125, "basic", "never"],
  ["ET46", "Control Output Read-Only Data", 127, "basic", "never"],
  ["ET47", "Calendar Override Settings", 128, "basic", "advanced"],
  ["ET50", "MEP Inbound Data Space", 130, "basic", "basic"],
  ["ET51", "MEP Device Configuration", 133, "basic", "basic"],
  ["ET52", "MEP Transaction Request Table", 136, "basic", "basic"],
  ["ET53", "MEP Transaction Response Table", 138, "basic", "never"],
  ["ET54", "Meter Status", 138, "basic", "never"],
  ["ET55", "Meter Configuration", 145, "basic", "advanced"],
  ["ET57", "M-Bus Data Type Table", 169, "basic", "advanced"],
  ["ET58", "M-Bus/MEP Status Extension", 171, "basic", "never"],
  ["ET59", "MEP Procedure Response", 171, "basic", "never"],
  ["ET61", "Time-Based Relay Control Calendar", 172, "basic", "advanced"],
  ["ET62", "Load Profile Display Configuration", 173, "basic", "advanced"],
  ["ET66", "Load Profile Source ID Mapping Table", 179, "basic", "never"],
  ["ET70", "RAM Only Status", 179, "basic", "advanced"],
  ["ET71", "Delta Data Alerts", 180, "basic", "basic"],
  ["ET74", "MEP Recurring Read Extended Log", 182, "basic", "never"],
  ["ET75", "Primary Load Profile Channel Change Log", 183, "basic", "never"],
  ["ET79", "History Log Data (Alternate Event Log)", 187, "basic", "never"],
  ["ET80", "Average Power Settings", 189, "basic", "advanced"],
  ["ET81", "Power Outage Log", 191, "basic", "never"],
  ["ET85", "MEP Procedure Response of MEP2", 192, "basic", "never"],
  ["ET89", "Meter LN Status", 192, "basic", "never"],
  ["ET90", "Dimension LN", 196, "basic", "never"],
  ["ET97", "Meter Configuration LN", 198, "basic", "advanced"],
  ["ET6191", "Pending Calendar Override Settings", -10, "basic", "never"],
];

const namedTables: readonly TableRow[] = [
  ["BT05", "(Device Identification)", 203, "basic", null],
  ["BT06", "(Utility Information)", 203, "basic", null],
  ["BT13", "(Demand Control)", 120, "basic", null],
  ["BT16", "(Source Definition)", 186, "basic", null],
  ["BT29", "(last of the BT20s)", 206, "basic", null],
  ["BT51", "(Actual Time and TOU)", 228, "basic", null],
  ["BT79", "(last of the BT70s)", -52, "basic", null],
  ["ET01", "Pulse Output Options", 269, "basic", "advanced"],
  ["ET02", "RTC Calibration", 266, "basic", "advanced"],
  ["ET05", "Control Output Settings", 266, "basic", "advanced"],
  ["ET06", "Pulse Inputs", 266, "basic", "advanced"],
  ["ET07", "LCD Display Configuration", 266, "basic", "advanced"],
  ["ET10", "(power outages)", 64, "basic", null],
  ["ET12", "(total energy and daily consumption)", 64, "basic", null],
  ["ET17", "(verification bitmap)", -44, "basic", null],
  ["ET19", "(one-time read queue of the meter)", -43, "basic", null],
  ["ET20", "(one-time read queue of M-Bus devices)", 30, "basic", null],
  ["ET22", "(alarms)", 85, "basic", null],
  ["ET24", "(internal hardware configuration)", 200, "basic", null],
  ["ET28", "(misprint of ET53)", 137, "basic", null],
  ["ET30", "Maximum Power or Current Level Control", 267, "basic", "never"],
  ["ET32", "(one-time-read log of M-Bus devices)", 114, "basic", null],
  ["ET38", "(configuration ID log)", 114, "basic", null],
  ["ET40", "Demand Configuration", 267, "basic", "advanced"],
  ["ET48", "(demand configuration entries)", 85, "basic", null],
  ["ET67", "Display Source ID Mapping Table", 267, "basic", "advanced"],
  ["ET76", "Externally Configurable Hardware Options", 268, "basic", "advanced"],
  ["ET77", "Secondary Display List", 268, "basic", "advanced"],
  ["ET92", "P2P Connection Configuration", 197, "basic", null],
  ["ET93", "P2P Connection Status", 197, "basic", null],
  ["ET94", "P2P Gateway Module Configuration", 197, "basic", null],
  ["ET95", "P2P Gateway Module Status", 197, "basic", null],
  ["ET96", "P2P Gateway Model Socket Status", 197, "basic", null],
  ["ET98", "P2P AT Command Response", 198, "basic", null],
  ["ET124", "(security log)", 201, "basic", null],
];

const documentedProcedures: readonly ProcedureRow[] = [
  ["BP15", "(Clear Specific Pending Tables)", -14, null],
  ["EP17", "Remove MEP Device", 249, "basic"],
  ["EP19", "Post On-demand M-Bus Request", 250, "advanced"],
  ["EP61", "MEP Transaction Lock Control", 253, "basic"],
];

const namedProcedures: readonly ProcedureRow[] = [
  ["BP01", "(Warm Start)", 57, null],
  ["BP04", "(Reset List Pointers)", 187, null],
  ["BP05", "(Update Last Read Entry)", 49, null],
  ["BP10", "(Set Date and Time)", 66, null],
  ["BP12", "(Activate All Pending Tables)", -12, null],
  ["BP13", "(Activate Specific Pending Tables)", -12, null],
  ["EP02", "(control a disconnect or relay)", 107, null],
  ["EP03", "(clear alarms)", 145, null],
  ["EP04", "(example of a number only)", 57, null],
  ["EP06", "(configure log dimensions)", 71, null],
  ["EP11", "(configure load profile)", 71, null],
  ["EP16", "Change System Clock By Delta", 19, "basic"],
  ["EP18", "(clear MEP and device alarms)", 93, null],
  ["EP26", "(decrement unread log entries)", 113, null],
  ["EP32", "(configure demand)", 71, null],
  ["EP33", "(configure and reset demand)", 71, null],
  ["EP34", "(reset demand)", 117, null],
  ["EP37", "(configure recurring read logs)", 71, null],
  ["EP39", "Post MEP Data", 19, "basic"],
  ["EP41", "(start a MEP firmware download)", 97, null],
  ["EP50", "(pass measurements to a module)", 107, null],
  ["EP52", "(configure load profile data sets)", 179, null],
  ["EP62", "(misprint of EP61)", 144, null],
  ["EP64", "(reset previous season data)", 217, null],
];

const sourceAt = (page: number): Entry["source"] => ({ guide: page < 0 ? "optical" : "mep", page: Math.abs(page) });

const tableEntry =
  (documented: boolean) =>
  ([id, title, page, read, write]: TableRow): TableEntry => ({
    kind: "table",
    id,
    number: numberOf(id),
    title,
    documented,
    source: sourceAt(page),
    access: { read, write },
  });

const procedureEntry =
  (documented: boolean) =>
  ([id, title, page, call]: ProcedureRow): ProcedureEntry => ({
    kind: "procedure",
    id,
    number: numberOf(id),
    title,
    documented,
    source: sourceAt(page),
    access: { call },
  });

/** Tables by ascending number, then procedures by ascending number. */
export const catalogue: readonly CatalogueEntry[] = [
  ...[...documentedTables.map(tableEntry(true)), ...namedTables.map(tableEntry(false))].sort(
    (a, b) => a.number - b.number,
  ),
  ...[...documentedProcedures.map(procedureEntry(true)), ...namedProcedures.map(procedureEntry(false))].sort(
    (a, b) => a.number - b.number,
  ),
];

const entries: ReadonlyMap<string, CatalogueEntry> = new Map(catalogue.map((entry) => [entry.id, entry]));

/**
 * What the guides know of an identifier; undefined where they do not name it.
 *
 * @example
 * catalogueEntry("ET13")?.title // "MEP/M-Bus Device Configuration"
 */
export function catalogueEntry(id: TableId): TableEntry | undefined;
export function catalogueEntry(id: ProcedureId): ProcedureEntry | undefined;
export function catalogueEntry(id: string): CatalogueEntry | undefined;
export function catalogueEntry(id: string): CatalogueEntry | undefined {
  return entries.get(id);
}
