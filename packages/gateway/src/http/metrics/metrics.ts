/** `/metrics`: the daemon for Prometheus. */
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { OutputStatus } from "@meterport/engine/ports/output";
import type { Store } from "@meterport/engine/ports/store";
import type { Clock } from "@meterport/protocol/ports";
import { exposition } from "../../exports/exposition.ts";
import type { Meters } from "../answers.ts";
import type { HttpCounts } from "../edge/http-counts.ts";
import type { LinkStates } from "../points/link-states.ts";
import { query } from "../query/params.ts";
import { wrongParameter } from "../route-parts.ts";
import { daemonMetrics, type KeeperFigures, linkSums } from "./daemon-metrics.ts";
import type { ProcessFigures } from "./own-figures.ts";

const contentType = "text/plain; version=0.0.4; charset=utf-8";

const metricsRoute = createRoute({
  method: "get",
  path: "/metrics",
  summary: "Figures of the daemon for Prometheus",
  description: "The daemon itself: links, store, journal, requests, process. Not the values of the meters.",
  tags: ["operation"],
  request: { query: query({}) },
  responses: {
    200: {
      description: "Metrics in the text format",
      content: {
        "text/plain": {
          schema: z.string(),
          example:
            '# HELP meterport_points Metering points by the state of their link\n# TYPE meterport_points gauge\nmeterport_points{state="up"} 1\n',
        },
      },
    },
    400: wrongParameter,
  },
});

export interface MetricsOptions {
  readonly meters: Meters;
  readonly store: Pick<Store, "status" | "cursors">;
  readonly clock: Clock;
  readonly version: string;
  readonly states: LinkStates;
  readonly counts: HttpCounts;
  readonly streams: () => number;
  readonly keeper?: (() => KeeperFigures) | undefined;
  readonly outputs?: { readonly status: () => Promise<readonly OutputStatus[]> } | undefined;
  readonly process?: (() => ProcessFigures) | undefined;
}

export const addMetrics = (app: OpenAPIHono, options: MetricsOptions): void => {
  const { clock, store } = options;
  const started = clock.now();
  app.openapi(metricsRoute, async (c) => {
    // A store that fails must not take away the figures that tell so.
    const [status, cursors] = await Promise.allSettled([store.status(), store.cursors()]);
    const { counts } = await options.states.latest();
    const metrics = daemonMetrics({
      version: options.version,
      uptime_s: Math.floor((clock.now() - started) / 1000),
      now: clock.wall(),
      links: await linkSums(options.meters),
      states: counts,
      store: status.status === "fulfilled" ? status.value : undefined,
      cursors: cursors.status === "fulfilled" ? cursors.value : new Map(),
      keeper: options.keeper?.(),
      outputs: (await options.outputs?.status()) ?? [],
      requests: options.counts.byClass,
      streams: options.streams(),
      process: options.process?.(),
    });
    return c.text(exposition(metrics), 200, { "content-type": contentType });
  });
};
