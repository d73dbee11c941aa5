/** The gateway's HTTP side as one fetch handler: `Request -> Response`, no socket needed. */
import { OpenAPIHono, type RouteConfig } from "@hono/zod-openapi";
import type { Log } from "@meterport/engine/ports/log";
import type { Clock } from "@meterport/protocol/ports";
import { HTTPException } from "hono/http-exception";
import type { Access } from "../access/access.ts";
import type { LogMemory } from "../log-memory.ts";
import { authorize } from "./access/authorize.ts";
import { addSession } from "./access/session.ts";
import { StreamBudget, type StreamBudgetOptions } from "./access/stream-budget.ts";
import { refuse, shown } from "./answers.ts";
import type { ApiProblem } from "./api.ts";
import { addBackup } from "./backup/backup.ts";
import type { BackupAccess } from "./backup/backup-access.ts";
import { addCaptures, type CaptureSource } from "./captures/captures.ts";
import { checks } from "./checks.ts";
import { addChildren } from "./children/children.ts";
import type { CompanionApi } from "./companion-api.ts";
import { addCompleteness } from "./completeness/add-completeness.ts";
import { addConfiguration, type ConfigurationAccess } from "./configuration/configuration.ts";
import { addDevice } from "./device/device.ts";
import { etags } from "./edge/etag.ts";
import { HttpCounts } from "./edge/http-counts.ts";
import { problemJson } from "./edge/problem-json.ts";
import { EventStreams } from "./event-streams.ts";
import { addExport } from "./export/export.ts";
import type { Points } from "./give.ts";
import { addHappenings } from "./happenings/happenings.ts";
import { addHealth } from "./health/health.ts";
import { addReady } from "./health/ready.ts";
import { addHistory } from "./history/history.ts";
import { hostCheck } from "./host-check.ts";
import { addJournal } from "./journal/journal.ts";
import { addLinkRecording } from "./link-recording/link-recording.ts";
import { addLinkTests, type LinkTestOptions } from "./link-tests/link-tests.ts";
import { addLinks, type LinksOptions } from "./links/links.ts";
import { addLog, type LogSource } from "./log/log.ts";
import { addLogs } from "./logs/logs.ts";
import { addMeterReads } from "./meter-reads/add-meter-reads.ts";
import { addMeters } from "./meters/meters.ts";
import { methodsOf } from "./methods.ts";
import type { KeeperFigures } from "./metrics/daemon-metrics.ts";
import { addMetrics } from "./metrics/metrics.ts";
import type { ProcessFigures } from "./metrics/own-figures.ts";
import { describeApi } from "./openapi/document.ts";
import { addOutputs, type OutputsAccess } from "./outputs/outputs.ts";
import type { Peer } from "./peer.ts";
import { addPeople } from "./people/people.ts";
import { addPointSettings } from "./point-settings/point-settings.ts";
import { LinkStates } from "./points/link-states.ts";
import { addPoints } from "./points/points.ts";
import { addPrices } from "./prices/prices.ts";
import { sentenceOf } from "./query/bad-request.ts";
import { addRestart } from "./restart/restart.ts";
import type { RestartAccess } from "./restart/restart-access.ts";
import { type StaticFile, staticFiles } from "./static-files.ts";
import type { ApiStore } from "./store/api-store.ts";
import { StoreFailure, storeFailed, toldStore } from "./store/told-store.ts";
import { PointStreams } from "./stream/stream.ts";
import { addValues } from "./values/values.ts";
import { addWhy } from "./why/why.ts";

export interface AppOptions extends CaptureSource, LogSource, Points {
  readonly store: ApiStore;
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
  /** A link that no point has, for a test. */
  readonly strayLink?: LinkTestOptions["strayLink"];
  readonly machinePorts?: LinksOptions["machinePorts"];
  readonly foundBridges?: LinksOptions["foundBridges"];
  /** Who may do what; without it nobody can sign in, and only loopback is served. */
  readonly access?: Access | undefined;
  /** Whether the meters are read already. */
  readonly started: () => boolean;
  readonly keeper?: (() => KeeperFigures) | undefined;
  /** What the process costs, for its metrics. */
  readonly process?: (() => ProcessFigures) | undefined;
  readonly configuration?: ConfigurationAccess | undefined;
  /** Copies of the data, and the way back. */
  readonly backup?: BackupAccess | undefined;
  readonly restart?: RestartAccess | undefined;
  readonly logs?: Pick<LogMemory, "newest"> | undefined;
  readonly outputs?: OutputsAccess | undefined;
  /** What the program that starts the gateway adds to its API. Its meters come later, and are many. */
  readonly companion?: CompanionApi | undefined;
}

export interface App {
  /** @param peer the other end of the connection; this process if omitted */
  readonly fetch: (request: Request, peer?: Peer) => Response | Promise<Response>;
  readonly streams: EventStreams;
  readonly pointStreams: PointStreams;
  /** All routes as they are described. */
  readonly routes: readonly RouteConfig[];
}

/** One sentence for a method that a path does not have, and the methods that it has for OPTIONS. */
const addOtherMethods = (app: OpenAPIHono): void => {
  app.notFound((c) => {
    const isApi = c.req.path.startsWith("/api/");
    // The page's files are below every path, but the API has only what is listed.
    const methods = methodsOf(isApi ? app.routes.filter(({ path }) => path !== "/*") : app.routes, c.req.path);
    if (methods.length === 0 || c.req.method === "GET" || c.req.method === "HEAD")
      return refuse(c, 404, "not-found", `there is nothing at ${shown(c.req.path)}`);
    const allow = methods.join(", ");
    if (c.req.method === "OPTIONS") return c.body(null, 204, { allow: `${allow}, OPTIONS` });
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

const addResources = (
  app: OpenAPIHono,
  options: AppOptions & { readonly states: LinkStates },
  streams: EventStreams,
): PointStreams => {
  const { meters, store, clock, version, states } = options;
  const { wall } = clock;
  addMeters(app, options, streams);
  addHistory(app, meters, store, wall);
  addLog(app, meters, options);
  addCaptures(app, meters, options);
  addPoints(app, { ...options, states });
  addValues(app, { ...options, wall });
  addPrices(app, { ...options, wall });
  addCompleteness(app, options);
  addExport(app, { ...options, wall });
  addHappenings(app, options, store);
  addWhy(app, options, store);
  addJournal(app, options, store);
  addChildren(app, options, wall);
  addDevice(app, options, wall);
  addMeterReads(app, options, clock);
  addConfiguration(app, options);
  addPointSettings(app, options);
  addBackup(app, options);
  addRestart(app, options.restart);
  addLogs(app, options.logs);
  addOutputs(app, options.outputs);
  addLinks(app, options);
  addLinkTests(app, options);
  addLinkRecording(app, options);
  addHealth(app, meters, version, clock);
  addReady(app, options);
  const pointStreams = new PointStreams({ meters, store, clock });
  pointStreams.addTo(app);
  return pointStreams;
};

export const createApp = (options: AppOptions): App => {
  const { meters, clock, log, maxClients } = options;
  const store = toldStore(options.store);
  const streams = new EventStreams({ clock, maxClients });
  const counts = new HttpCounts();
  const app = new OpenAPIHono({
    defaultHook: (result, c) => {
      if (result.success) return;
      return c.json({ error: "bad-request", message: sentenceOf(result.error.issues[0]) }, 400);
    },
  });
  const hosts = hostCheck(options.host, options.allowedHosts);
  const budget = new StreamBudget(options.streamBudget);
  app.use(counts.middleware, problemJson(), etags(), checks(hosts));
  app.use(
    authorize({ access: options.access, host: options.host, hosts, budget, actorOf: options.companion?.actorOf }),
  );
  addSession(app, options.access, options.companion?.part);
  addPeople(app, options.access);
  options.companion?.routes?.(app, { ...options, store });
  const states = new LinkStates(meters, clock);
  const pointStreams = addResources(app, { ...options, store, states }, streams);
  addMetrics(app, { ...options, store, states, counts, streams: () => streams.clients + pointStreams.clients });
  describeApi(app, options.version);
  addFiles(app, options.dashboard);
  addOtherMethods(app);
  const storeFailure = storeFailed(log, clock);
  app.onError((error, c) => {
    if (error instanceof StoreFailure) return storeFailure(c, error);
    if (error instanceof HTTPException) {
      if (error.status === 415)
        return c.json({ error: "not-json", message: "send the body as application/json" } satisfies ApiProblem, 415);
      return c.json({ error: "bad-request", message: error.message } satisfies ApiProblem, error.status);
    }
    log.error(`${c.req.method} ${c.req.path}: ${error instanceof Error ? error.message : String(error)}`);
    const message = "the gateway failed to answer; see its log for the reason";
    return c.json({ error: "internal", message } satisfies ApiProblem, 500);
  });
  return {
    fetch: (request, peer) => app.fetch(request, { peer }),
    streams,
    pointStreams,
    routes: app.openAPIRegistry.definitions.flatMap((each) => (each.type === "route" ? [each.route] : [])),
  };
};
