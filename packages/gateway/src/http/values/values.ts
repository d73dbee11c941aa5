/** `/api/v1/points/{id}/history`, `series`, `intervals` and `registers`: values from the store. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { HistoryGrid } from "@meterport/engine/history/history-grid";
import type { StoredInterval } from "@meterport/engine/model/interval";
import type { RegisterState } from "@meterport/engine/model/register-state";
import type { IntervalSum, Store } from "@meterport/engine/ports/store";
import { liveKeyInfo } from "@meterport/protocol/meaning/readings";
import type { Millis } from "@meterport/protocol/ports";
import { type BodyOf, badRequest, give, iso, noPoint, type Points, pointOf, storedPointOf } from "../give.ts";
import { recoveredHistory } from "../history/recovered-history.ts";
import { cursorOf, parseCursor, wrongCursor } from "../query/cursor.ts";
import { periodHistory } from "./period-history.ts";
import { gridOf, oneDay, periodsOf, rangeOf } from "./range.ts";
import { historyRoute, intervalsRoute, mostPeriods, registersRoute, seriesRoute } from "./routes.ts";
import * as schema from "./schemas.ts";

export interface ValuesOptions extends Points {
  readonly store: Pick<Store, "history" | "series" | "intervals" | "intervalSums" | "channels" | "registers">;
  readonly wall: () => Millis;
}

const usualValues = 1_000;
const oneMinute: Millis = 60_000;

export const intervalAnswer = (stored: Omit<StoredInterval, "proof">): BodyOf<typeof schema.interval> => ({
  end: iso(stored.end),
  seconds: stored.seconds,
  value: stored.value,
  source: stored.source,
  quality: stored.quality,
  flags: stored.flags,
  register: stored.register,
  revision: stored.revision,
  stored: iso(stored.stored),
});

export const registerAnswer = (state: RegisterState): BodyOf<typeof schema.registerState> => ({
  register: state.register,
  tier: state.tier,
  time: iso(state.time),
  value: state.value,
  reason: state.reason,
  serial: state.serial,
});

const sumAnswer = ({
  from,
  to,
  value,
  seconds,
  byQuality,
  bySource,
}: IntervalSum): BodyOf<typeof schema.intervalSum> => ({
  from: iso(from),
  to: iso(to),
  value,
  seconds,
  by_quality: byQuality,
  by_source: bySource,
});

const unitOf = (channel: string): string | null =>
  channel in liveKeyInfo ? liveKeyInfo[channel as keyof typeof liveKeyInfo].unit : null;

const spanOf = ({ from, step, count }: HistoryGrid) => ({ from: iso(from), to: iso(from + count * step * 1000), step });

const addHistory = (app: OpenAPIHono, options: ValuesOptions): void => {
  const { store, wall } = options;
  app.openapi(historyRoute, async (c) => {
    const { id } = c.req.valid("param");
    const point = pointOf(options, id);
    if (point === undefined) return noPoint(c, id);
    const { step, resolution, zone = point.zone, ...range } = c.req.valid("query");
    if (resolution === undefined) {
      const grid = gridOf({ ...range, step }, wall(), point.view.summary().link.poll_interval_ms);
      if (typeof grid === "string") return badRequest(c, grid);
      const points = await recoveredHistory(store, id, grid);
      return give(c, schema.pointHistory, { id, ...spanOf(grid), resolution: null, zone: null, points });
    }
    if (step !== undefined) return badRequest(c, "step and resolution exclude each other: write one of them");
    const bounds = periodsOf(range, resolution, zone, { now: wall(), most: mostPeriods });
    if (typeof bounds === "string") return badRequest(c, bounds);
    const points = await periodHistory(store, id, bounds);
    if (typeof points === "string") return badRequest(c, points);
    const [from, to] = [iso(bounds[0] as Millis), iso(bounds.at(-1) as Millis)];
    return give(c, schema.pointHistory, { id, from, to, step: null, resolution, zone, points });
  });

  app.openapi(seriesRoute, async (c) => {
    const { id } = c.req.valid("param");
    const point = pointOf(options, id);
    if (point === undefined) return noPoint(c, id);
    const { keys = ["power_w"], ...range } = c.req.valid("query");
    const grid = gridOf(range, wall(), point.view.summary().link.poll_interval_ms);
    if (typeof grid === "string") return badRequest(c, grid);
    const series = await store.series(id, grid, keys);
    return give(c, schema.seriesAnswer, { id, ...spanOf(grid), series });
  });
};

const emptySum = (from: Millis, to: Millis): IntervalSum => ({
  from,
  to,
  value: null,
  seconds: 0,
  byQuality: { good: 0, partial: 0, suspect: 0, missing: 0 },
  bySource: { manual: 0, profile: 0, difference: 0, estimated: 0 },
});

/** One sum for each period. A channel of which nothing is stored is not looked up, so that a request cannot make one. */
const sumsOf = async (
  store: Pick<Store, "intervalSums" | "channels">,
  id: string,
  channel: string,
  bounds: readonly Millis[],
): Promise<readonly IntervalSum[]> =>
  (await store.channels(id)).includes(channel)
    ? store.intervalSums(id, channel, bounds)
    : bounds.slice(1).map((to, n) => emptySum(bounds[n] as Millis, to));

const addIntervals = (app: OpenAPIHono, options: ValuesOptions): void => {
  const { store, wall } = options;
  app.openapi(intervalsRoute, async (c) => {
    const { id } = c.req.valid("param");
    const point = storedPointOf(options, id);
    if (point === undefined) return noPoint(c, id);
    const query = c.req.valid("query");
    const { channel = "energy_import_wh", sum, limit = usualValues, cursor, zone = point.zone } = query;
    const head = { id, channel, unit: unitOf(channel) };
    if (sum !== undefined) {
      const bounds = periodsOf(query, sum, zone, { now: wall(), most: mostPeriods });
      if (typeof bounds === "string") return badRequest(c, bounds);
      const sums = (await sumsOf(store, id, channel, bounds)).map(sumAnswer);
      const span = { from: iso(bounds[0] as Millis), to: iso(bounds.at(-1) as Millis) };
      return give(c, schema.intervalsAnswer, { ...head, ...span, intervals: null, next: null, zone, sums });
    }
    // Of whole minutes, so that the answer and its tag stay the same for a while.
    const range = rangeOf(query, Math.ceil(wall() / oneMinute) * oneMinute, oneDay);
    if (typeof range === "string") return badRequest(c, range);
    const place = cursor === undefined ? undefined : parseCursor(cursor);
    if (cursor !== undefined && place === undefined) return badRequest(c, wrongCursor);
    const from = Math.max(range.from, place?.number ?? range.from);
    const known = (await store.channels(id)).includes(channel);
    const found = known ? await store.intervals(id, { channel, from, to: range.to, limit: limit + 1 }) : [];
    const shown = found.slice(0, limit);
    const last = shown.at(-1);
    const next = found.length > limit && last !== undefined ? cursorOf(last.end, "") : null;
    const span = { from: iso(range.from), to: iso(range.to) };
    const intervals = shown.map(intervalAnswer);
    return give(c, schema.intervalsAnswer, { ...head, ...span, intervals, next, zone: null, sums: null });
  });
};

/** More registers and tiers than a meter has at one moment: a page ends between two moments. */
const mostAtOnce = 500;

/** The states of whole moments, as many as fit into `limit`, but at least one moment. */
export const wholeMoments = (
  states: readonly RegisterState[],
  limit: number,
): { readonly shown: readonly RegisterState[]; readonly next: Millis | null } => {
  if (states.length <= limit) return { shown: states, next: null };
  const cut = states[limit]?.time as Millis;
  const before = states.findIndex(({ time }) => time === cut);
  if (before > 0) return { shown: states.slice(0, before), next: cut };
  const after = states.findIndex(({ time }) => time > cut);
  return after === -1
    ? { shown: states, next: cut + 1 }
    : { shown: states.slice(0, after), next: states[after]?.time as Millis };
};

const addRegisters = (app: OpenAPIHono, options: ValuesOptions): void => {
  const { store, wall } = options;
  app.openapi(registersRoute, async (c) => {
    const { id } = c.req.valid("param");
    if (storedPointOf(options, id) === undefined) return noPoint(c, id);
    const { register, tier, limit = usualValues, cursor, ...query } = c.req.valid("query");
    const range = rangeOf(query, wall(), 31 * oneDay);
    if (typeof range === "string") return badRequest(c, range);
    const place = cursor === undefined ? undefined : parseCursor(cursor);
    if (cursor !== undefined && place === undefined) return badRequest(c, wrongCursor);
    const from = Math.max(range.from, place?.number ?? range.from);
    const found = await store.registers(id, { from, to: range.to, register, tier, limit: limit + mostAtOnce });
    const { shown, next } = wholeMoments(found, limit);
    return give(c, schema.registersAnswer, {
      id,
      registers: shown.map(registerAnswer),
      next: next === null || next >= range.to ? null : cursorOf(next, ""),
    });
  });
};

export const addValues = (app: OpenAPIHono, options: ValuesOptions): void => {
  addHistory(app, options);
  addIntervals(app, options);
  addRegisters(app, options);
};
