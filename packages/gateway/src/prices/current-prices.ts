/** The prices of the present moment, for outputs, which do not wait. */
import type { PriceNow } from "@meterport/engine/ports/output";
import type { PricePiece } from "@meterport/engine/prices/tariff";
import type { Clock, Millis } from "@meterport/protocol/ports";
import type { PointPrices } from "./price-book.ts";

/** A point that may have prices. */
export interface PricedPoint {
  readonly id: string;
  readonly zone: string;
  readonly prices?: PointPrices | undefined;
}

export interface CurrentPricesOptions {
  readonly points: () => readonly PricedPoint[];
  readonly clock: Clock;
}

/** How soon a new price or another configuration is seen. */
const lookEvery: Millis = 30_000;
const firstLook: Millis = 1_000;
/** What is looked up beforehand, so that a quarter begins in time. */
const ahead: Millis = 1_800_000;

interface Known {
  readonly currency: string;
  readonly pieces: readonly PricePiece[];
}

const priceOf = (currency: string, { start, end, energy, total, feedIn }: PricePiece): PriceNow => ({
  ...{ currency, start, end, energy, total, feedIn },
});

export class CurrentPrices {
  readonly #options: CurrentPricesOptions;
  #known: ReadonlyMap<string, Known> = new Map();
  #cancel = (): void => {};
  #started = false;

  constructor(options: CurrentPricesOptions) {
    this.#options = options;
  }

  /** Null for a point without prices, and until they were looked up. */
  now(id: string): PriceNow | null {
    const wall = this.#options.clock.wall();
    const known = this.#known.get(id);
    const piece = known?.pieces.find(({ start, end }) => start <= wall && wall < end);
    if (known === undefined || piece === undefined) return null;
    return priceOf(known.currency, piece);
  }

  /** Null for a point without prices. */
  async between(id: string, from: Millis, to: Millis): Promise<readonly PriceNow[] | null> {
    const point = this.#options.points().find((each) => each.id === id);
    if (point?.prices === undefined) return null;
    const { currency } = point.prices;
    const pieces = await point.prices.pieces(point.zone, { from, to });
    return pieces.map((piece) => priceOf(currency, piece));
  }

  start(): void {
    this.#started = true;
    this.#after(firstLook);
  }

  stop(): void {
    this.#started = false;
    this.#cancel();
  }

  #after(pause: Millis): void {
    if (!this.#started) return;
    const { clock } = this.#options;
    this.#cancel = clock.at(clock.now() + pause, () => {
      void this.#look()
        .catch(() => {
          // What is known stays until it is over.
        })
        .then(() => this.#after(lookEvery));
    });
  }

  async #look(): Promise<void> {
    const { points, clock } = this.#options;
    const from = clock.wall();
    const found = new Map<string, Known>();
    for (const { id, zone, prices } of points()) {
      if (prices === undefined) continue;
      found.set(id, { currency: prices.currency, pieces: await prices.pieces(zone, { from, to: from + ahead }) });
    }
    this.#known = found;
  }
}
