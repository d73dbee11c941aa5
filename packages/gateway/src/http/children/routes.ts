/** How the API describes the meters behind the meters. */
import { createRoute, z } from "@hono/zod-openapi";
import type { BodyOf } from "../give.ts";
import { countParam, cursorParam, query, textParam } from "../query/params.ts";
import { answer, noSuchPoint, wrongParameter } from "../route-parts.ts";
import { moment } from "../schemas.ts";

const childPoint = z
  .object({
    id: z.string().openapi({ description: "Its own point, for registers, events, devices, intervals and export" }),
    parent: z.string().openapi({ description: "The point of the meter that reads it" }),
    serial: z.string().openapi({ description: "Eight digits" }),
    medium: z.string().nullable().openapi({ description: "As in `water`; null if it is not known" }),
    manufacturer: z.string().nullable().openapi({ description: "Three letters; null if it does not say" }),
    slot: z.number().int().openapi({ description: "Its place at the meter, 0 to 3" }),
    handle: z.number().int().openapi({ description: "The meter's number for it" }),
    state: z.enum(["up", "down", "unknown"]).openapi({ description: "Whether the meter reaches it" }),
    alarms: z.array(z.string()).openapi({ description: "Alarms that are active" }),
    time_read: moment("When the meter read it last, by the meter's clock; null if it has not yet").nullable(),
    age_s: z.number().nullable().openapi({ description: "Seconds since then; null if it has not read it yet" }),
    values: z
      .array(
        z.object({
          register: z.string().openapi({ description: "Quantity and unit" }),
          tier: z.number().int().openapi({ description: "0 is the sum of all tariffs" }),
          value: z.number(),
        }),
      )
      .openapi({ description: "What it answered then" }),
  })
  .openapi("ChildPoint");

export const childPointsAnswer = z
  .object({
    children: z.array(childPoint),
    next: z.string().nullable().openapi({ description: "`cursor` of the next page; null if this is the last one" }),
  })
  .openapi("ChildPoints");

const example: BodyOf<typeof childPointsAnswer>["children"][number] = {
  ...{ id: "home.12345678", parent: "home", serial: "12345678", medium: "water", manufacturer: "KAM" },
  ...{ slot: 0, handle: 1, state: "up", alarms: [], time_read: "2026-01-01T05:00:00.000Z", age_s: 25_200 },
  values: [{ register: "volume_m3", tier: 0, value: 123.456 }],
};

export const childPointsRoute = createRoute({
  method: "get",
  path: "/api/v1/children",
  summary: "The meters behind the meters, with what was read from them last",
  description:
    "From the store and the last look at the meters, an hour ago at most unless the link was down. `/api/v1/points/{id}/children` asks a meter now.",
  tags: ["points"],
  request: {
    query: query({
      parent: textParam("parent", { most: 100, description: "Only those of this point", example: "home" }),
      medium: textParam("medium", { most: 100, description: "Only those of this medium", example: "water" }),
      serial: textParam("serial", {
        most: 20,
        description: "Only the one with this serial number",
        example: "12345678",
      }),
      limit: countParam("limit", {
        least: 1,
        most: 1_000,
        description: "Children of a page; default: 100",
        example: "100",
      }),
      cursor: cursorParam(),
    }),
  },
  responses: {
    200: answer(childPointsAnswer, "Children in the order of their meters", { children: [example], next: null }),
    400: wrongParameter,
    404: noSuchPoint,
  },
});
