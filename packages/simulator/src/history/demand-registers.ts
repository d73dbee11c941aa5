/** The highest quarter-hour averages since the latest demand reset, computed from the registers themselves. */
import type { Millis } from "@meterport/protocol/ports";
import type { Counters } from "./counters.ts";
import { tierAt } from "./tariff.ts";

const quarter = 900_000;
const perHour = 4;
const rollover = 1e9;
/** The energy behind each power that a demand can be taken of, by source id. */
const energyOf: ReadonlyMap<number, number> = new Map([
  [8, 0],
  [9, 1],
  [10, 2],
  [11, 3],
  [104, 108],
  [105, 109],
  [106, 110],
  [107, 111],
]);
const sources = [...energyOf.keys()];
const tiers = 2;

/** A maximum in W or var, and the end of the quarter of an hour that first had it; no time if nothing was drawn. */
export interface Peak {
  readonly value: number;
  readonly at: Millis | undefined;
  /** The sum of the maxima at all resets that are remembered. */
  readonly cumulative: number;
}

interface Quarter {
  /** In the order of `sources`. */
  readonly averages: readonly number[];
  readonly tier: number;
}

/** Peaks by source id. */
type Peaks = ReadonlyMap<number, Peak>;
interface Block {
  readonly total: Peaks;
  readonly tiers: readonly Peaks[];
}

const none: Peak = { value: 0, at: undefined, cumulative: 0 };
const noPeaks: Peaks = new Map(sources.map((id) => [id, none]));
const nothing: Block = { total: noPeaks, tiers: Array.from({ length: tiers }, () => noPeaks) };

/** What is left of a period when its demands are reset: its maxima join those before it. */
const resetOf = (peaks: Peaks): Peaks =>
  new Map(
    [...peaks].map(([id, { value, cumulative }]) => [id, { value: 0, at: undefined, cumulative: cumulative + value }]),
  );
const afterReset = (block: Block): Block => ({ total: resetOf(block.total), tiers: block.tiers.map(resetOf) });

export class DemandRegisters {
  readonly #counters: Counters;
  /** Demand resets, oldest first. */
  readonly #resets: (time: Millis) => readonly Millis[];
  /** Quarter hours by their number since 1970. */
  readonly #quarters = new Map<number, Quarter>();
  /** How each period between two resets ended, by its end. */
  readonly #ended = new Map<Millis, Block>();

  constructor(counters: Counters, resets: (time: Millis) => readonly Millis[]) {
    this.#counters = counters;
    this.#resets = resets;
  }

  /** The peaks at a moment; a copy that a reset makes still has those of the period that it ends. */
  at(time: Millis): Block {
    const over = this.#resets(time).filter((reset) => reset < time);
    let from = this.#counters.past.origin;
    let before = nothing;
    for (const reset of over) {
      const ended = this.#ended.get(reset) ?? this.#since(from, reset, before);
      this.#ended.set(reset, ended);
      before = afterReset(ended);
      from = reset;
    }
    return this.#since(from, time, before);
  }

  #since(from: Millis, to: Millis, before: Block): Block {
    const total = new Map(before.total);
    const byTier = before.tiers.map((peaks) => new Map(peaks));
    for (let slot = Math.ceil(from / quarter); (slot + 1) * quarter <= to; slot++) {
      const { averages, tier } = this.#quarter(slot);
      const inTier = byTier[tier];
      for (const [i, value] of averages.entries()) {
        if (value === 0) continue;
        const id = sources[i] as number;
        for (const peaks of [total, inTier]) {
          const known = peaks?.get(id) ?? none;
          if (value > known.value) peaks?.set(id, { ...known, value, at: (slot + 1) * quarter });
        }
      }
    }
    return { total, tiers: byTier };
  }

  #quarter(slot: number): Quarter {
    const known = this.#quarters.get(slot);
    if (known !== undefined) return known;
    const before = this.#counters.at(slot * quarter).bySource;
    const after = this.#counters.at((slot + 1) * quarter).bySource;
    const averages = [...energyOf.values()].map((id) => {
      const change = (after.get(id) ?? 0) - (before.get(id) ?? 0);
      return (change < 0 ? change + rollover : change) * perHour;
    });
    const found = { averages, tier: tierAt(slot * quarter) };
    this.#quarters.set(slot, found);
    return found;
  }
}
