/** One list of prices that is asked for piece by piece: the market of an area, or one charge. */
import { dayBounds } from "@meterport/engine/calendar/local-calendar";
import { covers, mergedPrices, type Price } from "@meterport/engine/prices/price";
import type { Clock, Millis } from "@meterport/protocol/ports";
import { type PriceFiles, pricesOfText, pricesText } from "./price-files.ts";

export interface Range {
  readonly from: Millis;
  readonly to: Millis;
}

export interface FeedOptions {
  /** Its name in file names and the log: "energi_data_service-DK1-DKK". */
  readonly name: string;
  /** Asks the source. */
  readonly fetch: (range: Range) => Promise<readonly Price[]>;
  /** Most days of one request. */
  readonly mostDays: number;
  readonly files: PriceFiles;
  readonly clock: Clock;
}

/** European markets have their day by this clock, and are published at about 13:00. */
export const marketZone = "Europe/Brussels";
const publishedAfter: Millis = 13 * 3_600_000;

/** Months in memory. */
const mostMonths = 40;
/** How long a day that was incomplete is left alone: one that is due is asked for often. */
const soon: Millis = 1_200_000;
const later: Millis = 12 * 3_600_000;
/** Days that are asked for because somebody wanted to see them. */
const mostWanted = 800;

const monthOf = (time: Millis): string => new Date(time).toISOString().slice(0, 7);
const monthRange = (month: string): Range => {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return { from: Date.UTC(year, number - 1, 1), to: Date.UTC(year, number, 1) };
};

/** The months that a range touches, oldest first. */
const monthsOf = ({ from, to }: Range): readonly string[] => {
  const months: string[] = [];
  for (let at = from; at < to; at = monthRange(monthOf(at)).to) months.push(monthOf(at));
  return months;
};

export class Feed {
  readonly #options: FeedOptions;
  readonly #months = new Map<string, Promise<readonly Price[]>>();
  /** When a day was asked for, by its beginning, on the monotonic clock. */
  readonly #asked = new Map<Millis, Millis>();
  readonly #wanted = new Set<Millis>();
  #failures = 0;
  #rest: Millis = Number.NEGATIVE_INFINITY;
  #problem: string | null = null;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  /** What went wrong last, one sentence; null if nothing did. */
  get problem(): string | null {
    return this.#problem;
  }

  /** What is known of a range, ascending. Days of it that are not known will be asked for. */
  async prices(range: Range): Promise<readonly Price[]> {
    const found = await this.#known(range);
    if (!covers(found, range.from, range.to)) this.#want(range, found);
    return found;
  }

  /** Asks for a piece of what is missing. @returns whether more is missing that may be asked for now */
  async step(since: Millis): Promise<boolean> {
    const { clock, fetch } = this.#options;
    if (clock.now() < this.#rest) return false;
    const piece = await this.#missing(since);
    if (piece === undefined) return false;
    try {
      const prices = await fetch(piece);
      await this.#keep(piece, prices);
      this.#failures = 0;
      this.#problem = null;
    } catch (error) {
      this.#problem = error instanceof Error ? error.message : String(error);
      // A minute, then twice as long each time, up to an hour.
      this.#rest = clock.now() + Math.min(3_600_000, 60_000 * 2 ** Math.min(this.#failures++, 6));
      return false;
    }
    for (const day of daysOf(piece)) {
      this.#asked.set(day, clock.now());
      this.#wanted.delete(day);
    }
    return (await this.#missing(since)) !== undefined;
  }

  async #known({ from, to }: Range): Promise<readonly Price[]> {
    const months = await Promise.all(monthsOf({ from, to }).map((month) => this.#month(month)));
    return months.flat().filter(({ start, end }) => end > from && start < to);
  }

  #month(month: string): Promise<readonly Price[]> {
    const known = this.#months.get(month);
    if (known !== undefined) return known;
    const [oldest] = this.#months.keys();
    if (this.#months.size >= mostMonths && oldest !== undefined) this.#months.delete(oldest);
    const loaded = this.#options.files.read(this.#fileOf(month)).then((text) => pricesOfText(text ?? ""));
    this.#months.set(month, loaded);
    loaded.catch(() => this.#months.delete(month));
    return loaded;
  }

  #fileOf(month: string): string {
    return `${this.#options.name}.${month}.json`;
  }

  async #keep(piece: Range, prices: readonly Price[]): Promise<void> {
    for (const month of monthsOf(piece)) {
      const { from, to } = monthRange(month);
      const here = prices.filter(({ start }) => start >= from && start < to && start >= piece.from && start < piece.to);
      const before = await this.#month(month);
      const merged = mergedPrices(before, here);
      if (pricesText(merged) === pricesText(before)) continue;
      await this.#options.files.write(this.#fileOf(month), pricesText(merged));
      this.#months.set(month, Promise.resolve(merged));
    }
  }

  #want(range: Range, found: readonly Price[]): void {
    const { clock } = this.#options;
    const to = Math.min(range.to, this.#lastDue());
    if (range.from >= to || to - range.from > mostWanted * 86_400_000) return;
    const days = dayBounds(marketZone, range.from, to);
    for (const [n, day] of days.entries()) {
      const next = days[n + 1];
      const asked = this.#asked.get(day);
      if (next === undefined || covers(found, Math.max(day, range.from), Math.min(next, to))) continue;
      if (this.#wanted.size < mostWanted && (asked === undefined || clock.now() - asked > later)) this.#wanted.add(day);
    }
  }

  /** The end of the last day whose prices must be there. */
  #lastDue(): Millis {
    const wall = this.#options.clock.wall();
    const [today = wall, tomorrow = wall] = dayBounds(marketZone, wall, wall + 1);
    if (wall - today < publishedAfter) return tomorrow;
    return dayBounds(marketZone, tomorrow, tomorrow + 1)[1] ?? tomorrow;
  }

  /** The oldest days that should be asked for, as many as fit into a request. */
  async #missing(since: Millis): Promise<Range | undefined> {
    const { clock, mostDays } = this.#options;
    const due = this.#lastDue();
    const starts = new Set([...daysOf({ from: since, to: due }), ...this.#wanted]);
    let piece: { from: Millis; to: Millis } | undefined;
    let count = 0;
    for (const day of [...starts].sort((a, b) => a - b)) {
      const next = dayBounds(marketZone, day, day + 1)[1] ?? day;
      if (piece !== undefined && (day !== piece.to || count === mostDays)) break;
      const asked = this.#asked.get(day);
      const isFresh = next > clock.wall() - 86_400_000;
      const complete = covers(await this.#known({ from: day, to: next }), day, next);
      // A price of today or tomorrow may be corrected; a day of the past that is complete is left alone.
      const pause = complete ? (isFresh ? later : Number.POSITIVE_INFINITY) : isFresh ? soon : later;
      const isDue = complete && !isFresh ? false : asked === undefined || clock.now() - asked >= pause;
      if (!isDue) {
        if (piece === undefined) continue;
        break;
      }
      piece = { from: piece?.from ?? day, to: next };
      count++;
    }
    return piece;
  }
}

/** The beginnings of the days of a range. */
const daysOf = (range: Range): readonly Millis[] => dayBounds(marketZone, range.from, range.to).slice(0, -1);
