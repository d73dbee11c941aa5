/** How the API describes exports. */
import { createRoute, z } from "@hono/zod-openapi";
import { exportFormats, exportKinds } from "../../exports/export-request.ts";
import { choiceParam, momentParam, query, wordsParam, zoneParam } from "../query/params.ts";
import { noSuchPoint, pointParams, problem, wrongParameter } from "../route-parts.ts";

const file = (example: string) => ({ schema: z.string().openapi({ description: "The file, streamed" }), example });

export const exportRoute = createRoute({
  method: "get",
  path: "/api/v1/points/{id}/export",
  summary: "What is stored of a point as one file, streamed",
  description:
    "Times are in UTC and, beside it, in the zone. CSV has a header line; `json` is one JSON document per line.",
  tags: ["history"],
  request: {
    params: pointParams,
    query: query({
      kind: choiceParam("kind", exportKinds, { description: "Default: `intervals`", example: "intervals" }),
      format: choiceParam("format", exportFormats, { description: "Default: `csv`", example: "csv" }),
      channel: wordsParam("channel", {
        description: "Channels of intervals, live keys of readings, registers, or kinds of events; default: all",
        example: "energy_import_wh",
      }),
      from: momentParam("from", "Start; default: 31 days before `to`"),
      to: momentParam("to", "End; default: now"),
      zone: zoneParam(),
    }),
  },
  responses: {
    200: {
      description: "The file",
      content: {
        "text/csv": file("point,channel,end,end_local,seconds,value\n"),
        "application/x-ndjson": file('{"point":"home","channel":"energy_import_wh"}\n'),
        "application/vnd.apache.parquet": file("PAR1"),
      },
    },
    400: wrongParameter,
    404: noSuchPoint,
    409: problem("This gateway cannot write this format; the message names the missing package", "no-format"),
    503: problem(
      "Too many exports are in progress (`Retry-After` says when to ask again), or the store does not answer",
      "busy",
    ),
  },
});
