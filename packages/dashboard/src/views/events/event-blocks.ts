/** Long lists of events in blocks, of which only those near the screen are drawn. */
import type { StoredEvent } from "./event-answer.ts";

export interface DayGroup {
  /** Milliseconds since 1970 of midnight. */
  readonly day: number;
  /** False if the block before it has the heading of this day. */
  readonly heads: boolean;
  readonly events: readonly StoredEvent[];
}

export interface Block {
  readonly key: string;
  readonly days: readonly DayGroup[];
}

/** Events of a block: few enough to draw at once, many enough that a hundred thousand events are few blocks. */
export const BLOCK = 50;

/**
 * Events, newest first, in blocks of `size` and days within them.
 *
 * @param dayOf when the day of a moment began
 */
export function blocksOf(events: readonly StoredEvent[], dayOf: (time: number) => number, size = BLOCK): Block[] {
  const blocks: Block[] = [];
  let before = Number.NaN;
  for (let from = 0; from < events.length; from += size) {
    const days: DayGroup[] = [];
    let group: StoredEvent[] = [];
    for (const event of events.slice(from, from + size)) {
      const day = dayOf(event.time);
      if (days.length === 0 || day !== before) {
        group = [];
        days.push({ day, heads: day !== before, events: group });
      }
      before = day;
      group.push(event);
    }
    blocks.push({ key: events[from]?.id ?? "", days });
  }
  return blocks;
}

/** New events and changed ones put among those that are there; null if there is a gap between them, so that all must be read again. */
export function merged(known: readonly StoredEvent[], newest: readonly StoredEvent[]): StoredEvent[] | null {
  const fresh = new Map(newest.map((event) => [event.id, event]));
  const replaced = known.map((event) => fresh.get(event.id) ?? event);
  const ids = new Set(known.map(({ id }) => id));
  const added = newest.filter(({ id }) => !ids.has(id));
  if (known.length > 0 && newest.length > 0 && added.length === newest.length) return null;
  return [...added, ...replaced].sort((a, b) => b.time - a.time);
}
