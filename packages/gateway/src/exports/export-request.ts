/** What an export holds. */
import type { TimeRange } from "@meterport/engine/ports/store";
import { UsageError } from "@meterport/protocol/errors";
import type { LiveKey } from "@meterport/protocol/meaning/readings";
import { isStored, readingColumns } from "../stores/reading-columns.ts";

export const exportKinds = ["readings", "intervals", "registers", "events"] as const;
export type ExportKind = (typeof exportKinds)[number];

export const exportFormats = ["csv", "json", "parquet"] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** Media types by format. */
export const exportTypes: Readonly<Record<ExportFormat, string>> = {
  csv: "text/csv; charset=utf-8",
  json: "application/x-ndjson",
  parquet: "application/vnd.apache.parquet",
};

/** Intervals that end after `from` and at or before `to`; anything else from `from` until before `to`. */
export interface ExportRequest extends TimeRange {
  readonly kind: ExportKind;
  readonly format: ExportFormat;
  /** Ids of metering points, exported one after the other. */
  readonly points: readonly string[];
  /** Live keys of readings, channels of intervals, registers, or kinds of events; all if omitted or empty. */
  readonly channels?: readonly string[] | undefined;
  /** An IANA zone for the local times. */
  readonly zone: string;
}

/** The columns of readings that were asked for. @throws UsageError if there is no such key */
export const liveColumns = ({ channels = [] }: ExportRequest): readonly LiveKey[] => {
  if (channels.length === 0) return readingColumns;
  return channels.map((name) => {
    if (!isStored(name as LiveKey))
      throw new UsageError(
        "no-such-channel",
        `${JSON.stringify(name.slice(0, 40))} is not a value of readings; known are ${readingColumns.join(", ")}`,
      );
    return name as LiveKey;
  });
};

/** @throws UsageError for what no export can hold */
export const checkRequest = (request: ExportRequest): void => {
  if (!(request.from < request.to))
    throw new UsageError("range", "the range of the export ends before it begins: give a later end");
  if (request.points.length === 0)
    throw new UsageError("no-points", "the export has no metering point: name at least one");
  if (request.kind === "readings") liveColumns(request);
};
