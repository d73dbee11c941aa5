/** Tables in CSV files: a header with known names of columns, then rows. For what people write with spreadsheets. */
import { UsageError } from "@meterport/protocol/errors";
import { CsvError, parse } from "csv-parse/sync";
import { wrong } from "../complaints.ts";
import { didYouMean } from "../did-you-mean.ts";

/** One row, with the text of each field that is not empty, by the name of its column. */
export interface CsvRow {
  /** Where its row ends in the file. */
  readonly line: number;
  readonly fields: ReadonlyMap<string, string>;
}

export interface CsvTable {
  readonly rows: readonly CsvRow[];
  /** What is wrong with the rows as such, a sentence each. */
  readonly problems: readonly string[];
}

export interface CsvColumns {
  readonly columns: readonly string[];
  /** Those that the header must name. */
  readonly required: readonly string[];
  readonly mostRows: number;
  /** Why there may not be more rows. */
  readonly why: string;
}

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

const headerOf = (name: string, { record, info }: Parsed, known: CsvColumns): readonly string[] => {
  if (record.length > mostColumns)
    throw new UsageError("import", `${name}: the header has ${record.length} columns; the limit is ${mostColumns}`);
  const columns = record.map((column) => column.toLowerCase().replace(/[ -]+/g, "_"));
  const at = `${name}:${info.lines}`;
  const unknown = columns.flatMap((column, n) => {
    if (known.columns.includes(column)) return [];
    const meant = didYouMean(column, known.columns);
    const hint = meant === undefined ? `known: ${known.columns.join(", ")}` : `did you mean ${meant}?`;
    return [`${at}: column ${n + 1} has an unknown name; ${hint}`];
  });
  const twice = columns.filter((column, n) => columns.indexOf(column) !== n);
  const missing = known.required.filter((column) => !columns.includes(column));
  const all = [
    ...unknown,
    ...twice.map((column) => `${at}: column ${column} appears twice: remove one`),
    ...missing.map((column) => `${at}: the header has no column ${column}: add it`),
  ];
  if (all.length > 0) throw wrong(all);
  return columns;
};

const lineOf = (sentence: string): number => Number(/:(\d+): /.exec(sentence)?.[1] ?? 0);

/** All that is wrong with a file at once, from top to bottom. */
export const wrongRows = (sentences: readonly string[]): UsageError =>
  wrong(sentences.toSorted((a, b) => lineOf(a) - lineOf(b)));

/**
 * Reads a table. Spreadsheets' semicolons and tabs are understood, as are a byte order mark and empty lines.
 *
 * @throws UsageError with a line per problem, which quotes no field, if header, quotes or size are wrong
 */
export const csvTable = (name: string, text: string, known: CsvColumns): CsvTable => {
  const [head, ...lines] = parsed(name, text);
  if (head === undefined) throw new UsageError("import", `${name} is empty: its first line must name the columns`);
  const columns = headerOf(name, head, known);
  if (lines.length > known.mostRows)
    throw new UsageError(
      "import",
      `${name} has ${lines.length} rows; the limit is ${known.mostRows}, because ${known.why}`,
    );
  const problems = lines.flatMap(({ record, info }) =>
    record.length === columns.length
      ? []
      : [`${name}:${info.lines}: the row has ${record.length} fields, but the header names ${columns.length} columns`],
  );
  const rows = lines.map(({ record, info }) => ({
    line: info.lines,
    fields: new Map(
      columns.flatMap((column, n) => ((record[n] ?? "") === "" ? [] : [[column, record[n] ?? ""] as const])),
    ),
  }));
  return { rows, problems };
};
