/** Habits: things that people do once or a few times on a day. */

import { localDay } from "./calendar.ts";
import { type Appliance, BLOCK_SECONDS, type LoadBlock } from "./load.ts";

/** One use of an appliance, in local seconds; at most 24 hours long and beginning on the day it is planned for. */
export interface Use {
  readonly start: number;
  readonly end: number;
  /** Adds the part of this use that falls into the block. */
  readonly draw: (block: LoadBlock) => void;
}

/**
 * An appliance from a plan: `plan(day)` lists the uses that begin on a local day and must depend on nothing else.
 */
export function daily(plan: (day: number) => readonly Use[]): Appliance {
  // Remembers today's and yesterday's plan only to save time: a plan is the same each time it is made.
  let today = Number.NaN;
  let uses: readonly Use[] = [];
  return (block) => {
    const day = localDay(block.local);
    if (day !== today) {
      uses = [...plan(day - 1), ...plan(day)];
      today = day;
    }
    for (const use of uses) {
      if (use.start < block.local + BLOCK_SECONDS && use.end > block.local) use.draw(block);
    }
  };
}

/** Local seconds of an hour (may be fractional: 17.5 = 17:30) of a local day. */
export function hourOf(day: number, hour: number): number {
  return Math.round(day * 86_400 + hour * 3600);
}
