/** Warnings and errors of the gateway's own log as events, so that one list tells what happened. */
import { LEVELS, type LogLine } from "../../widgets/log-book.ts";
import type { StoredEvent } from "./event-answer.ts";

export const LINE_KIND = "gateway-log";

/** The address below `api/v1/` of all that the gateway remembers; it keeps the newest thousand lines of any level. */
export const LINES_PATH = "logs?level=warn&limit=1000";

const WORST = LEVELS.indexOf("warn");

/** The lines about a point or about the gateway as a whole, newest first; what is stored as an event of the point too is left out. */
export function lineEvents(lines: readonly LogLine[], point: string): StoredEvent[] {
  return lines
    .filter(({ level, meter, isEvent }) => {
      return LEVELS.indexOf(level) <= WORST && !isEvent && (meter === null || meter === point);
    })
    .map(({ number, time, level, meter, message }) => ({
      ...{ id: `line:${time}:${number}`, time, until: null, kind: LINE_KIND, number: null, origin: "gateway" as const },
      detail: { level, meter, message },
    }));
}

/**
 * Both as one list, newest first.
 *
 * @param reached how far back the events are loaded: older lines would stand before events that are still to come; null for all
 */
export function withLines(
  events: readonly StoredEvent[],
  lines: readonly StoredEvent[],
  reached: number | null,
): readonly StoredEvent[] {
  const shown = reached === null ? lines : lines.filter(({ time }) => time >= reached);
  if (shown.length === 0) return events;
  return [...events, ...shown].sort((a, b) => b.time - a.time);
}
