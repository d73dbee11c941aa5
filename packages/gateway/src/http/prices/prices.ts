/** `/api/v1/points/{id}/prices` and `costs`. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { dayBounds, localDate, monthBounds } from "@meterport/engine/calendar/local-calendar";
import type { StoredInterval } from "@meterport/engine/model/interval";
import type { Store } from "@meterport/engine/ports/store";
import {
  type CostSum,
  costSum,
  type Direction,
  highestPeaks,
  type IntervalCost,
  intervalCosts,
} from "@meterport/engine/prices/costs";
import type { PricePiece } from "@meterport/engine/prices/tariff";
import type { Millis } from "@meterport/protocol/ports";
import type { Context } from "hono";
import type { PointPrices } from "../../prices/price-book.ts";
import { refuse, shown } from "../answers.ts";
import { type BodyOf, badRequest, give, iso, noPoint, type Points, pointOf } from "../give.ts";
import { oneDay, periodsOf, rangeOf } from "../values/range.ts";
import type * as schema from "./routes.ts";
import {
  costsAnswer,
  costsRoute,
  mostCostDays,
  mostPeriods,
  mostPriceDays,
  pricesAnswer,
  pricesRoute,
} from "./routes.ts";

export interface PricesOptions extends Points {
  readonly store: Pick<Store, "intervals" | "channels">;
  readonly wall: () => Millis;
}

const channels: Readonly<Record<Direction, string>> = { import: "energy_import_wh", export: "energy_export_wh" };
const directions = ["import", "export"] as const satisfies readonly Direction[];
const pageSize = 10_000;
const peakCount = 3;

/** Without the noise of adding up: a millionth of a currency is nothing. */
const rounded = (value: number): number => Math.round(value * 1e6) / 1e6;
const roundedOrNull = (value: number | null): number | null => (value === null ? null : rounded(value));

const noPrices = (c: Context, id: string) =>
  refuse(c, 404, "no-prices", `${shown(id)} has no prices: add prices to this meter in the configuration`);

const pieceAnswer = ({ start, end, energy, charges, total, feedIn }: PricePiece) => ({
  ...{ start: iso(start), end: iso(end), energy: roundedOrNull(energy), charges: roundedOrNull(charges) },
  ...{ total: roundedOrNull(total), feed_in: roundedOrNull(feedIn) },
});

/** From the beginning of today to the end of tomorrow. */
const todayAndTomorrow = (zone: string, now: Millis) => {
  const [from = now, tomorrow = now] = dayBounds(zone, now, now + 1);
  return { from, to: dayBounds(zone, tomorrow, tomorrow + 1)[1] ?? tomorrow };
};

const addPricesRoute = (app: OpenAPIHono, options: PricesOptions): void => {
  app.openapi(pricesRoute, async (c) => {
    const { id } = c.req.valid("param");
    const point = pointOf(options, id);
    if (point === undefined) return noPoint(c, id);
    const { prices, zone } = point;
    if (prices === undefined) return noPrices(c, id);
    const asked = c.req.valid("query");
    const usual = todayAndTomorrow(zone, asked.from ?? options.wall());
    const [from, to] = [asked.from ?? Math.min(usual.from, (asked.to ?? usual.to) - 1), asked.to ?? usual.to];
    if (!(from < to)) return badRequest(c, `from (${iso(from)}) must be before to (${iso(to)})`);
    if (to - from > mostPriceDays * oneDay)
      return badRequest(c, `the range has more than ${mostPriceDays} days: ask for a shorter one`);
    const pieces = await prices.pieces(zone, { from, to });
    const last = pieces.findLast(({ total }) => total !== null);
    return give(c, pricesAnswer, {
      id,
      currency: prices.currency,
      market: prices.market ?? null,
      charges: prices.charges,
      zone,
      problem: prices.problem(),
      known_until: last === undefined ? null : iso(last.end),
      prices: pieces.map(pieceAnswer),
    });
  });
};

type Stored = Pick<StoredInterval, "end" | "seconds" | "value">;
type Reader = PricesOptions["store"];

/** All intervals of a channel in a range, page by page. */
const intervalsOf = async (store: Reader, id: string, channel: string, from: Millis, to: Millis): Promise<Stored[]> => {
  const all: Stored[] = [];
  for (let start = from; ; ) {
    const page = await store.intervals(id, { channel, from: start, to, limit: pageSize });
    all.push(...page);
    const last = page.at(-1);
    if (page.length < pageSize || last === undefined) return all;
    start = last.end;
  }
};

interface Priced {
  readonly id: string;
  /** By whose clock prices are meant. */
  readonly zone: string;
  readonly prices: PointPrices;
  /** Channels of which something is stored: a request must not make one. */
  readonly stored: readonly string[];
}

const costsIn = async (
  store: Reader,
  { id, zone, prices, stored }: Priced,
  direction: Direction,
  { from, to }: { readonly from: Millis; readonly to: Millis },
): Promise<{ readonly intervals: readonly Stored[]; readonly costs: readonly IntervalCost[] }> => {
  const channel = channels[direction];
  if (!stored.includes(channel)) return { intervals: [], costs: [] };
  const intervals = await intervalsOf(store, id, channel, from, to);
  const first = intervals[0];
  if (first === undefined) return { intervals, costs: [] };
  // The first interval may have begun before the range.
  const start = Math.min(from, first.end - 1000 * first.seconds);
  return { intervals, costs: intervalCosts(intervals, await prices.pieces(zone, { from: start, to }), direction) };
};

const nothing: CostSum = { energy: null, priced: 0, cost: null, seconds: 0 };

const added = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : a + b);

const addedSums = (a: CostSum, b: CostSum): CostSum => ({
  energy: added(a.energy, b.energy),
  priced: a.priced + b.priced,
  cost: added(a.cost, b.cost),
  seconds: a.seconds + b.seconds,
});

const sumAnswer = ({ energy, priced, cost, seconds }: CostSum) => ({
  ...{ energy_wh: energy, priced_wh: priced, seconds, cost: roundedOrNull(cost) },
});

/** One period, a month of it at a time, so that a year does not hold up others. */
const periodCost = async (
  store: Reader,
  priced: Priced,
  zone: string,
  { from, to }: { readonly from: Millis; readonly to: Millis },
): Promise<BodyOf<typeof schema.costPeriod>> => {
  const bounds = monthBounds(zone, from, to).map((bound) => Math.min(Math.max(bound, from), to));
  const sums: Record<Direction, CostSum> = { import: nothing, export: nothing };
  const ofDays: Stored[] = [];
  for (let n = 0; n + 1 < bounds.length; n++) {
    const part = { from: bounds[n] as Millis, to: bounds[n + 1] as Millis };
    for (const direction of directions) {
      const { intervals, costs } = await costsIn(store, priced, direction, part);
      sums[direction] = addedSums(sums[direction], costSum(costs));
      if (direction === "import")
        ofDays.push(
          ...highestPeaks(intervals, peakCount, (time) => localDate(zone, time)).map(({ power, end, seconds }) => ({
            ...{ end, seconds, value: (power * seconds) / 3_600 },
          })),
        );
    }
  }
  const peaks = highestPeaks(ofDays, peakCount, (time) => localDate(zone, time));
  return {
    ...{ from: iso(from), to: iso(to), import: sumAnswer(sums.import), export: sumAnswer(sums.export) },
    cost: roundedOrNull(added(sums.import.cost, sums.export.cost)),
    peaks: peaks.map(({ power, end, seconds }) => ({ power_w: rounded(power), end: iso(end), seconds })),
  };
};

const intervalAnswers = async (store: Reader, priced: Priced, range: { from: Millis; to: Millis }) => {
  const all = [];
  for (const direction of directions) {
    const { costs } = await costsIn(store, priced, direction, range);
    for (const each of costs) all.push({ ...each, channel: channels[direction] });
  }
  return all
    .sort((a, b) => a.end - b.end)
    .map(({ end, seconds, channel, energy, price, cost }) => ({
      ...{ end: iso(end), seconds, channel, energy_wh: energy },
      ...{ price: roundedOrNull(price), cost: roundedOrNull(cost) },
    }));
};

const addCostsRoute = (app: OpenAPIHono, options: PricesOptions): void => {
  const { store, wall } = options;
  app.openapi(costsRoute, async (c) => {
    const { id } = c.req.valid("param");
    const point = pointOf(options, id);
    if (point === undefined) return noPoint(c, id);
    const { prices } = point;
    if (prices === undefined) return noPrices(c, id);
    const { sum = "day", zone = point.zone, ...query } = c.req.valid("query");
    const priced = { id, zone: point.zone, prices, stored: await store.channels(id) };
    const head = { id, currency: prices.currency, zone };
    if (sum === "interval") {
      const range = rangeOf(query, wall(), oneDay);
      if (typeof range === "string") return badRequest(c, range);
      if (range.to - range.from > mostCostDays * oneDay)
        return badRequest(c, `the range has more than ${mostCostDays} days of intervals: ask for a shorter one`);
      const intervals = await intervalAnswers(store, priced, range);
      const span = { from: iso(range.from), to: iso(range.to), problem: prices.problem() };
      return give(c, costsAnswer, { ...head, ...span, sums: null, intervals });
    }
    // Costs take longer than sums of energy, so a usual range of nine years would.
    const from = query.from ?? (sum === "year" ? (query.to ?? wall()) - 370 * oneDay : undefined);
    const bounds = periodsOf({ ...query, from }, sum, zone, { now: wall(), most: mostPeriods[sum] });
    if (typeof bounds === "string") return badRequest(c, bounds);
    const sums = [];
    for (let n = 0; n + 1 < bounds.length; n++)
      sums.push(await periodCost(store, priced, zone, { from: bounds[n] as Millis, to: bounds[n + 1] as Millis }));
    const span = { from: iso(bounds[0] as Millis), to: iso(bounds.at(-1) as Millis), problem: prices.problem() };
    return give(c, costsAnswer, { ...head, ...span, sums, intervals: null });
  });
};

export const addPrices = (app: OpenAPIHono, options: PricesOptions): void => {
  addPricesRoute(app, options);
  addCostsRoute(app, options);
};
