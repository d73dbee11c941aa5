/** What a kWh costs a household: the market's price or its own, what is added to it, and tax. */
import type { Millis } from "@meterport/protocol/ports";
import { type Price, priceAt, quarter } from "./price.ts";
import { type TimeRule, timePrice } from "./time-of-use.ts";

/** Where the price of the energy itself comes from. */
export type EnergyPrice =
  | { readonly kind: "market" }
  /** By the clock; the last rule holds always. */
  | { readonly kind: "times"; readonly rules: readonly TimeRule[] };

/** What is paid for energy that flows out. */
export type FeedIn =
  | { readonly kind: "none" }
  /** The market's price without tax, less a fee per kWh. */
  | { readonly kind: "market"; readonly fee: number }
  | { readonly kind: "fixed"; readonly price: number };

/** All amounts are in one currency per kWh, before tax, except a fixed price of what flows out, which is what is paid. */
export interface Tariff {
  readonly currency: string;
  readonly energy: EnergyPrice;
  /** What the supplier adds, in percent of the market's price. */
  readonly markupPercent: number;
  /** What is added to each kWh. */
  readonly additions: number;
  /** Charges of the grid by the clock: the first rule that holds. */
  readonly gridTimes: readonly TimeRule[];
  readonly taxPercent: number;
  readonly feedIn: FeedIn;
}

/** The prices of a quarter of an hour, in the tariff's currency per kWh; null is unknown. */
export interface PricePiece {
  readonly start: Millis;
  readonly end: Millis;
  /** The market's price, or that of the clock, before anything is added. */
  readonly energy: number | null;
  /** All charges of grid and state. */
  readonly charges: number | null;
  /** What a kWh costs that flows in, with everything. */
  readonly total: number | null;
  /** What a kWh brings that flows out; null if nothing is known or nothing is paid. */
  readonly feedIn: number | null;
}

export interface PriceSourceLists {
  /** The market's prices; empty for a tariff by the clock. */
  readonly market: readonly Price[];
  /** Lists of charges, of which each one must be known. */
  readonly charges: readonly (readonly Price[])[];
}

const sumOf = (parts: readonly (number | null)[]): number | null =>
  parts.reduce<number | null>((sum, part) => (sum === null || part === null ? null : sum + part), 0);

const feedInOf = ({ feedIn }: Tariff, market: number | null): number | null => {
  if (feedIn.kind === "fixed") return feedIn.price;
  return feedIn.kind === "market" && market !== null ? market - feedIn.fee : null;
};

/**
 * The quarters of a range with their prices, oldest first. A price that is not known makes the total unknown: it never counts as 0.
 *
 * @param zone IANA name of the zone by whose clock the times are meant
 * @throws UsageError (`zone`) if there is no such zone
 */
export const pricePieces = (
  tariff: Tariff,
  zone: string,
  { from, to }: { readonly from: Millis; readonly to: Millis },
  { market, charges }: PriceSourceLists,
): readonly PricePiece[] => {
  const marketAt = priceAt(market);
  const chargesAt = charges.map((list) => priceAt(list));
  const { energy: source, markupPercent, additions, gridTimes, taxPercent } = tariff;
  const first = Math.floor(from / quarter) * quarter;
  const count = Math.max(0, Math.ceil((to - first) / quarter));
  return Array.from({ length: count }, (_, n) => {
    const start = first + n * quarter;
    const onMarket = marketAt(start);
    const energy = source.kind === "market" ? onMarket : timePrice(source.rules, zone, start);
    const grid = gridTimes.length === 0 ? 0 : timePrice(gridTimes, zone, start);
    const charge = sumOf([additions, grid, ...chargesAt.map((at) => at(start))]);
    const before = sumOf([energy === null ? null : energy * (1 + markupPercent / 100), charge]);
    return {
      ...{ start, end: start + quarter, energy, charges: charge },
      total: before === null ? null : before * (1 + taxPercent / 100),
      feedIn: feedInOf(tariff, onMarket),
    };
  });
};
