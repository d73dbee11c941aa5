/** The state of the history view: what is shown, what is loaded of it, and what the reader chose. */
import type { Requests } from "../../state/requests.ts";
import { ZoneCalendar } from "../../state/zone-calendar.ts";
import { type Bar, type BarContext, barsOf, usualInterval } from "./bars.ts";
import { type Peak, type PointFacts, type PowerPoint, pendingFromOf, pointOf } from "./history-answers.ts";
import { firstOf } from "./known-span.ts";
import {
  type EnergyLevel,
  energyLevel,
  POWER_STEPS,
  type PowerStep,
  powerStep,
  snapped,
  type TileKey,
  tileSpan,
  tilesOf,
} from "./levels.ts";
import { type Failure, loadTile, type TileData } from "./load-tiles.ts";
import { highest } from "./peaks.ts";
import {
  type Bounds,
  COMPARISONS,
  type Comparison,
  clamped,
  isSame,
  moved,
  type Period,
  periodAt,
  queryOf,
  recognised,
  type Shown,
  type Span,
  shifted,
  shiftOf,
  shownOf,
} from "./shown-range.ts";
import { TileCache } from "./tile-cache.ts";
import { type Unpriced, unpricedOf } from "./totals.ts";
import { chartTiles, costTiles, overviewTiles, priceTiles, type Wanting } from "./wanted-tiles.ts";

export interface HistoryOptions {
  readonly requests: Pick<Requests, "get" | "time">;
  readonly point: string;
  readonly query: Readonly<Record<string, string>>;
  /** Keeps what was chosen in the address. */
  readonly choose: (query: Readonly<Record<string, string | undefined>>) => void;
}

/** What is kept weighs about 100 B apiece. */
const MOST_WEIGHT = 120_000;
/** Browsers open six connections to a gateway; the rest of the page needs some. */
const AT_ONCE = 2;
const QUARTER = 900_000;
const HOUR = 3_600_000;
/** Until the gateway says what is pending. */
const USUAL_GRACE = 75 * 60_000;
/** What ended within this time may still change. */
const SETTLING = 3 * HOUR;

export class HistoryModel {
  facts: PointFacts | null = $state.raw(null);
  /** Why there are no facts. */
  failure: Failure | null = $state.raw(null);
  shown: Shown = $state.raw({ period: "day", from: 0, to: 1 });
  what: "energy" | "power" = $state("energy");
  comparison: Comparison = $state("off");
  asTable = $state(false);
  /** The gateway's time, by the minute. */
  now = $state(0);
  /** Counts what came, so that its readers look again. */
  version = $state(0);
  calendar: ZoneCalendar = $state.raw(new ZoneCalendar("UTC"));
  /** Counts the hours that came: a year of them takes a while to draw. */
  #hoursVersion = $state(0);
  #pendingFrom: number | null = $state(null);
  #cache: TileCache<TileKey, TileData, Failure> | null = null;
  readonly #options: HistoryOptions;
  readonly #abort = new AbortController();

  readonly level: EnergyLevel = $derived(energyLevel(this.shown));
  readonly step: PowerStep = $derived(powerStep(this.shown, this.now, this.facts?.poll ?? 2000));
  readonly shift = $derived(shiftOf(this.shown, this.comparison));
  /** Null if the point has no prices. */
  readonly currency = $derived(this.facts?.currency ?? null);
  readonly hasExport = $derived(this.facts?.channels.includes("energy_export_wh") ?? false);
  /** The length of an interval, milliseconds. */
  readonly interval: number = $derived.by(() => {
    void this.version;
    return usualInterval(this.#loaded(tilesOf(this.calendar, "intervals", this.shown))) ?? QUARTER;
  });
  /** When the first value is, as far as that is known. */
  readonly first: number | null = $derived.by(() => {
    void this.version;
    return firstOf({ calendar: this.calendar, tile: (key) => this.#cache?.get(key) }, this.now);
  });
  readonly bounds: Bounds = $derived({
    first: this.first === null ? null : this.calendar.start("year", this.first),
    now: this.now,
  });

  constructor(options: HistoryOptions) {
    this.#options = options;
    this.now = this.#minute();
  }

  /** Begins to load. */
  async open(): Promise<void> {
    const { requests, point, query } = this.#options;
    this.failure = null;
    const answer = await requests.get(`points/${encodeURIComponent(point)}`, pointOf, { signal: this.#abort.signal });
    if (this.#abort.signal.aborted) return;
    if (!answer.ok) {
      this.failure = answer;
      return;
    }
    this.now = this.#minute();
    this.calendar = new ZoneCalendar(answer.value.zone);
    this.#take(query);
    const source = { requests, point, calendar: this.calendar, channels: answer.value.channels };
    this.#cache = new TileCache({
      load: (key, signal) => loadTile(source, key, signal),
      changed: (key) => this.#changed(key),
      most: MOST_WEIGHT,
      atOnce: AT_ONCE,
    });
    // In the order of what the reader waits for.
    for (const who of ["chart", "overview", "heat", "prices"]) this.#want(who, []);
    this.facts = answer.value;
    this.#wantOverview();
    void this.#askPending();
  }

  close(): void {
    this.#abort.abort();
    this.#cache?.close();
  }

  /** Shows what the address says, after a link or the browser's "back". */
  follow(query: Readonly<Record<string, string>>): void {
    if (this.facts !== null) this.#take(query);
  }

  #take(query: Readonly<Record<string, string>>): void {
    this.what = query.show === "power" ? "power" : "energy";
    this.asTable = query.as === "table";
    this.comparison = COMPARISONS.find((each) => each === query.with) ?? "off";
    const shown = shownOf(this.calendar, query, this.bounds);
    if (!isSame(shown, this.shown)) this.shown = shown;
  }

  /** Once a minute while somebody looks. */
  tick(): void {
    const now = this.#minute();
    if (this.facts === null) {
      if (this.failure !== null) void this.open();
      return;
    }
    if (now === this.now) return;
    this.now = now;
    this.#cache?.expire((key) => this.#mayChange(key));
    this.#wantOverview();
    void this.#askPending();
  }

  retry(): void {
    if (this.facts === null) void this.open();
    else this.#cache?.retry();
  }

  show(shown: Shown): void {
    if (isSame(shown, this.shown)) return;
    this.shown = shown;
    this.#options.choose(queryOf(this.calendar, shown));
  }

  /** Shows the period that holds a moment. */
  showPeriod(period: Period, time = this.#middle()): void {
    this.show(periodAt(this.calendar, period, time, this.bounds));
  }

  move(count: number): void {
    this.show(moved(this.calendar, this.shown, count, this.bounds));
  }

  /** After moving or zooming by hand: whole bars. */
  settle(span: Span): void {
    const within = clamped(this.calendar, span, this.now);
    const whole =
      this.what === "power" ? minutes(within) : snapped(this.calendar, energyLevel(within), within, this.interval);
    this.show(recognised(this.calendar, whole, this.bounds));
  }

  /** Opens what a bar is made of. */
  openBar(bar: Span): void {
    const finer = { year: "year", month: "month", day: "day", hour: "day", interval: null }[
      this.level
    ] as Period | null;
    if (finer !== null) this.showPeriod(finer, bar.from);
  }

  chooseWhat(what: "energy" | "power"): void {
    this.what = what;
    this.#options.choose({ show: what === "power" ? what : undefined });
  }

  chooseForm(asTable: boolean): void {
    this.asTable = asTable;
    this.#options.choose({ as: asTable ? "table" : undefined });
  }

  chooseComparison(comparison: Comparison): void {
    this.comparison = comparison;
    this.#options.choose({ with: comparison === "off" ? undefined : comparison });
  }

  /** Loads what a range needs, and what it is compared with. */
  wantChart(visible: Span): void {
    const { what, level, step } = this;
    this.#want(
      "chart",
      chartTiles({ ...this.#wanting(), what, level, step, others: this.otherSpan(visible) }, visible),
    );
  }

  /** The hours of a year for the map; null if nobody looks at it. */
  wantHeat(year: Span | null): void {
    this.#want(
      "heat",
      year === null ? [] : tilesOf(this.calendar, "power-3600", { from: year.from, to: Math.min(year.to, this.now) }),
    );
  }

  isLoading(who: "chart" | "overview" | "heat"): boolean {
    void this.version;
    return this.#cache?.isLoading(who) ?? true;
  }

  failureOf(who: "chart" | "overview" | "heat"): Failure | undefined {
    void this.version;
    return this.#cache?.failure(who);
  }

  /** With what a range is compared, as a range; null without a comparison. */
  otherSpan({ from, to }: Span): Span | null {
    if (this.shift === null) return null;
    const [start, end] = [shifted(this.calendar, from, this.shift), shifted(this.calendar, to - 1, this.shift)];
    if (start !== null && end !== null && start < end) return { from: start, to: end + 1 };
    // A month before the 31st ends on the 28th, the 30th …
    return start === null ? null : { from: start, to: start + (to - from) };
  }

  bars(level: EnergyLevel, span: Span): Bar[] {
    void this.version;
    return barsOf(level, span, this.#context());
  }

  /** The highest interval of import in a range of intervals that are loaded; undefined if they are not. */
  loadedPeak({ from, to }: Span): Peak | null | undefined {
    void this.version;
    const keys = tilesOf(this.calendar, "intervals", { from, to });
    const tiles = [...this.#loaded(keys)];
    if (tiles.length < keys.length) return undefined;
    const all = tiles.flatMap((tile) => (tile.kind === "intervals" ? tile.imported : []));
    return highest(all.filter(({ end }) => end > from && end <= to));
  }

  /** Bars of a coarser level, to show while finer ones load; empty if none is there. */
  coarser(level: EnergyLevel, span: Span): Bar[] {
    const next = ({ interval: "day", hour: "day", day: "month", month: "year", year: null } as const)[level];
    return next === null
      ? []
      : this.bars(next, span).filter(({ imported, exported }) => imported !== null || exported !== null);
  }

  /** What a whole period cost by the gateway's own sum; undefined if it is not loaded, or no such period. */
  periodCost({ period, from, to }: Shown): { readonly cost: number | null; readonly unpriced: Unpriced } | undefined {
    void this.version;
    if (period === "free") return undefined;
    const keys = costTiles(this.#wanting(), { from, to });
    const costs = [...this.#loaded(keys)].flatMap((tile) => (tile.kind === "costs" ? tile.costs : []));
    if (keys.some((key) => this.#cache?.get(key) === undefined)) return undefined;
    const mine = costs.filter((each) => each.from >= from && each.to <= to);
    const known = mine.flatMap(({ cost }) => (cost === null ? [] : [cost]));
    return {
      cost: known.length === 0 ? null : known.reduce((sum, cost) => sum + cost, 0),
      unpriced: unpricedOf(mine),
    };
  }

  /** Why prices may be missing, in the gateway's words. */
  priceProblem(): string | null {
    void this.version;
    for (const tile of this.#loaded(tilesOf(this.calendar, "costs-days", { from: this.now, to: this.now + 1 })))
      if (tile.kind === "costs") return tile.problem;
    return null;
  }

  /** The power of a range, oldest first; coarser where finer is not loaded. */
  powerPoints(step: PowerStep, { from, to }: Span): { readonly point: PowerPoint; readonly step: number }[] {
    void this.version;
    const result: { point: PowerPoint; step: number }[] = [];
    for (const key of tilesOf(this.calendar, `power-${step}`, { from, to })) {
      const tile = this.#cache?.get(key);
      const span = tileSpan(this.calendar, key);
      if (tile?.kind === "power") for (const point of tile.points) result.push({ point, step });
      else result.push(...this.#coarserPower(step, { from: Math.max(from, span.from), to: Math.min(to, span.to) }));
    }
    return result.filter(({ point, step: length }) => point.time < to && point.time + 1000 * length > from);
  }

  /** The hours of a year, as far as they are loaded. */
  hours(year: Span): PowerPoint[] {
    void this.#hoursVersion;
    const keys = tilesOf(this.calendar, "power-3600", { from: year.from, to: Math.min(year.to, this.now) });
    return [...this.#loaded(keys)].flatMap((tile) => (tile.kind === "power" ? tile.points : []));
  }

  #coarserPower(step: PowerStep, { from, to }: Span): { point: PowerPoint; step: number }[] {
    for (const coarse of POWER_STEPS) {
      if (coarse <= step) continue;
      const tiles = [...this.#loaded(tilesOf(this.calendar, `power-${coarse}`, { from, to }))];
      const points = tiles.flatMap((tile) => (tile.kind === "power" ? tile.points : []));
      const some = points.filter(({ time }) => time < to && time + 1000 * coarse > from);
      if (some.length > 0) return some.map((point) => ({ point, step: coarse }));
    }
    return [];
  }

  #wanting(): Wanting {
    const { calendar, now, first } = this;
    return { calendar, now, first, hasPrices: this.currency !== null };
  }

  #wantOverview(): void {
    this.#want("overview", overviewTiles(this.#wanting()));
    this.#want("prices", priceTiles(this.#wanting()));
  }

  #changed(key?: TileKey): void {
    this.version++;
    if (key === undefined || key.startsWith("power-3600:")) this.#hoursVersion++;
    // "Everything" is longer than was known.
    if (this.shown.period === "all") this.show(periodAt(this.calendar, "all", this.now, this.bounds));
  }

  #want(who: string, keys: readonly TileKey[]): void {
    this.#cache?.want(who, keys);
  }

  *#loaded(keys: readonly TileKey[]): Iterable<TileData> {
    for (const key of keys) {
      const tile = this.#cache?.get(key);
      if (tile !== undefined) yield tile;
    }
  }

  #mayChange(key: TileKey): boolean {
    const { from, to } = tileSpan(this.calendar, key);
    return from <= this.now && to > this.now - SETTLING;
  }

  #context(): BarContext {
    return {
      ...{
        calendar: this.calendar,
        now: this.now,
        first: this.first,
        hasExport: this.hasExport,
        interval: this.interval,
      },
      tile: (key) => this.#cache?.get(key),
      pendingFrom: this.#pendingFrom ?? this.now - USUAL_GRACE,
    };
  }

  #middle(): number {
    const { from, to } = this.shown;
    // From a longer to a shorter period: today, if it is within.
    return this.now >= from && this.now < to ? this.now : from;
  }

  #minute(): number {
    return Math.floor(this.#options.requests.time() / 60_000) * 60_000;
  }

  async #askPending(): Promise<void> {
    const { requests, point } = this.#options;
    const { signal } = this.#abort;
    const from = new Date(this.calendar.start("day", this.now)).toISOString();
    const query = new URLSearchParams({ resolution: "day", from, zone: this.calendar.zone });
    const parse = (data: unknown) => ({ from: pendingFromOf(data, this.now) });
    const answer = await requests.get(`points/${encodeURIComponent(point)}/completeness?${query}`, parse, { signal });
    if (answer.ok) this.#pendingFrom = answer.value.from;
  }
}

const minutes = ({ from, to }: Span): Span => ({
  from: Math.round(from / 60_000) * 60_000,
  to: Math.round(to / 60_000) * 60_000,
});
