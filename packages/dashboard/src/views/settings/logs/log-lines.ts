/** Lines of the gateway's own log. */
import { listOf, number, oneOf, record, text, timeOf } from "../../../state/loose.ts";

/** From the most to the least severe. */
export const LEVELS = ["error", "warn", "info", "debug", "trace"] as const;
export type Level = (typeof LEVELS)[number];

export interface LogLine {
  /** Counts up with each line since the gateway's start. */
  readonly number: number;
  /** Milliseconds since 1970; null if the gateway does not say. */
  readonly time: number | null;
  readonly level: Level;
  readonly meter: string | null;
  readonly message: string;
}

/** As many as the gateway keeps. */
export const MOST_LINES = 1000;

export function logLinesOf(data: unknown): LogLine[] | null {
  return listOf(record(data)?.lines, MOST_LINES, (each) => {
    const loose = record(each);
    const [count, message] = [number(loose?.number), text(loose?.message)];
    if (loose === null || count === null || message === null) return null;
    const level = oneOf(LEVELS, loose.level) ?? "info";
    return { number: count, time: timeOf(loose.time), level, meter: text(loose.meter), message };
  });
}

/**
 * The lines with newer ones before them, newest first. A gateway that was started again counts from the beginning: then
 * only its lines are left.
 */
export function joined(lines: readonly LogLine[], newer: readonly LogLine[]): readonly LogLine[] {
  const newest = lines[0]?.number ?? 0;
  return [...newer.filter((line) => line.number > newest), ...lines].slice(0, MOST_LINES);
}

/** The path that asks for what is not there yet. */
export function logsPath(level: Level, lines: readonly LogLine[]): string {
  const newest = lines[0]?.number;
  const query = new URLSearchParams({ level, limit: String(newest === undefined ? 200 : MOST_LINES) });
  if (newest !== undefined) query.set("after", String(newest));
  return `logs?${query}`;
}
