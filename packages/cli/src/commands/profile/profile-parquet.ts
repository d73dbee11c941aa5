/** Intervals as a Parquet file, written by an optional package. */
import { UsageError } from "@meterport/protocol/errors";
import type { Zone } from "../../format/moment.ts";
import { localText } from "./local-time.ts";
import type { Column } from "./profile-columns.ts";
import { type Lines, shownValue, summary } from "./profile-lines.ts";

const load = () => import("hyparquet-writer");

/** Loads the package; replaced by tests. */
export type LoadParquet = () => Promise<Pick<typeof import("hyparquet-writer"), "parquetWriteBuffer">>;

/** Rows per group: a fortnight of 15-minute intervals. */
const rowGroup = 1344;

/**
 * The columns of the CSV, typed: time_utc a timestamp, values doubles. A load profile has at most about ten thousand
 * intervals, so they are kept until the end.
 *
 * @throws UsageError (`parquet-missing`) if the package is not installed
 */
export const parquetLines = async (
  columns: readonly Column[],
  zone: Zone,
  open: LoadParquet = load,
): Promise<Lines> => {
  const { parquetWriteBuffer } = await open().catch((cause: unknown) => {
    throw new UsageError("parquet-missing", "--format parquet needs one more package: npm install hyparquet-writer", {
      cause,
    });
  });
  const ends: Date[] = [];
  const locals: string[] = [];
  const durations: number[] = [];
  const statuses: string[] = [];
  const values: (number | null)[][] = columns.map(() => []);
  return {
    head: "",
    line: (interval) => {
      ends.push(new Date(interval.end));
      locals.push(localText(interval.end, zone));
      durations.push(interval.durationMinutes);
      statuses.push(summary(interval, columns));
      for (const [i, list] of values.entries()) {
        const channel = interval.channels[i];
        list.push(channel === undefined ? null : shownValue(channel, columns[i]));
      }
      return "";
    },
    end: () =>
      new Uint8Array(
        parquetWriteBuffer({
          rowGroupSize: rowGroup,
          createdBy: "meterport",
          columnData: [
            { name: "time_utc", data: ends, type: "TIMESTAMP", nullable: false },
            { name: "time_local", data: locals, type: "STRING", nullable: false },
            { name: "duration_min", data: durations, type: "INT32", nullable: false },
            { name: "status", data: statuses, type: "STRING", nullable: false },
            ...columns.map(({ title }, i) => ({
              name: title,
              data: values[i] ?? [],
              type: "DOUBLE" as const,
              nullable: true,
            })),
          ],
        }),
      ),
  };
};
