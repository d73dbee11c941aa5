/** The newest entries of a supervised meter's event log. */
import { type LogEvent, readEvents } from "@meterport/client/readers/events";
import type { Connected, Supervisor } from "@meterport/client/supervision/supervisor";
import { LayoutError, ResponseError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";

/** A refusal of the meter, or an impossible answer: its link works. */
interface Refused {
  readonly refusal: ResponseError | LayoutError;
}

/**
 * Reads the entries of both logs, newest first, and no more of them than `count`.
 *
 * @throws LinkError, ResponseError, LayoutError
 */
export const newestEvents = async (
  link: Pick<Supervisor<Connected>, "run">,
  count: number,
  limit: Millis,
): Promise<readonly LogEvent[]> => {
  const read = async (
    { meter }: Connected,
    signal: Parameters<Parameters<typeof link.run>[0]>[1],
  ): Promise<readonly LogEvent[] | Refused> => {
    try {
      const entries: LogEvent[] = [];
      for await (const entry of readEvents(meter, { signal })) {
        entries.push(entry);
        if (entries.length >= count) break;
      }
      return entries;
    } catch (error) {
      if (error instanceof ResponseError || error instanceof LayoutError) return { refusal: error };
      throw error;
    }
  };
  const found = await link.run(read, { label: "read the event log", limit });
  if ("refusal" in found) throw found.refusal;
  return found;
};
