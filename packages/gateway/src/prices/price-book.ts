/** The prices of all metering points: lists that several share are asked for once. */

import { StopSignal } from "@meterport/client/session/stop-signal";
import { monthBounds } from "@meterport/engine/calendar/local-calendar";
import type { Log } from "@meterport/engine/ports/log";
import { type PricePiece, pricePieces } from "@meterport/engine/prices/tariff";
import type { Secret } from "@meterport/protocol/mep/security/key";
import type { Clock, Millis, Signal } from "@meterport/protocol/ports";
import type { PriceSettings } from "../settings/price-settings.ts";
import { Feed, marketZone, type Range } from "./feed.ts";
import type { PriceFiles } from "./price-files.ts";
import { chargeFeed, type FeedMaker, marketFeed } from "./price-requests.ts";
import { priceSources } from "./sources/list.ts";
import type { SourceName } from "./sources/price-source.ts";

/** What is known of the prices of one point. */
export interface PointPrices {
  /** ISO 4217. */
  readonly currency: string;
  /** Undefined for a tariff that needs no market. */
  readonly market?: { readonly source: string; readonly area: string; readonly credit: string } | undefined;
  readonly charges: readonly string[];
  /** The quarters of a range, by the clock of the point. What is not known is asked for soon. */
  readonly pieces: (zone: string, range: Range) => Promise<readonly PricePiece[]>;
  /** Why prices may be missing, one sentence; null if nothing is known to be wrong. */
  readonly problem: () => string | null;
}

export interface PriceBookOptions {
  readonly files: PriceFiles;
  readonly clock: Clock;
  readonly log: Log;
  /** How prices are asked for until the signal. */
  readonly make: (signal: Signal) => FeedMaker;
}

/** How often the book looks whether something is missing, and the pause between two requests. */
const lookEvery: Millis = 300_000;
const betweenRequests: Millis = 3_000;
const firstLook: Millis = 2_000;

export class PriceBook {
  readonly #options: PriceBookOptions;
  readonly #make: FeedMaker;
  readonly #signal = new StopSignal();
  readonly #feeds = new Map<string, { readonly feed: Feed; readonly token: string }>();
  readonly #told = new Map<string, string>();
  /** Names of the feeds that the configuration needs now. */
  #needed = new Set<string>();
  #cancel = (): void => {};
  #looking = false;
  #started = false;

  constructor(options: PriceBookOptions) {
    this.#options = options;
    this.#make = options.make(this.#signal);
  }

  /** The prices that these settings mean. */
  of(settings: PriceSettings): PointPrices {
    const { tariff, market, charges } = settings;
    const feeds = this.#feedsOf(settings);
    return {
      currency: tariff.currency,
      // Not as it is: there is a token in it.
      market: market && {
        ...{ source: market.source, area: market.area, credit: priceSources[market.source as SourceName].credit },
      },
      charges,
      pieces: async (zone, range) => {
        const wide = { from: Math.floor(range.from / 3_600_000) * 3_600_000, to: range.to };
        const [onMarket = [], ...lists] = await Promise.all([
          feeds.market?.prices(wide) ?? [],
          ...feeds.charges.map((feed) => feed.prices(wide)),
        ]);
        return pricePieces(tariff, zone, range, { market: onMarket, charges: lists });
      },
      problem: () => [feeds.market, ...feeds.charges].find((feed) => (feed?.problem ?? null) !== null)?.problem ?? null,
    };
  }

  /** Which prices are needed from now on. */
  follow(all: readonly PriceSettings[]): void {
    this.#needed = new Set(
      all.flatMap((settings) => {
        const { market, charges } = this.#feedsOf(settings);
        return [market, ...charges].flatMap((feed) => feed?.name ?? []);
      }),
    );
    for (const name of this.#feeds.keys()) if (!this.#needed.has(name)) this.#feeds.delete(name);
    if (this.#started) this.#look(firstLook);
  }

  start(): void {
    this.#started = true;
    this.#look(firstLook);
  }

  stop(): void {
    this.#started = false;
    this.#cancel();
    this.#signal.raise();
  }

  #feedsOf({ market, charges }: PriceSettings): {
    readonly market?: Feed | undefined;
    readonly charges: readonly Feed[];
  } {
    const make = this.#make;
    return {
      market: market && this.#feed(marketFeed(market), () => make.market(market), market.token),
      charges: charges.map((charge) => this.#feed(chargeFeed(charge), () => make.charge(charge))),
    };
  }

  /** Points share a list; another token begins it again. */
  #feed(name: string, make: () => ReturnType<FeedMaker["market"]>, secret?: Secret): Feed {
    const { files, clock } = this.#options;
    const token = secret === undefined ? "" : Buffer.from(secret.reveal()).toString("hex");
    const known = this.#feeds.get(name);
    if (known?.token === token) return known.feed;
    const feed = new Feed({ name, files, clock, ...make() });
    this.#feeds.set(name, { feed, token });
    return feed;
  }

  #look(pause: Millis): void {
    if (!this.#started || this.#looking) return;
    const { clock } = this.#options;
    this.#cancel();
    this.#cancel = clock.at(clock.now() + pause, () => {
      this.#looking = true;
      void this.#ask()
        .catch(() => false)
        .then((more) => {
          this.#looking = false;
          this.#look(more ? betweenRequests : lookEvery);
        });
    });
  }

  /** One request of each feed. @returns whether more is missing */
  async #ask(): Promise<boolean> {
    const { clock } = this.#options;
    // The bill of the last month is what people look at.
    const [since = clock.wall()] = monthBounds(marketZone, clock.wall() - 31 * 86_400_000, clock.wall());
    let more = false;
    for (const name of this.#needed) {
      const feed = this.#feeds.get(name)?.feed;
      if (feed === undefined || !this.#started) continue;
      more = (await feed.step(since)) || more;
      this.#tell(feed);
    }
    return more;
  }

  /** The same problem again tells nothing new. */
  #tell({ name, problem }: Feed): void {
    const { log } = this.#options;
    if (problem === (this.#told.get(name) ?? null)) return;
    if (problem === null) {
      this.#told.delete(name);
      log.info(`prices ${name}: are there again`);
      return;
    }
    this.#told.set(name, problem);
    log.warn(`prices ${name}: ${problem}`);
  }
}
