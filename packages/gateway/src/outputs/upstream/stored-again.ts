/** Values that a fleet lacks and this gateway has stored already: brought again, since no change of the journal would bring them. */
import type { JournalEntry } from "@meterport/engine/model/journal-entry";
import type { OutputContext } from "@meterport/engine/ports/output";
import type { Clock, Millis } from "@meterport/protocol/ports";
import type { GapsWanted } from "./upstream-requests.ts";

/** Of one span; what does not fit is asked for again. */
const mostIntervals = 5_000;

export interface StoredAgain {
  readonly entries: readonly JournalEntry[];
  /** From when on the meter has to be asked; undefined if everything is stored. */
  readonly lacking: Millis | undefined;
}

/** What was read from the meter's memory, or is known to be lost. A value of live registers would be replaced by what the meter kept. */
export const storedAgain = async (
  { point, from, channels }: GapsWanted,
  history: Pick<OutputContext["history"], "intervals">,
  clock: Pick<Clock, "wall">,
): Promise<StoredAgain> => {
  if (channels.length === 0) return { entries: [], lacking: from };
  const entries: JournalEntry[] = [];
  let lacking: Millis | undefined;
  for (const { channel, spans } of channels)
    for (const { after, until } of spans) {
      const rows = await history.intervals(point, { channel, from: after, to: until, limit: mostIntervals });
      const settled = rows.filter(
        ({ source, quality }) => source === "profile" || source === "manual" || quality === "missing",
      );
      for (const interval of settled)
        entries.push({ kind: "interval", interval, number: 0, stored: clock.wall(), point });
      const covered = settled.reduce((sum, { seconds }) => sum + 1_000 * seconds, 0);
      if (covered < until - after) lacking = Math.min(after, lacking ?? after);
    }
  return { entries, lacking };
};
