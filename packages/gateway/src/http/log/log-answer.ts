/** The meter's event log in the API, or why there is none. */
import type { LogEvent } from "@meterport/client/readers/events";
import { type MeterLogRead, mostLogEntries } from "@meterport/engine/points/meter-log";
import type { ApiProblem, LogAnswer, LogEntry } from "../api.ts";
import { meterProblem } from "../meter-reads/meter-problem.ts";

/** The default number of entries. */
const fewEntries = 25;

/** The number of entries that `limit` asks for; undefined if it is not a count. */
export const parseLimit = (limit: string | undefined): number | undefined => {
  if (limit === undefined) return fewEntries;
  const count = /^\d{1,4}$/.test(limit) ? Number(limit) : 0;
  return count >= 1 && count <= mostLogEntries ? count : undefined;
};

const entryOf = ({ time, sequence, event, raw, name, decoded, severity, source }: LogEvent) =>
  ({
    time,
    number: sequence,
    code: event,
    raw,
    name,
    argument: { ...decoded, parts: [...decoded.parts] },
    severity,
    source,
  }) satisfies LogEntry;

/** The answer for a log that was read. */
export const logAnswer = (id: string, { time, entries }: MeterLogRead) =>
  ({ id, time_read: new Date(time).toISOString(), entries: entries.map(entryOf) }) satisfies LogAnswer;

/**
 * Status and sentence for a log that could not be read.
 *
 * @throws any error that is not about the meter
 */
export const logProblem = (error: unknown): { readonly status: 502 | 503; readonly problem: ApiProblem } => {
  const { status, problem } = meterProblem(error, "the meter's event log", "no-log");
  return { status: status === 503 ? 503 : 502, problem };
};
