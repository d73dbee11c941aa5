/** `/api/v1/meters/{id}/history`: power and registers on a regular grid. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { HistoryGrid } from "@meterport/engine/history/history-grid";
import { historyGrid } from "@meterport/engine/history/history-grid";
import type { Millis } from "@meterport/protocol/ports";
import { type Meters, noMeter, refuse, shown } from "../answers.ts";
import { parseMoment, parseStep } from "./query.ts";
import { type HistoryStore, recoveredHistory } from "./recovered-history.ts";
import { historyRoute } from "./routes.ts";

interface HistoryQuery {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly step?: string | undefined;
}

const noTime = (name: string, text: string): string =>
  `${name}=${shown(text)} is not a time: write for example 2026-01-01T12:00:00Z, or seconds since 1970`;

/** The grid of a query, by default the last hour, or one sentence on what is wrong with the query. */
const gridOf = (query: HistoryQuery, now: Millis, interval: Millis): HistoryGrid | string => {
  const to = query.to === undefined ? now : parseMoment(query.to);
  if (to === undefined) return noTime("to", query.to ?? "");
  const from = query.from === undefined ? to - 3_600_000 : parseMoment(query.from);
  if (from === undefined) return noTime("from", query.from ?? "");
  const step = query.step === undefined ? undefined : parseStep(query.step);
  if (query.step !== undefined && step === undefined)
    return `step=${shown(query.step)} is not a step: write whole seconds, or for example 5m`;
  return historyGrid({ from, to, step, interval });
};

export const addHistory = (app: OpenAPIHono, meters: Meters, store: HistoryStore, wall: () => Millis): void => {
  app.openapi(historyRoute, async (c) => {
    const { id } = c.req.valid("param");
    const meter = meters.get(id);
    if (meter === undefined) return noMeter(c, meters, id);
    const grid = gridOf(c.req.valid("query"), wall(), meter.summary().link.poll_interval_ms);
    if (typeof grid === "string") return refuse(c, 400, "bad-request", grid);
    const points = [...(await recoveredHistory(store, id, grid))];
    const end = grid.from + grid.count * grid.step * 1000;
    const range = { from: new Date(grid.from).toISOString(), to: new Date(end).toISOString(), step: grid.step };
    return c.json({ id, ...range, points }, 200);
  });
};
