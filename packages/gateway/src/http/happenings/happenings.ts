/** `/api/v1/points/{id}/events` and `/outages`: what happened at a metering point, from the store. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { PointEvent } from "@meterport/engine/model/point-event";
import type { Store } from "@meterport/engine/ports/store";
import type { Millis } from "@meterport/protocol/ports";
import { badRequest, give, noPoint, type Points, storedPointOf } from "../give.ts";
import { cursorOf, parseCursor, wrongCursor } from "../query/cursor.ts";
import { emptyRange } from "../values/range.ts";
import { eventAnswer } from "./event-answer.ts";
import { eventsAnswer, eventsRoute, outagesAnswer, outagesRoute } from "./routes.ts";

interface PageQuery {
  readonly from?: Millis | undefined;
  readonly to?: Millis | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

interface Page {
  readonly events: readonly PointEvent[];
  readonly next: string | null;
}

const usualPage = 100;

/** One page, or one sentence on what is wrong with the query. */
const pageOf = async (
  store: Pick<Store, "events">,
  id: string,
  { from, to, limit = usualPage, cursor }: PageQuery,
  kinds: readonly string[] | undefined,
): Promise<Page | string> => {
  if (from !== undefined && to !== undefined && from >= to) return emptyRange(from, to);
  const before = cursor === undefined ? undefined : parseCursor(cursor);
  if (cursor !== undefined && before === undefined) return wrongCursor;
  const place = before === undefined ? undefined : { time: before.number, id: before.name };
  // One more, to know whether there is another page.
  const found = await store.events(id, {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...{ kinds, limit: limit + 1, before: place },
  });
  const events = found.slice(0, limit);
  const last = events.at(-1);
  return { events, next: found.length > limit && last !== undefined ? cursorOf(last.time, last.id) : null };
};

const secondsOf = ({ time, until }: PointEvent): number | null =>
  until === null ? null : Math.round((until - time) / 1000);

export const addHappenings = (app: OpenAPIHono, points: Points, store: Pick<Store, "events">): void => {
  app.openapi(eventsRoute, async (c) => {
    const { id } = c.req.valid("param");
    if (storedPointOf(points, id) === undefined) return noPoint(c, id);
    const { kind, ...query } = c.req.valid("query");
    const page = await pageOf(store, id, query, kind);
    if (typeof page === "string") return badRequest(c, page);
    return give(c, eventsAnswer, { id, events: page.events.map(eventAnswer), next: page.next });
  });

  app.openapi(outagesRoute, async (c) => {
    const { id } = c.req.valid("param");
    if (storedPointOf(points, id) === undefined) return noPoint(c, id);
    const page = await pageOf(store, id, c.req.valid("query"), ["outage"]);
    if (typeof page === "string") return badRequest(c, page);
    const outages = page.events.map((event) => {
      const { time, until, origin, detail } = eventAnswer(event);
      return { time, until, seconds: secondsOf(event), origin, detail };
    });
    return give(c, outagesAnswer, { id, outages, next: page.next });
  });
};
