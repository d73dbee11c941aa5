/** Meters in a CSV file: a header with the names of keys, a row for each meter. */
import { mostMeters, settings } from "../config-schema.ts";
import { type CsvRow, csvTable, wrongRows } from "./csv-table.ts";

/** One meter, with the text of each field that is not empty, by the path of its key: "link", "rates.live". */
export type MeterRow = CsvRow;

/** The columns that may be used. Devices of the grid and prices have lists, which are no matter of a table. */
const importColumns: readonly string[] = settings.flatMap(
  ({ path }) => /^meters\[\]\.(?!(?:device|prices)\.)(.+)$/.exec(path)?.[1] ?? [],
);

/**
 * Reads the rows of a CSV file.
 *
 * @throws UsageError with a line per problem, which quotes no field
 */
export const meterRows = (name: string, text: string): readonly MeterRow[] => {
  const { rows, problems } = csvTable(name, text, {
    columns: importColumns,
    required: ["id", "link"],
    mostRows: mostMeters,
    why: "one gateway takes no more meters",
  });
  const first = new Map<string, number>();
  const ids = rows.flatMap(({ line, fields }) => {
    const id = fields.get("id");
    if (id === undefined) return [`${name}:${line}: id is missing: add it`];
    const earlier = first.get(id);
    if (earlier !== undefined)
      return [`${name}:${line}: id is the same as in line ${earlier}: give each meter its own`];
    first.set(id, line);
    return [];
  });
  const all = [...problems, ...ids];
  if (all.length > 0) throw wrongRows(all);
  return rows;
};
