/** The gateway's HTTP side as one fetch handler: `Request -> Response`, no socket needed. */
import { OpenAPIHono } from "@hono/zod-openapi";
import type { Log } from "@meterport/engine/ports/log";
import type { Store } from "@meterport/engine/ports/store";
import type { Clock } from "@meterport/protocol/ports";
import { HTTPException } from "hono/http-exception";
import type { Access } from "../access/access.ts";
import { authorize } from "./access/authorize.ts";
import { addSession } from "./access/session.ts";
import { StreamBudget, type StreamBudgetOptions } from "./access/stream-budget.ts";
import { type Meters, refuse, shown } from "./answers.ts";
import type { ApiProblem } from "./api.ts";
import { addCaptures, type CaptureSource } from "./captures/captures.ts";
import { checks } from "./checks.ts";
import { EventStreams } from "./event-streams.ts";
import { addHealth } from "./health/health.ts";
import { addHistory } from "./history/history.ts";
import { hostCheck } from "./host-check.ts";
import { addLog, type LogSource } from "./log/log.ts";
import { addMeters } from "./meters/meters.ts";
import { methodsOf } from "./methods.ts";
import type { Peer } from "./peer.ts";
import { type StaticFile, staticFiles } from "./static-files.ts";

export interface AppOptions extends CaptureSource, LogSource {
  readonly meters: Meters;
  readonly store: Pick<Store, "history">;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  /** Folder of the built dashboard. */
  readonly dashboard: string;
  /** The address to listen on, and further host names of the gateway. */
  readonly host: string;
  readonly allowedHosts: readonly string[];
  readonly maxClients?: number | undefined;
  readonly streamBudget?: StreamBudgetOptions | undefined;
  /** Who may do what; without it nobody can sign in, and only loopback is served. */
  readonly access?: Access | undefined;
}

export interface App {
  /** @param peer the other end of the connection; this process if omitted */
  readonly fetch: (request: Request, peer?: Peer) => Response | Promise<Response>;
  readonly streams: EventStreams;
}

const describeApi = (app: OpenAPIHono, version: string): void => {
  app.doc31("/api/v1/openapi.json", {
    openapi: "3.1.0",
    info: { title: "Meterport", version, description: "Live values and history of electricity meters" },
  });
};

/** One sentence for a method that a path does not have. */
const addOtherMethods = (app: OpenAPIHono): void => {
  app.notFound((c) => {
    const isApi = c.req.path.startsWith("/api/");
    // The page's files are below every path, but the API has only what is listed.
    const methods = methodsOf(isApi ? app.routes.filter(({ path }) => path !== "/*") : app.routes, c.req.path);
    if (methods.length === 0 || c.req.method === "GET" || c.req.method === "HEAD")
      return refuse(c, 404, "not-found", `there is nothing at ${shown(c.req.path)}`);
    const allow = methods.join(", ");
    const message = `${shown(c.req.method)} is not possible at ${shown(c.req.path)}: only ${allow}`;
    return c.json({ error: "method-not-allowed", message } satisfies ApiProblem, 405, { allow });
  });
};

/** The page, and one sentence for unknown paths. */
const addFiles = (app: OpenAPIHono, dashboard: string): void => {
  const files = staticFiles(dashboard);
  app.get("*", async (c) => {
    const path = c.req.path;
    const file: StaticFile | undefined = path.startsWith("/api/") ? undefined : await files(path);
    if (file === undefined) return refuse(c, 404, "not-found", `there is nothing at ${shown(path)}`);
    const cache = file.immutable ? "public, max-age=31536000, immutable" : "no-cache";
    return c.body(file.body, 200, { "content-type": file.type, "cache-control": cache });
  });
};

export const createApp = (options: AppOptions): App => {
  const { meters, store, clock, log, maxClients } = options;
  const streams = new EventStreams({ clock, maxClients });
  const app = new OpenAPIHono({
    defaultHook: (result, c) => {
      if (result.success) return;
      const issue = result.error.issues[0];
      return c.json({ error: "bad-request", message: `${issue?.path.join(".")}: ${issue?.message}` }, 400);
    },
  });
  const hosts = hostCheck(options.host, options.allowedHosts);
  const budget = new StreamBudget(options.streamBudget);
  app.use(checks(hosts));
  app.use(authorize({ access: options.access, host: options.host, hosts, budget }));
  addSession(app, options.access);
  addMeters(app, meters, streams);
  addHistory(app, meters, store, clock.wall);
  addLog(app, meters, options);
  addCaptures(app, meters, options);
  addHealth(app, meters, options.version, clock);
  describeApi(app, options.version);
  addFiles(app, options.dashboard);
  addOtherMethods(app);
  app.onError((error, c) => {
    if (error instanceof HTTPException) {
      return c.json({ error: "bad-request", message: error.message } satisfies ApiProblem, error.status);
    }
    log.error(`${c.req.method} ${c.req.path}: ${error instanceof Error ? error.message : String(error)}`);
    const message = "the gateway failed to answer; see its log for the reason";
    return c.json({ error: "internal", message } satisfies ApiProblem, 500);
  });
  return { fetch: (request, peer) => app.fetch(request, { peer }), streams };
};
