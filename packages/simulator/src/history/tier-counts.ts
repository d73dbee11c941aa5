/** What a meter has counted in each tier; the tiers always add up to the total. */
import type { Millis } from "@meterport/protocol/ports";
import type { Counters, Counts } from "./counters.ts";
import { switchAfter, switchBefore } from "./tariff.ts";

/** Energies by source id; the apparent energies of Q1..Q4 come after them. */
const sources = [0, 1, 2, 3, 6, 7, 108, 109, 110, 111] as const;
/** Forward minus reverse: the one register that may fall. */
const difference = sources.indexOf(7);
const rollover = 1e9;
/** The night tier's share of what was counted before the start. */
const nightShare = 0.35;

const rowOf = ({ bySource, apparent }: Counts): number[] => [
  ...sources.map((id) => bySource.get(id) ?? 0),
  ...apparent,
];
const countsOf = (row: readonly number[]): Counts => ({
  bySource: new Map(sources.map((id, i) => [id, row[i] ?? 0])),
  apparent: row.slice(sources.length),
});

/** How far each register moved, across a roll-over too. */
const moved = (from: readonly number[], to: readonly number[]): number[] =>
  to.map((count, i) => {
    const change = count - (from[i] ?? 0);
    return change < -rollover / 2 ? change + rollover : change;
  });
const add = (tiers: number[][], tier: number, change: readonly number[], sign: 1 | -1): void => {
  for (const [i, amount] of change.entries()) {
    const row = tiers[tier] as number[];
    row[i] = (row[i] ?? 0) + sign * amount;
  }
};

export class TierCounts {
  readonly #counters: Counters;
  /** Where summation continues: the latest switch that was passed. */
  #time: Millis;
  #row: readonly number[];
  #tiers: number[][];

  constructor(counters: Counters) {
    this.#counters = counters;
    this.#time = counters.past.start;
    this.#row = rowOf(counters.at(this.#time));
    const night = this.#row.map((count) => Math.floor(count * nightShare));
    this.#tiers = [this.#row.map((count, i) => count - (night[i] ?? 0)), night];
  }

  /** The counts of tier 0 and tier 1 at a moment, and what all tiers counted. */
  at(time: Millis): { readonly total: Counts; readonly tiers: readonly Counts[] } {
    const until = Math.max(time, this.#counters.past.origin);
    const tiers = until >= this.#time ? this.#forward(until) : this.#back(until);
    const [day = [], night = []] = tiers;
    // What a tier lacks the other one gives: neither falls below zero.
    for (const [low, other] of [
      [day, night],
      [night, day],
    ] as const) {
      const lack = Math.min(0, low[difference] ?? 0);
      low[difference] = (low[difference] ?? 0) - lack;
      other[difference] = (other[difference] ?? 0) + lack;
    }
    const rolled = tiers.map((row) => countsOf(row.map((count) => count % rollover)));
    return { total: this.#counters.at(until), tiers: rolled };
  }

  #forward(until: Millis): number[][] {
    for (let next = switchAfter(this.#time); next.time <= until; next = switchAfter(this.#time)) {
      const row = rowOf(this.#counters.at(next.time));
      add(this.#tiers, switchBefore(this.#time).tier, moved(this.#row, row), 1);
      this.#row = row;
      this.#time = next.time;
    }
    const tiers = this.#tiers.map((row) => [...row]);
    add(tiers, switchBefore(this.#time).tier, moved(this.#row, rowOf(this.#counters.at(until))), 1);
    return tiers;
  }

  #back(until: Millis): number[][] {
    const tiers = this.#tiers.map((row) => [...row]);
    let upper = this.#time;
    let above = this.#row;
    while (upper > until) {
      const { time, tier } = switchBefore(upper - 1);
      upper = Math.max(time, until);
      const row = rowOf(this.#counters.at(upper));
      add(tiers, tier, moved(row, above), -1);
      above = row;
    }
    return tiers;
  }
}
