/** The energy of the hour, the day and the month that have begun: of what is stored, and of what the registers have counted since. */
import { localMillis, monthBounds, startOfDay } from "@meterport/engine/calendar/local-calendar";
import type { OutputContext, PointView } from "@meterport/engine/ports/output";
import type { Millis } from "@meterport/protocol/ports";

export const periods = ["hour", "day", "month"] as const;
export type Period = (typeof periods)[number];
export const ways = ["import", "export"] as const;
export type Way = (typeof ways)[number];

/** Wh; null is unknown. */
export type EnergySums = { readonly [P in Period]: { readonly [W in Way]: number | null } };

const channels = { import: "energy_import_wh", export: "energy_export_wh" } as const;

const hour: Millis = 3_600_000;
/** Intervals end at multiples of it. */
const grid: Millis = 300_000;
/** A reading so soon after a moment tells the registers of that moment. */
const soon: Millis = 60_000;
/** Longer than the longest interval, and than an interval takes to be stored. */
const remembered = 2 * hour + grid;
const askEvery: Millis = 60_000;

type Totals = { readonly [W in Way]: number | null };

/** What is stored of one direction: the end of its newest interval, and the sum from each beginning until then. */
export interface StoredSums {
  readonly end: Millis;
  readonly from: ReadonlyMap<Millis, { readonly value: number; readonly seconds: number }>;
}

/**
 * When the local hour, day and month began that hold a moment.
 *
 * @example
 * beginningsOf("UTC", Date.UTC(2026, 7, 2, 10, 15)).day // 1785628800000
 */
export const beginningsOf = (zone: string, time: Millis): { readonly [P in Period]: Millis } => ({
  hour: time - (localMillis(zone, time) % hour),
  day: startOfDay(zone, time),
  month: monthBounds(zone, time, time + 1)[0] ?? Number.NaN,
});

/** @param marks the register at moments that were seen; gaps in what is stored make the sum unknown */
export const sumSince = (
  start: Millis,
  total: number | null,
  marks: (time: Millis) => number | null,
  stored: StoredSums | undefined,
): number | null => {
  if (total === null) return null;
  const atStart = marks(start);
  if (atStart !== null) return Math.max(0, total - atStart);
  const until = stored?.from.get(start);
  if (stored === undefined || until === undefined) return null;
  const atEnd = marks(stored.end);
  const isWhole = stored.end > start && until.seconds >= (stored.end - start) / 1_000;
  return isWhole && atEnd !== null ? until.value + Math.max(0, total - atEnd) : null;
};

type History = Pick<OutputContext["history"], "intervalSums" | "intervalCoverage">;

const storedSums = async (
  history: History,
  point: string,
  way: Way,
  starts: readonly Millis[],
  now: Millis,
): Promise<StoredSums | undefined> => {
  const channel = channels[way];
  const bounds = [...new Set(starts)].sort((a, b) => a - b);
  const [first = now] = bounds;
  if (!(first < now)) return undefined;
  const [coverage] = await history.intervalCoverage([point], channel, { from: first, to: now });
  const end = coverage?.newest?.end;
  if (end === undefined) return undefined;
  const pieces = await history.intervalSums(point, channel, [...bounds.filter((bound) => bound < now), now]);
  const from = new Map<Millis, { readonly value: number; readonly seconds: number }>();
  let sum = { value: 0, seconds: 0 };
  for (const piece of [...pieces].reverse()) {
    sum = { value: sum.value + (piece.value ?? 0), seconds: sum.seconds + piece.seconds };
    from.set(piece.from, sum);
  }
  return { end, from };
};

export class RunningSums {
  readonly #history: History;
  readonly #failed: (error: unknown) => void;
  /** The registers at moments of the grid. */
  readonly #marks = new Map<Millis, Totals>();
  #stored: { readonly [W in Way]?: StoredSums | undefined } = {};
  #askedAt = Number.NEGATIVE_INFINITY;
  /** A store that hangs is not asked again meanwhile. */
  #asking = false;

  /** @param failed is told why the store could not answer */
  constructor(history: History, failed: (error: unknown) => void) {
    this.#history = history;
    this.#failed = failed;
  }

  /** Notes a new reading. @param time of the reading, by the wall clock; asks the store now and then */
  note(point: PointView, time: Millis): void {
    const moment = Math.floor(time / grid) * grid;
    const starts = beginningsOf(point.zone, time);
    if (time - moment <= soon && isUnknown(this.#marks.get(moment))) this.#marks.set(moment, totalsOf(point));
    for (const mark of this.#marks.keys())
      if (mark < time - remembered && mark !== starts.day && mark !== starts.month) this.#marks.delete(mark);
    if (this.#asking || Math.abs(time - this.#askedAt) < askEvery) return;
    this.#askedAt = time;
    this.#asking = true;
    this.#ask(point, Object.values(starts), time)
      .catch(this.#failed)
      .finally(() => {
        this.#asking = false;
      });
  }

  /** @param time of the newest reading */
  sums(point: PointView, time: Millis): EnergySums {
    const starts = beginningsOf(point.zone, time);
    const totals = totalsOf(point);
    const since = (start: Millis, way: Way): number | null =>
      sumSince(start, totals[way], (mark) => this.#marks.get(mark)?.[way] ?? null, this.#stored[way]);
    const both = (start: Millis) => ({ import: since(start, "import"), export: since(start, "export") });
    return { hour: both(starts.hour), day: both(starts.day), month: both(starts.month) };
  }

  async #ask(point: PointView, starts: readonly Millis[], now: Millis): Promise<void> {
    const found: { [W in Way]?: StoredSums | undefined } = {};
    for (const way of ways) found[way] = await storedSums(this.#history, point.id, way, starts, now);
    this.#stored = found;
  }
}

const totalsOf = (point: PointView): Totals => ({
  import: point.total(channels.import),
  export: point.total(channels.export),
});

/** While an exchange of the meter is not understood there are no totals. */
const isUnknown = (totals: Totals | undefined): boolean => totals?.import == null && totals?.export == null;

const unknown = { import: null, export: null };
export const noSums: EnergySums = { hour: unknown, day: unknown, month: unknown };
