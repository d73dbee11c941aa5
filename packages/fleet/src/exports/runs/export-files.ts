/** One run of an export: the files that it makes of the days that were chosen. Pure, so the same run gives the same bytes wherever it happens. */
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import { type ConsumptionRecordEnvelope, consumptionRecord } from "../formats/consumption-record.ts";
import { type CsvOptions, csvLong, csvWide } from "../formats/csv.ts";
import { type EspiEnvelope, espiFeed } from "../formats/espi.ts";
import { finnishE66 } from "../formats/finland.ts";
import { iec61968 } from "../formats/iec61968.ts";
import { type Rsm012Envelope, rsm012Json, rsm012Xml } from "../formats/rsm012.ts";
import { statementOf } from "../formats/statement.ts";
import { type PrintOptions, statementCsv, statementHtml, statementText } from "../formats/statement-print.ts";
import { carriedVersions, type ExportDay } from "../model/export-day.ts";
import type { ExportFile } from "../model/export-file.ts";

interface Parties {
  readonly sender: string;
  readonly receiver: string;
}

/** Who gets a statement, and of which points. */
export interface Tenant {
  /** Part of the file name: letters, digits, "." and "-". */
  readonly id: string;
  readonly name: string;
  readonly points: readonly string[];
}

/** What an export writes, and what only that format needs. */
export type ExportFormat =
  | ({
      readonly kind: "statement";
      readonly form: keyof typeof statementForms;
      readonly zone: string;
      readonly tenants: readonly Tenant[];
    } & PrintOptions)
  | ({ readonly kind: "csv-long" | "csv-wide" } & CsvOptions)
  | { readonly kind: "iec-61968-9"; readonly source: string }
  | ({ readonly kind: "rsm-012-json" | "rsm-012-xml" } & Parties & Pick<Rsm012Envelope, "measuredQuality">)
  | ({ readonly kind: "consumption-record" } & Parties & Pick<ConsumptionRecordEnvelope, "mode">)
  | ({ readonly kind: "e66-fi" } & Parties)
  | { readonly kind: "espi"; readonly title: string };

export interface ExportRun {
  /** Name of the export, the beginning of each file name. */
  readonly name: string;
  /** What the files are of: "2026-03-29" or "2026-03". */
  readonly period: string;
  /** Counts the runs of this period from 1. */
  readonly version: number;
  /** The moment that stands in the files: kept with the run, so that it can be repeated. */
  readonly created: Millis;
  readonly days: readonly ExportDay[];
  /** The day as the last delivered file of this export carried it; null if none did. */
  readonly before: (day: ExportDay) => ExportDay | null;
  /** As in `EspiEnvelope`. */
  readonly uuidOf: EspiEnvelope["uuidOf"];
}

const mediaTypes = {
  csv: "text/csv; charset=utf-8",
  html: "text/html; charset=utf-8",
  json: "application/json",
  txt: "text/plain; charset=utf-8",
  xml: "application/xml",
} as const;
type Extension = keyof typeof mediaTypes;

const statementForms = {
  csv: { extension: "csv", print: statementCsv },
  text: { extension: "txt", print: statementText },
  page: { extension: "html", print: statementHtml },
} as const;

const plainName = /^[A-Za-z0-9][A-Za-z0-9.-]{0,60}$/;

const nameOf = ({ name, period, version }: ExportRun, extension: Extension, part = ""): string => {
  if (!plainName.test(name))
    throw new UsageError(
      "name",
      `an export is not called ${JSON.stringify(name.slice(0, 70))}: use letters, digits, . and -`,
    );
  if (!/^\d{4}-\d{2}(-\d{2})?$/.test(period))
    throw new UsageError("period", `${JSON.stringify(period)} is neither a day nor a month`);
  if (!Number.isSafeInteger(version) || version < 1)
    throw new UsageError("version", `version ${version}: runs count from 1`);
  return `${name}_${period}_v${version}${part === "" ? "" : `_${part}`}.${extension}`;
};

const fileOf = (
  name: string,
  extension: Extension,
  days: readonly ExportDay[],
  parts: Iterable<string>,
): ExportFile => ({
  name,
  mediaType: mediaTypes[extension],
  parts,
  carried: () => carriedVersions(days),
});

/** Parts that are made when they are taken, so that one file that cannot be made does not hold up the others. */
const late = (make: () => string): Iterable<string> => ({
  *[Symbol.iterator]() {
    yield make();
  },
});

/** Each tenant has a file of the own points. The days of a run reach 25 months back, so that each month is compared with the year before. */
function* statements(
  { form, zone, tenants, language, decimal }: Extract<ExportFormat, { kind: "statement" }>,
  run: ExportRun,
): Generator<ExportFile, void, undefined> {
  const { extension, print } = statementForms[form];
  for (const { id, name, points } of tenants) {
    if (!plainName.test(id))
      throw new UsageError(
        "tenant",
        `a tenant has no id ${JSON.stringify(id.slice(0, 70))}: use letters, digits, . and -`,
      );
    const own = new Set(points);
    const days = run.days.filter(({ point }) => own.has(point));
    const parts = late(() =>
      print(statementOf({ tenant: name, month: run.period, zone, days }), { language, decimal }),
    );
    yield fileOf(nameOf(run, extension, id), extension, days, parts);
  }
}

const messagesOfRun = 100_000;

/**
 * Messages are told apart by their moment and a number of ten digits. Several runs may be made at one moment, so each has numbers of its own: five
 * digits that its name decides, and five for its messages.
 */
const sequenceBase = ({ name, period, version, uuidOf }: ExportRun): number =>
  (Number.parseInt(uuidOf(`sequence ${name} ${period} ${version}`).slice(0, 8), 16) % 99_999) * messagesOfRun;

/** Austria has a message for each metering point. */
function* consumptionRecords(
  format: Extract<ExportFormat, { kind: "consumption-record" }>,
  run: ExportRun,
): Generator<ExportFile, void, undefined> {
  const points = new Map<string, ExportDay[]>();
  for (const day of run.days) {
    const known = points.get(day.point);
    if (known === undefined) points.set(day.point, [day]);
    else known.push(day);
  }
  const used = new Set<string>();
  const base = sequenceBase(run);
  let sequence = 0;
  for (const days of points.values()) {
    const envelope = { ...format, created: run.created, sequence: base + ++sequence };
    const number = days[0]?.gsrn ?? "";
    // A number that is no part of a file name is refused when the file is made; two points with one number need two files.
    const isPart = /^[0-9A-Za-z]{1,35}$/.test(number) && !used.has(number);
    used.add(number);
    const parts = late(() => consumptionRecord(days, envelope));
    yield fileOf(nameOf(run, "xml", isPart ? number : String(sequence)), "xml", days, parts);
  }
}

/**
 * The files of a run. Their parts are made when they are taken, and refuse then what the format cannot carry.
 *
 * @throws UsageError (`name`, `period`, `version`) for a run that has no file name
 */
export function* exportFiles(format: ExportFormat, run: ExportRun): Generator<ExportFile, void, undefined> {
  const { days, created, version, uuidOf } = run;
  const single = (extension: Extension, parts: (id: string) => Iterable<string>): ExportFile => {
    const name = nameOf(run, extension);
    return fileOf(name, extension, days, parts(uuidOf(`message ${name}`)));
  };
  switch (format.kind) {
    case "statement":
      return yield* statements(format, run);
    case "csv-long":
      return yield single("csv", () => csvLong(days, format));
    case "csv-wide":
      return yield single("csv", () => csvWide(days, format));
    case "iec-61968-9":
      return yield single("xml", (messageId) => iec61968(days, { ...format, messageId, created, version }));
    case "rsm-012-json":
    case "rsm-012-xml": {
      const isJson = format.kind === "rsm-012-json";
      // Series add their number; together they stay within 36 characters.
      const idOf = (uuid: string): string => uuid.replaceAll("-", "").slice(0, 28);
      return yield single(isJson ? "json" : "xml", (uuid) =>
        (isJson ? rsm012Json : rsm012Xml)(days, { ...format, messageId: idOf(uuid), created }),
      );
    }
    case "consumption-record":
      return yield* consumptionRecords(format, run);
    case "e66-fi": {
      const carried = days.map((now) => ({ now, before: run.before(now) }));
      return yield single("json", (messageId) => finnishE66(carried, { ...format, messageId, created }));
    }
    case "espi":
      return yield single("xml", () => espiFeed(days, { ...format, created, uuidOf }));
  }
}
