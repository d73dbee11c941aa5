/** Intervals as a Parquet file. */
import { localTextOf } from "@meterport/gateway/exports/local-time";
import { type LoadParquet, parquetFile } from "@meterport/gateway/exports/parquet";
import type { Zone } from "../../format/moment.ts";
import type { Column } from "./profile-columns.ts";
import { type Lines, shownValue, summary } from "./profile-lines.ts";

/** Rows per group: a fortnight of 15-minute intervals. */
const rowGroup = 1344;

/**
 * The columns of the CSV, typed: time_utc a timestamp, values doubles.
 *
 * @throws UsageError (`parquet-missing`) if the package is not installed
 */
export const parquetLines = async (columns: readonly Column[], zone: Zone, open?: LoadParquet): Promise<Lines> => {
  const localText = localTextOf(zone.name);
  const file = await parquetFile(
    [
      { name: "time_utc", type: "TIMESTAMP", nullable: false },
      { name: "time_local", type: "STRING", nullable: false },
      { name: "duration_min", type: "INT32", nullable: false },
      { name: "status", type: "STRING", nullable: false },
      ...columns.map(({ title }) => ({ name: title, type: "DOUBLE" as const, nullable: true })),
    ],
    rowGroup,
    open,
  );
  return {
    head: "",
    line: (interval) =>
      file.add([
        new Date(interval.end),
        localText(interval.end),
        interval.durationMinutes,
        summary(interval, columns),
        ...columns.map((column, i) => {
          const channel = interval.channels[i];
          return channel === undefined ? null : shownValue(channel, column);
        }),
      ]),
    end: file.end,
  };
};
