/** A Parquet file row by row, written by an optional package. */
import { UsageError } from "@meterport/protocol/errors";

type Package = typeof import("hyparquet-writer");

/** Loads the package; replaced by tests. */
export type LoadParquet = () => Promise<Pick<Package, "ByteWriter" | "ParquetWriter" | "schemaFromColumnData">>;

const load: LoadParquet = () => import("hyparquet-writer");

export interface ParquetColumn {
  readonly name: string;
  readonly type: "TIMESTAMP" | "STRING" | "INT32" | "DOUBLE";
  readonly nullable: boolean;
}

/** Times are dates. */
export type ParquetCell = string | number | Date | null;

/** The bytes of a file, in the order in which they are handed out. */
export interface ParquetFile {
  /** Bytes that are complete; often none. */
  readonly add: (row: readonly ParquetCell[]) => Uint8Array;
  /** The remaining bytes. */
  readonly end: () => Uint8Array;
}

const nothing = new Uint8Array(0);

/**
 * @param rowGroup rows that are kept in memory, and that a reader reads together
 * @throws UsageError (`parquet-missing`) if the package is not installed
 */
export const parquetFile = async (
  columns: readonly ParquetColumn[],
  rowGroup: number,
  open: LoadParquet = load,
): Promise<ParquetFile> => {
  const { ByteWriter, ParquetWriter, schemaFromColumnData } = await open().catch((cause: unknown) => {
    throw new UsageError("parquet-missing", "Parquet needs one more package: npm install hyparquet-writer", { cause });
  });
  let data: ParquetCell[][] = columns.map(() => []);
  const columnData = () => columns.map((column, n) => ({ ...column, data: data[n] ?? [] }));
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({
    writer: bytes,
    schema: schemaFromColumnData({ columnData: columnData() }),
    createdBy: "meterport",
  });
  const taken = (): Uint8Array => {
    const part = bytes.getBytes().slice();
    // The package counts on from `offset`, and overwrites what was taken.
    bytes.index = 0;
    return part;
  };
  let rows = 0;
  const writeGroup = (): void => {
    if (rows > 0) void writer.write({ columnData: columnData(), rowGroupSize: rows });
    data = columns.map(() => []);
    rows = 0;
  };
  return {
    add: (row) => {
      for (const [n, list] of data.entries()) list.push(row[n] ?? null);
      if (++rows < rowGroup) return nothing;
      writeGroup();
      return taken();
    },
    end: () => {
      writeGroup();
      void writer.finish();
      return taken();
    },
  };
};
