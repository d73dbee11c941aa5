/** `/api/v1/fleet/completeness…` and the booked values of a point. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { badRequest, give, noPoint } from "@meterport/gateway/http/give";
import { cursorOf, wrongCursor } from "@meterport/gateway/http/query/cursor";
import type { Millis } from "@meterport/protocol/ports";
import type { CompletenessRow } from "../api.ts";
import { mainChannel } from "../lists/fleet-lists.ts";
import { afterOf, nextOf } from "../paging.ts";
import { bookedValues } from "../values/booked-values.ts";
import type { FleetWorld } from "../world.ts";
import { completenessMap, type ReportPart, reportByPoint, reportBySite } from "./completeness-lists.ts";
import * as route from "./routes.ts";

/** The load profile is read every few hours, and what is read is booked within minutes. */
const grace: Millis = 6 * 3_600_000;
const day: Millis = 86_400_000;

const isMonth = (text: string): boolean => /^20\d\d-(0[1-9]|1[0-2])$/.test(text);
const wrongMonth = "month is not a month: write for example 2026-01";

/** Whether a text is a day of this century, such as "2026-01-01". */
export const isDay = (text: string): boolean =>
  /^20\d\d-\d\d-\d\d$/.test(text) &&
  Number.isFinite(Date.parse(`${text}T00:00:00Z`)) &&
  new Date(`${text}T00:00:00Z`).toISOString().startsWith(text);

const columns = ["site", "point", "channel", "points", "expected_s", "present_s", "gone_s", "percent"] as const;

/** Ids and names of channels have no quotes, commas or formulas, but what is in a database may come from anywhere. */
const field = (value: string | number | null): string => {
  const text = String(value ?? "");
  return /^[\w.:-]*$/.test(text) && !/^[=+@-]/.test(text) ? text : `"'${text.replaceAll('"', '""')}"`;
};

const line = (row: CompletenessRow): string => `${columns.map((column) => field(row[column])).join(",")}\r\n`;

/** Each page is asked for when the client has taken the one before. */
const csvOf = (first: ReportPart, more: (after: string) => Promise<ReportPart>): ReadableStream<Uint8Array> => {
  const encoder = new TextEncoder();
  let part: ReportPart | undefined = first;
  let head = `${columns.join(",")}\r\n`;
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        if (part === undefined) return controller.close();
        controller.enqueue(encoder.encode(`${head}${part.rows.map(line).join("")}`));
        head = "";
        part = part.last === null ? undefined : await more(part.last);
      },
    },
    { highWaterMark: 0 },
  );
};

export const addCompleteness = (app: OpenAPIHono, { database, clock }: FleetWorld): void => {
  const { run } = database;
  const thisMonth = (): string => new Date(clock.wall()).toISOString().slice(0, 7);

  app.openapi(route.mapRoute, async (c) => {
    const {
      limit = route.usualPoints,
      cursor,
      month = thisMonth(),
      channel = mainChannel,
      ...rest
    } = c.req.valid("query");
    const after = afterOf(cursor);
    if (after === undefined) return badRequest(c, wrongCursor);
    if (!isMonth(month)) return badRequest(c, wrongMonth);
    const points = await completenessMap(run, { ...rest, after, limit, month, channel, now: clock.wall(), grace });
    return give(c, route.completenessMap, {
      month,
      channel,
      points,
      next: nextOf(points, limit, ({ point }) => point),
    });
  });

  app.openapi(route.reportRoute, async (c) => {
    const {
      limit = route.usualPoints,
      cursor,
      month = thisMonth(),
      by = "point",
      format = "json",
    } = c.req.valid("query");
    const after = afterOf(cursor);
    if (after === undefined) return badRequest(c, wrongCursor);
    if (!isMonth(month)) return badRequest(c, wrongMonth);
    const now = clock.wall();
    const report = by === "point" ? reportByPoint : reportBySite;
    const part = (from: string, most: number) => report(run, { month, after: from, limit: most, now, grace });
    if (format === "json") {
      const { rows, last } = await part(after, limit);
      return give(c, route.completenessReport, { month, rows, next: last === null ? null : cursorOf(0, last) });
    }
    const headers = {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename="completeness-${month}-by-${by}.csv"`,
    };
    if (c.req.raw.method === "HEAD") return c.body(null, 200, headers) as never;
    const body = csvOf(await part(after, route.mostPoints), (from) => part(from, route.mostPoints));
    return c.body(body, 200, headers) as never;
  });

  app.openapi(route.valuesRoute, async (c) => {
    const { point } = c.req.valid("param");
    const yesterday = new Date(clock.wall() - day).toISOString().slice(0, 10);
    const { channel = mainChannel, day: first = yesterday, days = 1 } = c.req.valid("query");
    if (!isDay(first)) return badRequest(c, "day is not a day: write for example 2026-01-01");
    const found = await bookedValues(run, { point, channel, day: first, days });
    return found === undefined ? noPoint(c, point) : give(c, route.bookedValues, found);
  });
};
