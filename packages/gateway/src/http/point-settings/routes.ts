/** How the API describes what is configured for metering points. */
import { createRoute, z } from "@hono/zod-openapi";
import type { PointSettings } from "../api.ts";
import { changeAnswer, changeExample, changeProblems, changeQuery } from "../configuration/routes.ts";
import { query } from "../query/params.ts";
import { answer, jsonBody, noSuchPoint, pointParams, problem, wrongParameter } from "../route-parts.ts";

const textOr = (schema: z.ZodType, description: string, example: string | number) =>
  z.union([schema, z.null()]).optional().openapi({ description, example });

/** The keys that most points have; `/configuration/schema` describes all. */
const common = {
  name: textOr(z.string(), "The name on the page", "Our house"),
  key: textOr(
    z.string(),
    "16 or 20 characters, or 32 or 40 hex digits. It is stored sealed, and never given back",
    "hex:00112233445566778899aabbccddeeff",
  ),
  interval: textOr(z.union([z.string(), z.number()]), "How often all live values are read", "5s"),
  zone: textOr(z.string(), "The time zone of its days and months", "Europe/Copenhagen"),
  fuse_amps: textOr(z.union([z.string(), z.number()]), "The main fuse, in A", 35),
};

const { name, ...others } = common;

const rest =
  "Any further key of a meter in the configuration, as in `GET /api/v1/configuration/schema`. null removes it.";

const newPoint = z
  .object({
    id: z.string().max(63).optional().openapi({
      description: "Its name in addresses, to which its history belongs; made of the name if omitted",
      example: "home",
    }),
    name,
    link: z.string().openapi({ description: "How the meter is reached", example: "/dev/ttyUSB0" }),
    ...others,
  })
  .catchall(z.unknown())
  .openapi("NewPoint", { description: rest });

const pointChange = z
  .object({ link: z.string().optional().openapi({ example: "tcp://192.168.1.20:4059" }), ...common })
  .catchall(z.unknown())
  .openapi("PointChange", { description: rest });

export const pointChangeAnswer = changeAnswer
  .extend({ id: z.string().openapi({ description: "The point's id" }) })
  .openapi("PointChangeAnswer");

export const pointSettings = z
  .object({
    id: z.string(),
    settings: z.union([z.record(z.string(), z.unknown()), z.null()]).openapi({
      description: "Its keys as the file has them, `[secret]` for a secret; null if the file does not have it",
    }),
    revision: z.string().openapi({ description: "Of the file: give it back with a change" }),
    unchangeable: z.string().nullable().openapi({ description: "Why it cannot be changed here; null if it can" }),
  })
  .openapi("PointSettings") satisfies z.ZodType<PointSettings>;

const example = { ...changeExample, apply: [], restart: [], id: "home" };

export const settingsRoute = createRoute({
  method: "get",
  path: "/api/v1/points/{id}/settings",
  summary: "What is configured for a point, without its secrets",
  description: "Needs the scope `admin`.",
  tags: ["points"],
  request: { params: pointParams, query: query({}) },
  responses: {
    200: answer(pointSettings, "Its keys", {
      id: "home",
      settings: { id: "home", name: "Our house", link: "/dev/ttyUSB0", key: "[secret]" },
      revision: "R7Yxw0_2kqYpB1sD",
      unchangeable: null,
    }),
    400: wrongParameter,
    404: noSuchPoint,
    503: problem("The configuration cannot be read here", "not-available"),
  },
});

export const addRoute = createRoute({
  method: "post",
  path: "/api/v1/points",
  summary: "Adds a metering point to the configuration, and begins to read it",
  description:
    "The first one takes the place of the simulated household. Try the link and the key with `POST /api/v1/link/test` before. Needs the scope `admin`.",
  tags: ["points"],
  request: {
    query: changeQuery,
    ...jsonBody(newPoint, {
      name: "Our house",
      link: "/dev/ttyUSB0",
      key: "hex:00112233445566778899aabbccddeeff",
    }),
  },
  responses: {
    200: answer(pointChangeAnswer, "What `dry_run` found", { ...example, written: null, before: null }),
    201: answer(pointChangeAnswer, "It is in the file, and is read", { ...example, added: ["home"] }),
    ...changeProblems,
  },
});

export const patchRoute = createRoute({
  method: "patch",
  path: "/api/v1/points/{id}",
  summary: "Changes what is configured for a point",
  description:
    "Only the keys that are named change; null removes one. The point is started over if it is read in another way. Needs the scope `admin`.",
  tags: ["points"],
  request: { params: pointParams, query: changeQuery, ...jsonBody(pointChange, { name: "The house", interval: "2s" }) },
  responses: {
    200: answer(pointChangeAnswer, "What was changed", { ...example, changed: ["home"] }),
    ...changeProblems,
    404: noSuchPoint,
  },
});

export const removeRoute = createRoute({
  method: "delete",
  path: "/api/v1/points/{id}",
  summary: "Removes a point from the configuration",
  description:
    "It is not read any more. What is stored of it stays: a point of the same id goes on with it. Needs the scope `admin`, and the header `x-meterport: 1`, since there is no body.",
  tags: ["points"],
  request: { params: pointParams, query: changeQuery },
  responses: {
    200: answer(pointChangeAnswer, "It is removed", { ...example, removed: ["home"] }),
    ...changeProblems,
    404: noSuchPoint,
  },
});
