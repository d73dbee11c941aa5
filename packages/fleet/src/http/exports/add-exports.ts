/** `/api/v1/fleet/exports…`. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { refuse, shown } from "@meterport/gateway/http/answers";
import { badRequest, give, iso, isoOrNull } from "@meterport/gateway/http/give";
import { cursorOf, wrongCursor } from "@meterport/gateway/http/query/cursor";
import { audit } from "../../audit/audit.ts";
import type { ExportPlan } from "../../jobs/desk.ts";
import type { FleetExport } from "../api.ts";
import { afterOf, usualRows } from "../paging.ts";
import { type FleetWorld, whoAsks } from "../world.ts";
import * as route from "./routes.ts";

const exportOf = ({ id, name, format, zone, schedule, target, isPaused, by, delivery }: ExportPlan): FleetExport => {
  const { waiting, failures, failingSince, problem, lastDelivered } = delivery;
  return {
    ...{ id, name, format: format.kind, zone, every: schedule.every, days_later: schedule.daysLater ?? 0 },
    ...{ time: new Date(60_000 * schedule.minute).toISOString().slice(11, 16), target: target.kind, by },
    ...{ paused: isPaused, waiting, failures, problem },
    ...{ failing_since: isoOrNull(failingSince), last_delivered: isoOrNull(lastDelivered) },
  };
};

const streamOf = (parts: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> => {
  const each = parts[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const { value, done } = await each.next();
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
      cancel: async () => void (await each.return?.()),
    },
    { highWaterMark: 0 },
  );
};

export const addExports = (app: OpenAPIHono, { database, clock, desk }: FleetWorld): void => {
  const { run } = database;

  app.openapi(route.exportsRoute, async (c) =>
    give(c, route.exportsAnswer, { exports: (await desk.listExportPlans(run)).map(exportOf) }),
  );

  app.openapi(route.runsRoute, async (c) => {
    const plan = Number(c.req.valid("param").export);
    const { limit = usualRows, cursor } = c.req.valid("query");
    const after = afterOf(cursor);
    if (after === undefined) return badRequest(c, wrongCursor);
    const runs = await desk.exportRuns(run, plan, { limit, ...(after === "" ? {} : { after }) });
    if (runs.length === 0 && !(await desk.listExportPlans(run)).some(({ id }) => id === plan))
      return refuse(c, 404, "no-such-export", `unknown export ${plan}: GET /api/v1/fleet/exports lists all`);
    const last = runs.at(-1);
    return give(c, route.runsPage, {
      runs: runs.map(({ period, version, state, problem, at, files }) => ({
        ...{ period, version, state, problem, at: iso(at), files },
      })),
      next: last === undefined || runs.length < limit ? null : cursorOf(0, `${last.period} ${last.version}`),
    });
  });

  app.openapi(route.againRoute, async (c) => {
    const plan = Number(c.req.valid("param").export);
    const { period, version } = c.req.valid("json");
    await database.transaction(async (own) => {
      await desk.runExportAgain(own, plan, period, version, clock.wall());
      const about = { export: plan, period, version: version ?? null };
      await audit(own, { who: whoAsks(c), what: "export-run", about });
    });
    return c.body(null, 202);
  });

  app.openapi(route.fileRoute, async (c) => {
    const { export: plan, period, version, name } = c.req.valid("param");
    const file = await desk.exportFile(run, Number(plan), period, Number(version), name);
    if (file === undefined)
      return refuse(
        c,
        404,
        "no-such-file",
        `there is no file ${shown(name)} of this run: its list has them all`,
      ) as never;
    const headers = {
      "content-type": file.mediaType,
      "content-disposition": `attachment; filename="${name.replaceAll(/[^\w.-]/g, "_")}"`,
    };
    if (c.req.raw.method === "HEAD") return c.body(null, 200, headers) as never;
    return c.body(streamOf(file.parts), 200, headers) as never;
  });
};
