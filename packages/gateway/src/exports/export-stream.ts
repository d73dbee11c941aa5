/** Stored values as the bytes of a file, a page at a time. */
import type { Store } from "@meterport/engine/ports/store";
import { escapedJson } from "@meterport/protocol/plain-text";
import { csvLine } from "./csv.ts";
import { checkRequest, type ExportRequest } from "./export-request.ts";
import { type ExportColumn, exportTable, type Row } from "./export-rows.ts";
import { localTextOf, utcText } from "./local-time.ts";
import { type LoadParquet, type ParquetCell, type ParquetColumn, parquetFile } from "./parquet.ts";

/** Rows that a reader of Parquet reads together, and that we keep until then. */
const rowGroup = 20_000;

/** Rows that are written at once: some milliseconds, since the server of the file has other work too. */
const pieceRows = 250;

type Cell = string | number | null;

/** How one row is written. */
interface Writer {
  readonly head: () => string;
  readonly rows: (rows: readonly Row[]) => string | Uint8Array;
  readonly end: () => string | Uint8Array;
}

type LocalText = (millis: number) => string;

/** A time becomes two cells, in UTC and by the clock of the zone. */
const cellsOf = (columns: readonly ExportColumn[], row: Row, local: LocalText): readonly Cell[] =>
  columns.flatMap(({ type }, n) => {
    const value = row[n] ?? null;
    if (type !== "time") return [value];
    return typeof value === "number" ? [utcText(value), local(value)] : [null, null];
  });

const namesOf = (columns: readonly ExportColumn[]): readonly string[] =>
  columns.flatMap(({ name, type }) => (type === "time" ? [`${name}_utc`, `${name}_local`] : [name]));

const csvWriter = (columns: readonly ExportColumn[], local: LocalText): Writer => ({
  head: () => csvLine(namesOf(columns)),
  rows: (rows) => rows.map((row) => csvLine(cellsOf(columns, row, local))).join(""),
  end: () => "",
});

const jsonWriter = (columns: readonly ExportColumn[], local: LocalText): Writer => {
  const names = namesOf(columns);
  const line = (row: Row): string => {
    const cells = cellsOf(columns, row, local);
    return `${escapedJson(JSON.stringify(Object.fromEntries(names.map((name, n) => [name, cells[n] ?? null]))))}\n`;
  };
  return { head: () => "", rows: (rows) => rows.map(line).join(""), end: () => "" };
};

const parquetTypes = { time: "TIMESTAMP", text: "STRING", integer: "INT32", number: "DOUBLE" } as const;

const parquetColumns = (columns: readonly ExportColumn[]): readonly ParquetColumn[] =>
  columns.flatMap(({ name, type, nullable }): readonly ParquetColumn[] =>
    type === "time"
      ? [
          { name: `${name}_utc`, type: "TIMESTAMP", nullable },
          { name: `${name}_local`, type: "STRING", nullable },
        ]
      : [{ name, type: parquetTypes[type], nullable }],
  );

const joined = (parts: readonly Uint8Array[]): Uint8Array => Buffer.concat(parts.filter(({ length }) => length > 0));

const parquetWriter = async (
  columns: readonly ExportColumn[],
  local: LocalText,
  open: LoadParquet | undefined,
): Promise<Writer> => {
  const file = await parquetFile(parquetColumns(columns), rowGroup, open);
  const typed = (row: Row): readonly ParquetCell[] =>
    columns.flatMap(({ type }, n): readonly ParquetCell[] => {
      const value = row[n] ?? null;
      if (type !== "time") return [value];
      return typeof value === "number" ? [new Date(value), local(value)] : [null, null];
    });
  return { head: () => "", rows: (rows) => joined(rows.map((row) => file.add(typed(row)))), end: file.end };
};

export interface ExportOptions {
  /** Replaced by tests. */
  readonly open?: LoadParquet | undefined;
  /** Hears how many rows each page has. */
  readonly onRows?: ((count: number) => void) | undefined;
  /** Runs what makes a piece of the file; at once if omitted. */
  readonly turn?: (<T>(make: () => T) => Promise<T>) | undefined;
}

/**
 * The bytes of an export. Nothing is read before the first is asked for, and nothing beyond what is asked for.
 *
 * @throws UsageError for what no export can hold, or if Parquet is wanted and its package is missing
 */
export async function* exportStream(
  store: Pick<Store, "readings" | "intervals" | "channels" | "registers" | "events">,
  request: ExportRequest,
  { open, onRows = () => {}, turn = async (make) => make() }: ExportOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  checkRequest(request);
  const local = localTextOf(request.zone);
  const { columns, pages } = exportTable(store, request);
  const { format } = request;
  const writer =
    format === "parquet"
      ? await parquetWriter(columns, local, open)
      : (format === "json" ? jsonWriter : csvWriter)(columns, local);
  const bytesOf = (part: string | Uint8Array): Uint8Array => (typeof part === "string" ? Buffer.from(part) : part);
  yield* present(bytesOf(writer.head()));
  for await (const page of pages) {
    onRows(page.length);
    for (let n = 0; n < page.length; n += pieceRows)
      yield* present(await turn(() => bytesOf(writer.rows(page.slice(n, n + pieceRows)))));
  }
  yield* present(await turn(() => bytesOf(writer.end())));
}

const present = (bytes: Uint8Array): readonly Uint8Array[] => (bytes.length === 0 ? [] : [bytes]);
