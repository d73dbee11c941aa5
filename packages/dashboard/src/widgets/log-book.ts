/** Lines of the gateway's log, as a page collects them. */
import { distinct, listOf, number, oneOf, record, text, timeOf } from "../state/loose.ts";

/** The most severe first. */
export const LEVELS = ["error", "warn", "info", "debug", "trace"] as const;
export type Level = (typeof LEVELS)[number];

export interface LogLine {
  /** Counts up with each line since the gateway's start. */
  readonly number: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly level: Level;
  /** The point that it is about; null if it is about none. */
  readonly meter: string | null;
  /** In English. */
  readonly message: string;
  /** Whether the same is among the events of that point. */
  readonly isEvent: boolean;
}

/** The gateway keeps no more. */
export const MOST_LINES = 1000;

function lineOf(data: unknown): LogLine | null {
  const loose = record(data);
  const [at, time, message] = [number(loose?.number), timeOf(loose?.time), text(loose?.message)];
  if (loose === null || at === null || time === null || message === null) return null;
  const level = oneOf(LEVELS, loose.level) ?? "info";
  return { number: at, time, message, level, meter: text(loose.meter), isEvent: loose.is_event === true };
}

/** `GET /api/v1/logs`, newest first; null if it is no list. */
export function logLinesOf(data: unknown): readonly LogLine[] | null {
  const lines = listOf(record(data)?.lines, MOST_LINES, lineOf);
  return lines === null ? null : distinct(lines, (line) => line.number);
}

/** The address below `api/v1/` that gives what is new, with the newest known line, which tells a restart of the gateway. */
export function logPath(known: readonly LogLine[], meter: string | null): string {
  const newest = known[0];
  const query = new URLSearchParams({ limit: String(newest === undefined ? MOST_LINES : 200) });
  if (meter !== null) query.set("meter", meter);
  if (newest !== undefined) query.set("after", String(newest.number - 1));
  return `logs?${query}`;
}

/** The known lines with those of the answer, newest first. Without the newest known one, the list starts over with the answer. */
export function mergedLines(known: readonly LogLine[], answer: readonly LogLine[]): readonly LogLine[] {
  const newest = known[0];
  const place = answer.findIndex((line) => line.number === newest?.number && line.time === newest.time);
  if (place === -1) return answer;
  return place === 0 ? known : [...answer.slice(0, place), ...known].slice(0, MOST_LINES);
}

/** Lines of this level and of more severe ones that have the text in them. */
export function filteredLines(lines: readonly LogLine[], level: Level, wanted: string): readonly LogLine[] {
  const rank = LEVELS.indexOf(level);
  const part = wanted.trim().toLowerCase();
  return lines.filter(
    (line) =>
      LEVELS.indexOf(line.level) <= rank &&
      (part === "" || line.message.toLowerCase().includes(part) || (line.meter ?? "").toLowerCase().includes(part)),
  );
}

/** For the clipboard: oldest first, as in a file. */
export function linesAsText(lines: readonly LogLine[]): string {
  return [...lines]
    .reverse()
    .map(
      ({ time, level, meter, message }) =>
        `${new Date(time).toISOString()} ${level} ${meter === null ? "" : `${meter}: `}${message}\n`,
    )
    .join("");
}
