/** `/api/v1/meters`: the meters, their live values, and the streams of both. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { MeterView } from "@meterport/engine/points/meter-view";
import type { Context } from "hono";
import { noMeter, refuse } from "../answers.ts";
import type { EventStreams } from "../event-streams.ts";
import type { Points } from "../give.ts";
import { listPage } from "../points/point-list.ts";
import { mostPoints } from "../points/routes.ts";
import { wrongCursor } from "../query/cursor.ts";
import { eventsRoute, liveRoute, meterRoute, metersRoute } from "./routes.ts";

const eventStream = { "content-type": "text/event-stream", "x-accel-buffering": "no" };

export const addMeters = (app: OpenAPIHono, { meters, pointInfo }: Points, streams: EventStreams): void => {
  const listen = (c: Context, meter: MeterView) => {
    // The body of a HEAD answer is dropped unread, so a stream would only block its place.
    if (c.req.raw.method === "HEAD") return c.body(null, 200, eventStream);
    const body = streams.open(meter, c.req.raw.signal);
    if (body === undefined)
      return refuse(c, 503, "too-many-listeners", "too many listeners: close a page and try again");
    return c.body(body, 200, eventStream);
  };

  app.openapi(metersRoute, (c) => {
    const { limit = mostPoints, state, ...rest } = c.req.valid("query");
    const page = listPage([...meters.values()], { limit, states: state, ...rest });
    if (page === undefined) return refuse(c, 400, "bad-request", wrongCursor);
    const summaries = page.views.map((meter) => meter.summary());
    if (page.next === null) return c.json(summaries, 200);
    const next = new URL(c.req.url);
    next.searchParams.set("limit", String(limit));
    next.searchParams.set("cursor", page.next);
    return c.json(summaries, 200, { link: `<${next.pathname}${next.search}>; rel="next"` });
  });

  app.openapi(meterRoute, (c) => {
    const { id } = c.req.valid("param");
    const meter = meters.get(id);
    if (meter === undefined) return noMeter(c, meters, id);
    return c.json({ ...meter.detail(), zone: pointInfo(id)?.zone ?? "UTC" }, 200);
  });

  app.openapi(liveRoute, (c) => {
    const { id } = c.req.valid("param");
    const meter = meters.get(id);
    if (meter === undefined) return noMeter(c, meters, id);
    if (/\btext\/event-stream\b/i.test(c.req.header("accept") ?? "")) return listen(c, meter);
    return c.json(meter.live(), 200, { vary: "accept" });
  });

  app.openapi(eventsRoute, (c) => {
    const { id } = c.req.valid("param");
    const meter = meters.get(id);
    return meter === undefined ? noMeter(c, meters, id) : listen(c, meter);
  });
};
