/** The gateway's HTTP side as one fetch handler: `Request -> Response`, no socket needed. */
import { OpenAPIHono } from "@hono/zod-openapi";
import { isUsable } from "@meterport/client/supervision/link-status";
import { historyGrid } from "@meterport/engine/history/history-grid";
import type { MeterView } from "@meterport/engine/points/meter-view";
import type { Log } from "@meterport/engine/ports/log";
import type { Store } from "@meterport/engine/ports/store";
import type { Clock } from "@meterport/protocol/ports";
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { CaptureShelf } from "../captures/capture-shelf.ts";
import type { Redaction } from "../captures/redacted-capture.ts";
import type { ApiProblem } from "./api.ts";
import { EventStreams } from "./event-streams.ts";
import { hostCheck } from "./host-check.ts";
import { parseMoment, parseStep } from "./query.ts";
import {
  captureRoute,
  capturesRoute,
  eventsRoute,
  healthRoute,
  historyRoute,
  liveRoute,
  meterRoute,
  metersRoute,
} from "./routes.ts";
import { type StaticFile, staticFiles } from "./static-files.ts";

export interface AppOptions {
  readonly meters: ReadonlyMap<string, MeterView>;
  readonly store: Pick<Store, "history">;
  readonly captures: Pick<CaptureShelf, "list" | "read">;
  /** Redacts a capture of a meter's link; undefined where too many are in work. */
  readonly redact: (id: string, text: string) => Promise<Redaction | undefined>;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  /** Folder of the built dashboard. */
  readonly dashboard: string;
  /** The address listened on, and further names under which the gateway may be asked. */
  readonly host: string;
  readonly allowedHosts: readonly string[];
  readonly maxClients?: number;
}

export interface App {
  readonly fetch: (request: Request) => Response | Promise<Response>;
  readonly streams: EventStreams;
}

const securityHeaders: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
};

const shown = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);

export const createApp = (options: AppOptions): App => {
  const { meters, store, captures, clock, log } = options;
  const streams = new EventStreams({
    clock,
    ...(options.maxClients === undefined ? {} : { maxClients: options.maxClients }),
  });
  const allowed = hostCheck(options.host, options.allowedHosts);
  const files = staticFiles(options.dashboard);
  const started = clock.now();
  const app = new OpenAPIHono({
    defaultHook: (result, c) => {
      if (result.success) return;
      const issue = result.error.issues[0];
      return c.json({ error: "bad-request", message: `${issue?.path.join(".")}: ${issue?.message}` }, 400);
    },
  });

  const refuse = <S extends 400 | 404 | 409 | 503>(c: Context, status: S, error: string, message: string) =>
    c.json({ error, message } satisfies ApiProblem, status);
  const noMeter = (c: Context, id: string) => {
    const ids = [...meters.keys()].slice(0, 10).join(", ");
    return refuse(c, 404, "no-such-meter", `there is no meter ${shown(id)}; there is: ${ids}`);
  };
  const eventStream = { "content-type": "text/event-stream", "x-accel-buffering": "no" };
  const listen = (c: Context, meter: MeterView) => {
    // Of a head the body is dropped unread, so a stream would hold its place for nobody.
    if (c.req.raw.method === "HEAD") return c.body(null, 200, eventStream);
    const body = streams.open(meter, c.req.raw.signal);
    if (body === undefined)
      return refuse(c, 503, "too-many-listeners", "too many pages listen already: close one and try again");
    return c.body(body, 200, eventStream);
  };

  app.use(async (c, next) => {
    const host = c.req.header("host") ?? new URL(c.req.url).host;
    if (!allowed(host)) {
      const message = `this gateway does not answer to the name ${shown(host)}; if that is its name, add it to http.allowed_hosts in the configuration`;
      c.res = c.json({ error: "unknown-host", message } satisfies ApiProblem, 421);
    } else if (c.req.method !== "GET" && c.req.method !== "HEAD") {
      const message = `${shown(c.req.method)} is not possible: this API only reads`;
      c.res = c.json({ error: "method-not-allowed", message } satisfies ApiProblem, 405, { allow: "GET, HEAD" });
    } else {
      await next();
    }
    for (const [name, value] of Object.entries(securityHeaders)) c.res.headers.set(name, value);
    if (c.req.path.startsWith("/api/")) c.res.headers.set("cache-control", "no-store");
  });

  app.openapi(metersRoute, (c) =>
    c.json(
      [...meters.values()].map((meter) => meter.summary()),
      200,
    ),
  );

  app.openapi(meterRoute, (c) => {
    const meter = meters.get(c.req.valid("param").id);
    return meter === undefined ? noMeter(c, c.req.valid("param").id) : c.json(meter.detail(), 200);
  });

  app.openapi(liveRoute, (c) => {
    const meter = meters.get(c.req.valid("param").id);
    if (meter === undefined) return noMeter(c, c.req.valid("param").id);
    if (/\btext\/event-stream\b/i.test(c.req.header("accept") ?? "")) return listen(c, meter);
    return c.json(meter.live(), 200, { vary: "accept" });
  });

  app.openapi(eventsRoute, (c) => {
    const meter = meters.get(c.req.valid("param").id);
    return meter === undefined ? noMeter(c, c.req.valid("param").id) : listen(c, meter);
  });

  app.openapi(historyRoute, async (c) => {
    const { id } = c.req.valid("param");
    const meter = meters.get(id);
    if (meter === undefined) return noMeter(c, id);
    const query = c.req.valid("query");
    const bad = (message: string) => refuse(c, 400, "bad-request", message);
    const moment = (name: "from" | "to", text: string) =>
      bad(`${name}=${shown(text)} is not a time: write for example 2026-01-01T12:00:00Z, or seconds since 1970`);
    const to = query.to === undefined ? clock.wall() : parseMoment(query.to);
    if (to === undefined) return moment("to", query.to ?? "");
    const from = query.from === undefined ? to - 3_600_000 : parseMoment(query.from);
    if (from === undefined) return moment("from", query.from ?? "");
    const step = query.step === undefined ? undefined : parseStep(query.step);
    if (query.step !== undefined && step === undefined) {
      return bad(`step=${shown(query.step)} is not a step: write whole seconds, or for example 5m`);
    }
    const grid = historyGrid({ from, to, step, interval: meter.summary().link.poll_interval_ms });
    if (typeof grid === "string") return bad(grid);
    const points = [...(await store.history(id, grid))];
    const end = grid.from + grid.count * grid.step * 1000;
    const range = { from: new Date(grid.from).toISOString(), to: new Date(end).toISOString(), step: grid.step };
    return c.json({ id, ...range, points }, 200);
  });

  app.openapi(capturesRoute, (c) => {
    const { id } = c.req.valid("param");
    return meters.has(id) ? c.json([...captures.list(id)], 200) : noMeter(c, id);
  });

  app.openapi(captureRoute, async (c) => {
    const { id, name } = c.req.valid("param");
    if (!meters.has(id)) return noMeter(c, id);
    const text = captures.read(id, name);
    if (text === undefined)
      return refuse(c, 404, "no-such-capture", `there is no capture ${shown(name)} of this meter`);
    const file = (content: string, as: string) =>
      c.text(content, 200, { "content-disposition": `attachment; filename="${as}"` });
    const { redacted } = c.req.valid("query");
    if (redacted === undefined || redacted === "0") return file(text, name);
    if (redacted !== "1")
      return refuse(c, 400, "bad-request", `redacted=${shown(redacted)} makes no sense: write redacted=1`);
    const outcome = await options.redact(id, text);
    if (outcome === undefined)
      return refuse(c, 503, "busy", "other captures are being redacted: try again in some seconds");
    if ("problem" in outcome)
      return refuse(c, 409, "cannot-redact", `the capture cannot be redacted: ${outcome.problem}`);
    // The meter's id may say whose it is.
    return file(outcome.text, `redacted${name.slice(id.length)}`);
  });

  app.openapi(healthRoute, (c) =>
    c.json(
      {
        status: "ok" as const,
        version: options.version,
        uptime_s: Math.floor((clock.now() - started) / 1000),
        meters: meters.size,
        meters_up: [...meters.values()].filter((meter) => isUsable(meter.summary().link.state)).length,
      },
      200,
    ),
  );

  app.doc31("/api/v1/openapi.json", {
    openapi: "3.1.0",
    info: {
      title: "Meterport",
      version: options.version,
      description: "Live values and history of electricity meters",
    },
  });

  app.get("*", async (c) => {
    const path = c.req.path;
    const file: StaticFile | undefined = path.startsWith("/api/") ? undefined : await files(path);
    if (file === undefined) return refuse(c, 404, "not-found", `there is nothing at ${shown(path)}`);
    const cache = file.immutable ? "public, max-age=31536000, immutable" : "no-cache";
    return c.body(file.body, 200, { "content-type": file.type, "cache-control": cache });
  });

  app.onError((error, c) => {
    if (error instanceof HTTPException) {
      return c.json({ error: "bad-request", message: error.message } satisfies ApiProblem, error.status);
    }
    log.error(`${c.req.method} ${c.req.path}: ${error instanceof Error ? error.message : String(error)}`);
    const message = "the gateway failed to answer; its log says why";
    return c.json({ error: "internal", message } satisfies ApiProblem, 500);
  });

  return { fetch: (request) => app.fetch(request), streams };
};
