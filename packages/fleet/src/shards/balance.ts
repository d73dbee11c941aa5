/** How many shards a holder takes and gives back. Pure. That is all of the balancing: nobody is elected, nobody assigns. */

/** A holder may have this much more than its part, so that nothing moves for the sake of a few. */
const margin = 1.15;

/** Most shards that one of `live` holders takes. With fewer than one, which is itself, it counts as alone. */
export const mostShards = (shards: number, live: number): number =>
  Math.min(shards, Math.ceil((margin * shards) / Math.max(1, live)));

/** How many a holder gives back at a time: a quarter of what is too much, because each of them is a link that is opened again. */
export const givenBack = (held: number, most: number): number => Math.max(0, Math.ceil((held - most) / 4));

/** How many it takes at a time, so that holders which start together find something left. */
export const takenAtOnce = (held: number, most: number): number =>
  Math.max(0, Math.min(most - held, Math.ceil(most / 2)));
