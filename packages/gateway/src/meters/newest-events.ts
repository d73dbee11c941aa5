/** The newest entries of a supervised meter's event log. */
import { type LogEvent, readEvents } from "@meterport/client/readers/events";
import type { Connected, Supervisor } from "@meterport/client/supervision/supervisor";
import type { Millis } from "@meterport/protocol/ports";
import { askMeter } from "./ask-meter.ts";

/**
 * Reads the entries of both logs, newest first, and no more of them than `count`.
 *
 * @throws LinkError, ResponseError, LayoutError
 */
export const newestEvents = (
  link: Pick<Supervisor<Connected>, "run">,
  count: number,
  limit: Millis,
): Promise<readonly LogEvent[]> =>
  askMeter(link, {
    label: "read the event log",
    limit,
    run: async (meter, signal) => {
      const entries: LogEvent[] = [];
      for await (const entry of readEvents(meter, { signal })) {
        entries.push(entry);
        if (entries.length >= count) break;
      }
      return entries;
    },
  });
