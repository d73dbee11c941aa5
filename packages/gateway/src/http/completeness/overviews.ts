/** Pages of the completeness of all points. Their order takes a look at each point, so it is kept for some seconds. */
import { type OverviewOptions, overviewOf, type RankedPoint, rankPoints } from "@meterport/engine/intervals/overview";
import type { SumCheck } from "@meterport/engine/intervals/sums";
import type { Millis } from "@meterport/protocol/ports";
import { type BodyOf, iso, isoOrNull, pointOf } from "../give.ts";
import { cursorOf, parseCursor } from "../query/cursor.ts";
import { type CompletenessOptions, completenessOut, rangeAnswer } from "./completeness.ts";
import type { Period } from "./period.ts";
import type { overviewPage, overviewPoint, sumsAnswer } from "./routes.ts";

export interface OverviewQuery {
  readonly channel: string;
  readonly period: Period;
  /** Only these points, in place of all: without their order, which would take a look at each point. */
  readonly points?: readonly string[] | undefined;
  readonly limit: number;
  readonly sort: "worst" | "id";
  readonly cursor?: string | undefined;
  /** Only points with less than this percentage. */
  readonly below?: number | undefined;
  readonly gapLimit: number;
}

interface Ranking {
  readonly at: Millis;
  readonly validFor: Millis;
  readonly points: Promise<readonly RankedPoint[]>;
}

/** The least time for which a ranking counts; one that took long counts longer, so that it does not take all of a machine. */
const validFor: Millis = 5_000;
const pauses = 5;
const mostRankings = 4;

/** In the order of a list: what nothing is expected of comes last. */
const hundredths = ({ percent }: RankedPoint): number => (percent === null ? 10_001 : Math.round(percent * 100));

const byId = (a: RankedPoint, b: RankedPoint): number => (a.point < b.point ? -1 : a.point > b.point ? 1 : 0);

const keyOf = (point: RankedPoint, sort: OverviewQuery["sort"]): number => (sort === "id" ? 0 : hundredths(point));

const sumsOut = (check: SumCheck): BodyOf<typeof sumsAnswer> => ({
  ...rangeAnswer(check),
  verdict: check.verdict === "equal" || check.verdict === "different" ? check.verdict : "unknown",
  reason: check.verdict === "equal" || check.verdict === "different" ? null : check.verdict,
  difference: check.sum === null || check.difference === null ? null : check.sum - check.difference,
});

const countsOf = (points: readonly RankedPoint[]) => ({
  total: points.length,
  complete: points.filter(({ percent }) => percent === 100).length,
  incomplete: points.filter(({ percent, coverage }) => coverage !== undefined && percent !== null && percent < 100)
    .length,
  empty: points.filter(({ coverage }) => coverage === undefined).length,
});

export class Overviews {
  readonly #options: CompletenessOptions;
  readonly #rankings = new Map<string, Ranking>();

  constructor(options: CompletenessOptions) {
    this.#options = options;
  }

  /** Undefined if the cursor is not one of this list. */
  async page(query: OverviewQuery): Promise<Omit<BodyOf<typeof overviewPage>, "channel" | "sort"> | undefined> {
    const { limit, sort, cursor, below } = query;
    const place = cursor === undefined ? undefined : parseCursor(cursor);
    if (cursor !== undefined && place === undefined) return undefined;
    const { points: only, period, channel } = query;
    const options = { channel, now: this.#options.clock.wall() };
    const ranked = await (only === undefined ? this.#ranking(query) : this.#rank(period, options, only));
    const isBelow = ({ percent }: RankedPoint): boolean => below === undefined || (percent !== null && percent < below);
    const isAfter = (point: RankedPoint): boolean => {
      if (place === undefined) return true;
      const key = keyOf(point, sort);
      return key > place.number || (key === place.number && point.point > place.name);
    };
    const rest = ranked
      .filter((point) => isBelow(point) && isAfter(point))
      .sort((a, b) => keyOf(a, sort) - keyOf(b, sort) || byId(a, b));
    const shown = rest.slice(0, limit);
    const last = shown.at(-1);
    const points: BodyOf<typeof overviewPoint>[] = [];
    for (const point of shown) points.push(await this.#row(point, query));
    return {
      ...countsOf(ranked),
      points,
      next: rest.length > limit && last !== undefined ? cursorOf(keyOf(last, sort), last.point) : null,
    };
  }

  async #row(point: RankedPoint, { channel, gapLimit }: OverviewQuery): Promise<BodyOf<typeof overviewPoint>> {
    const { meters, store, clock } = this.#options;
    const { point: id, zone, from, to, percent, coverage } = point;
    const view = meters.get(id);
    const found = await overviewOf(store, point, { channel, now: clock.wall(), gapLimit });
    return {
      ...{ id, name: view?.name ?? view?.summary().name ?? id, zone, from: iso(from), to: iso(to) },
      percent: found === undefined ? percent : found.completeness.percent,
      completeness: found === undefined ? null : completenessOut(found.completeness),
      sums: found === undefined || found.sums === null ? null : sumsOut(found.sums),
      newest: isoOrNull(coverage?.newest?.end ?? null),
    };
  }

  /** One at a time for each period and channel, kept for some seconds. */
  #ranking({ channel, period }: OverviewQuery): Promise<readonly RankedPoint[]> {
    const { clock } = this.#options;
    const name = `${channel} ${period.name}`;
    const now = clock.now();
    const known = this.#rankings.get(name);
    if (known !== undefined && now < known.at + known.validFor) return known.points;
    const points = this.#rank(period, { channel, now: clock.wall() });
    this.#rankings.delete(name);
    const [oldest] = this.#rankings.keys();
    if (this.#rankings.size >= mostRankings && oldest !== undefined) this.#rankings.delete(oldest);
    const begun: Ranking = { at: now, validFor: Number.POSITIVE_INFINITY, points };
    this.#rankings.set(name, begun);
    points.then(
      () => {
        const at = clock.now();
        const done = { at, validFor: Math.max(validFor, pauses * (at - now)), points };
        if (this.#rankings.get(name) === begun) this.#rankings.set(name, done);
      },
      () => {
        if (this.#rankings.get(name) === begun) this.#rankings.delete(name);
      },
    );
    return points;
  }

  #rank(
    period: Period,
    options: OverviewOptions,
    ids: Iterable<string> = this.#options.meters.keys(),
  ): Promise<readonly RankedPoint[]> {
    const { store } = this.#options;
    const points = [...ids].flatMap((id) => {
      const point = pointOf(this.#options, id);
      return point === undefined
        ? []
        : [{ point: id, zone: point.zone, grace: point.grace, ...period.rangeIn(point.zone) }];
    });
    return rankPoints(store, points, options);
  }
}
