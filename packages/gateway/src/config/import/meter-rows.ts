/** Meters in a CSV file: a header with the names of keys, a row for each meter. */
import { UsageError } from "@meterport/protocol/errors";
import { CsvError, parse } from "csv-parse/sync";
import { wrong } from "../complaints.ts";
import { mostMeters, settings } from "../config-schema.ts";
import { didYouMean } from "../did-you-mean.ts";

/** One meter, with the text of each field that is not empty, by the path of its key: "link", "rates.live". */
export interface MeterRow {
  /** Where its row ends in the file. */
  readonly line: number;
  readonly fields: ReadonlyMap<string, string>;
}

/** The columns that may be used. Devices of the grid and prices have lists, which are no matter of a table. */
export const importColumns: readonly string[] = settings.flatMap(
  ({ path }) => /^meters\[\]\.(?!(?:device|prices)\.)(.+)$/.exec(path)?.[1] ?? [],
);

const required = ["id", "link"];
const mostColumns = 100;
/** No field is longer; a quote that is never closed would swallow the file. */
const longestRow = 64 << 10;

const sentences: Readonly<Record<string, string>> = {
  CSV_INVALID_CLOSING_QUOTE: "after a closing quote there is no separator: double quotes within a field",
  INVALID_OPENING_QUOTE: 'a quote within a field: put the whole field in quotes, and write " as ""',
  CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE:
    "after a closing quote there is no separator: double quotes within a field",
  CSV_QUOTE_NOT_CLOSED: "a quote is not closed",
  CSV_MAX_RECORD_SIZE: `a row is longer than ${longestRow} bytes: is a quote missing?`,
};

/** The separator that the header has most of: spreadsheets write semicolons where the comma is part of numbers. */
const separatorOf = (header: string): string => {
  const count = (separator: string): number => header.split(separator).length;
  return [",", ";", "\t"].reduce((best, next) => (count(next) > count(best) ? next : best));
};

interface Parsed {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/** @throws UsageError, which quotes nothing: the parser's own message would */
const parsed = (name: string, text: string): readonly Parsed[] => {
  try {
    return parse(text, {
      bom: true,
      delimiter: separatorOf(text.split(/[\r\n]/, 1)[0] ?? ""),
      info: true,
      max_record_size: longestRow,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      trim: true,
    }) as unknown as readonly Parsed[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error.lines === "number" ? `:${error.lines}` : "";
    throw new UsageError("import", `${name}${line}: ${sentences[error.code] ?? "this is not valid CSV"}`);
  }
};

const headerOf = (name: string, { record, info }: Parsed): readonly string[] => {
  if (record.length > mostColumns)
    throw new UsageError("import", `${name}: the header has ${record.length} columns; the limit is ${mostColumns}`);
  const columns = record.map((column) => column.toLowerCase().replace(/[ -]+/g, "_"));
  const at = `${name}:${info.lines}`;
  const unknown = columns.flatMap((column, n) => {
    if (importColumns.includes(column)) return [];
    const meant = didYouMean(column, importColumns);
    const hint = meant === undefined ? `known: ${importColumns.join(", ")}` : `did you mean ${meant}?`;
    return [`${at}: column ${n + 1} has an unknown name; ${hint}`];
  });
  const twice = columns.filter((column, n) => columns.indexOf(column) !== n);
  const missing = required.filter((column) => !columns.includes(column));
  const all = [
    ...unknown,
    ...twice.map((column) => `${at}: column ${column} appears twice: remove one`),
    ...missing.map((column) => `${at}: the header has no column ${column}: add it`),
  ];
  if (all.length > 0) throw wrong(all);
  return columns;
};

/**
 * Reads the rows of a CSV file.
 *
 * @throws UsageError with a line per problem, which quotes no field
 */
export const meterRows = (name: string, text: string): readonly MeterRow[] => {
  const [head, ...rows] = parsed(name, text);
  if (head === undefined) throw new UsageError("import", `${name} is empty: its first line must name the columns`);
  const columns = headerOf(name, head);
  if (rows.length > mostMeters)
    throw new UsageError(
      "import",
      `${name} has ${rows.length} rows; the limit is ${mostMeters}, because one gateway takes no more meters`,
    );
  const problems: string[] = [];
  const first = new Map<string, number>();
  const meters = rows.map(({ record, info }): MeterRow => {
    const at = `${name}:${info.lines}`;
    if (record.length !== columns.length)
      problems.push(`${at}: the row has ${record.length} fields, but the header names ${columns.length} columns`);
    const fields = new Map(
      columns.flatMap((column, n) => ((record[n] ?? "") === "" ? [] : [[column, record[n] ?? ""] as const])),
    );
    const id = fields.get("id");
    const earlier = id === undefined ? undefined : first.get(id);
    if (id === undefined) problems.push(`${at}: id is missing: add it`);
    else if (earlier !== undefined)
      problems.push(`${at}: id is the same as in line ${earlier}: give each meter its own`);
    else first.set(id, info.lines);
    return { line: info.lines, fields };
  });
  if (problems.length > 0) throw wrong(problems);
  return meters;
};
