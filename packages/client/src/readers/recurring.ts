/** Scheduled reads of M-Bus devices and MEP clients that are waiting for the head-end: ET45, and ET74, which feeds it. */
import { ResponseError } from "@meterport/protocol/errors";
import { adjustableLog, type ET36 } from "@meterport/protocol/tables/extended/et36-mfg-table-actual-dimensions";
import { ET45 } from "@meterport/protocol/tables/extended/et45-recurring-read-log";
import type { ET54 } from "@meterport/protocol/tables/extended/et54-meter-status";
import { ET74 } from "@meterport/protocol/tables/extended/et74-recurring-read-extended-log";
import { mayHave } from "../meter/capabilities.ts";
import type { Meter } from "../meter/meter.ts";
import { type DeviceRead, deviceReadOf } from "./mbus.ts";
import { type LogOptions, type Ring, readRing, ringOf } from "./ring.ts";

type Entry = Omit<ET45["entries"][number], "identifier" | "namespace">;

/** One scheduled read. */
export interface RecurringRead extends DeviceRead {
  readonly table: "ET45" | "ET74";
  /** Number in its log, modulo 65536. */
  readonly sequence: number;
  /** 1..999 M-Bus, 1000..1999 MEP client 1, 2000..2999 MEP client 2. */
  readonly handle: number;
  readonly succeeded: boolean;
  readonly afterPowerUp: boolean;
  /** What the device answered, in the form of its table. */
  readonly response: Entry["response"];
}

export interface RecurringOptions extends LogOptions {
  /** Only reads at or after this local time, as in "2026-01-01T00:00:00"; those without a time are included. */
  readonly since?: string | undefined;
}

const logs: readonly (readonly [RecurringRead["table"], Ring<Entry>])[] = [
  [
    "ET74",
    // Entries wait in ET74 until ET45 has room, so these are the newer ones.
    ringOf(ET74, "entries", (env) => (env.ET54 as ET54).et74EntryCount ?? 0),
  ],
  [
    "ET45",
    ringOf(ET45, "entries", (env) => (env.ET36 as ET36).actualDimensions[adjustableLog.ET45]?.currentEntries ?? 0),
  ],
];

async function* readLog(
  meter: Meter,
  table: RecurringRead["table"],
  ring: Ring<Entry>,
  options: LogOptions,
): AsyncGenerator<RecurringRead> {
  for await (const { entries } of readRing(meter, ring, options))
    for (const { value, sequence } of entries) yield recurringFrom(value, table, sequence);
}

/**
 * The entries of both logs, those of ET74 first, newest first. MEP guide 1.1, pp. 125-127, 182-183.
 *
 * @throws LayoutError for an impossible header; LinkError, ResponseError
 */
export async function* readRecurring(
  meter: Meter,
  { since, ...options }: RecurringOptions = {},
): AsyncGenerator<RecurringRead> {
  for (const [table, ring] of logs) {
    if (!(await mayHave(meter, ring.table, { signal: options.signal }))) continue;
    try {
      for await (const read of readLog(meter, table, ring, options)) {
        // A clock may have been set, but a log is not read to its end once it is well past the given time.
        if (since !== undefined && read.readTime !== null && read.readTime < since) break;
        yield read;
      }
    } catch (error) {
      // Meters whose BT00 ends before its sets show it only by a refusal.
      if (!(error instanceof ResponseError && error.code === "no-such-table")) throw error;
    }
  }
}

const recurringFrom = (entry: Entry, table: RecurringRead["table"], sequence: number): RecurringRead => ({
  // From the handle on, with the action and its result.
  ...deviceReadOf(entry, entry.length - 4),
  table,
  sequence,
  handle: entry.handle,
  succeeded: entry.result === 4,
  afterPowerUp: entry.executionStatus === 2,
  response: entry.response,
});
