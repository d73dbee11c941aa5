/** How complete a model is at a moment. */
import type { Millis } from "@meterport/protocol/ports";
import type { ModelGaps } from "./model-gaps.ts";
import type { ModelLook } from "./model-tally.ts";
import { hour, slotsPerDay, slotTime } from "./model-times.ts";
import type { ModelWorld } from "./model-world.ts";
import type { SlotBook } from "./slot-book.ts";

export interface LookedAt {
  readonly book: SlotBook;
  readonly gaps: ModelGaps;
  readonly world: ModelWorld;
  readonly meters: number;
  /** How long after its end a slot may come. */
  readonly grace: Millis;
}

/** After a dead bridge is back, its meters have so long to be read. */
const catchUp: Millis = hour;

export const lookAt = (at: Millis, { book, gaps, world, meters, grace }: LookedAt): ModelLook => {
  const due = Math.max(0, Math.floor((at - grace) / slotTime));
  const today = Math.floor(at / slotTime / slotsPerDay) * slotsPerDay;
  let [booked, dayBooked, whole, missing, unreachable] = [0, 0, 0, 0, 0];
  for (let meter = 0; meter < meters; meter++) {
    const here = book.count(meter, 0, due);
    booked += here;
    if (here < due) {
      let lost = 0;
      for (let slot = 0; slot < due; slot++) lost += Number(!book.has(meter, slot) && !gaps.isGone(meter, slot));
      missing += lost;
      const site = world.siteOf[meter] as number;
      const [from, until] = [world.deadFrom[site] as number, world.deadUntil[site] as number];
      if (at >= from && at < until + catchUp) unreachable += lost;
    }
    if (today === 0) continue;
    const of = book.count(meter, today - slotsPerDay, today);
    dayBooked += of;
    whole += Number(of === slotsPerDay);
  }
  return {
    ...{ at, missing, unreachable, due: due === 0 ? 1 : booked / (meters * due) },
    yesterday: today === 0 ? null : dayBooked / (meters * slotsPerDay),
    wholeMeters: today === 0 ? null : whole / meters,
  };
};
