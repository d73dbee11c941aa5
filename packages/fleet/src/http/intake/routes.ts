/** The routes by which gateways behind routers bring their values. */
import { createRoute, z } from "@hono/zod-openapi";
import { query } from "@meterport/gateway/http/query/params";
import { answer, jsonBody, problem, wrongParameter } from "@meterport/gateway/http/route-parts";
import { moment } from "@meterport/gateway/http/schemas";
import { linksForm, outcomesForm } from "@meterport/gateway/outputs/upstream/upstream-requests";
import { longestBody, mostEntries, wireType } from "@meterport/gateway/outputs/upstream/upstream-wire";
import type { IntakeTokens } from "../api.ts";
import { databaseAway, tags } from "../lists/routes.ts";

const path = "/api/v1/fleet/intake";
const unknownToken = problem("No token of a gateway, or one that was removed", "sign-in-needed");
const id = z.string().min(1).max(200);

export const booked = z
  .object({
    taken: z.number().int().openapi({ description: "Entries that are booked now, or were before" }),
    number: z.number().int().nullable().openapi({ description: "The highest number among them" }),
    left_out: z
      .number()
      .int()
      .openapi({ description: "Entries among them that have no place in the books, such as values of the future" }),
    why: z.string().nullable().openapi({ description: "About one of these" }),
  })
  .openapi("FleetIntakeAnswer");

export const intakeRoute = createRoute({
  ...{ method: "post", path, tags, summary: "Brings entries of a gateway's journal into the books" },
  description: `With a token of its own, as the output \`upstream\` does: up to ${mostEntries} entries and ${longestBody} bytes. The same again changes nothing. If one entry is of a point that the token does not name, nothing is booked.`,
  request: {
    query: query({}),
    body: {
      required: true,
      content: { [wireType]: { schema: z.string().openapi({ description: "Lines of JSON: proofs and entries" }) } },
    },
  },
  responses: {
    200: answer(booked, "All of it is booked", { taken: 96, number: 4_711, left_out: 0, why: null }),
    ...{
      400: wrongParameter,
      401: unknownToken,
      403: problem("Points that are not its own, or too many names", "foreign-points"),
    },
    503: databaseAway,
  },
});

export const requestsRoute = createRoute({
  ...{
    method: "get",
    path: `${path}/requests`,
    tags,
    summary: "What the fleet wants of a gateway, as server-sent events",
  },
  description:
    "`event: gaps` names what the fleet lacks of a point: what is stored is brought again, the rest read from the load profile. `event: read` names what campaigns want of a meter: each `id` is read once and answered with `POST …/outcomes`, and not begun at `valid_until` or later (milliseconds since 1970, as `now` of the same event). What was asked for and is not answered is asked for again. `event: alive` every 5 s. If many gateways listen, the stream ends after one look.",
  request: { query: query({}) },
  responses: {
    200: {
      description: "The stream",
      content: {
        "text/event-stream": {
          schema: z.string(),
          example: 'event: gaps\ndata: {"point":"flat-1","from":1767225600000}\n\n',
        },
      },
    },
    ...{ 400: wrongParameter, 401: unknownToken, 503: databaseAway },
  },
});

export const outcomesTaken = z
  .object({ taken: z.number().int().openapi({ description: "What is noted now, or says nothing new" }) })
  .openapi("FleetOutcomesTaken");

export const linksRoute = createRoute({
  ...{ method: "post", path: `${path}/links`, tags, summary: "Says how the links of a gateway's points are" },
  description:
    "Those that changed, and at least each minute an empty list: a gateway that was not heard for three minutes counts as gone. If one is not of a point of the token, nothing is noted.",
  request: {
    query: query({}),
    ...jsonBody(linksForm.openapi("FleetLinks"), {
      links: [{ point: "cabin", state: "up", cause: null, since: 1_767_225_600_000 }],
    }),
  },
  responses: {
    200: answer(outcomesTaken, "They are noted", { taken: 1 }),
    ...{ 400: wrongParameter, 401: unknownToken, 503: databaseAway },
    403: problem("Points that are not its own", "foreign-points"),
  },
});

export const outcomesRoute = createRoute({
  ...{ method: "post", path: `${path}/outcomes`, tags, summary: "Says what became of reads that the fleet asked for" },
  description:
    "`read` once the fleet has what was read. The same again changes nothing. If one is not of a point of the token, nothing is noted.",
  request: {
    query: query({}),
    ...jsonBody(outcomesForm.openapi("FleetOutcomes"), {
      outcomes: [{ id: "8.17.0", result: "failed", reason: "the meter does not answer" }],
    }),
  },
  responses: {
    200: answer(outcomesTaken, "They are noted", { taken: 1 }),
    ...{ 400: wrongParameter, 401: unknownToken, 503: databaseAway },
    403: problem("Requests that are not its own", "foreign-requests"),
  },
});

export const intakeTokens = z
  .object({
    tokens: z.array(
      z.object({
        name: z.string(),
        points: z.array(z.string()),
        sites: z.array(z.string()),
        made: moment("When it was made"),
        by: z.string(),
        last_delivered: moment("When it brought something last").nullable(),
      }),
    ),
  })
  .openapi("FleetIntakeTokens") satisfies z.ZodType<IntakeTokens>;

export const newToken = z
  .strictObject({
    name: z.string().regex(/^[\w.-]{1,60}$/, "must be 1 to 60 letters, digits, ., _ and -"),
    points: z.array(id).max(1_000).optional().openapi({ description: "Ids of the points that it may bring" }),
    sites: z.array(id).max(100).optional().openapi({ description: "Ids of sites whose points it may bring" }),
  })
  .openapi("NewFleetIntakeToken");

const madeToken = z
  .object({ name: z.string(), token: z.string().openapi({ description: "Shown once: only a hash of it is kept" }) })
  .openapi("MadeFleetIntakeToken");

export const tokensRoute = createRoute({
  ...{ method: "get", path: `${path}/tokens`, tags, summary: "The gateways that bring their values themselves" },
  description: "Needs the scope `admin`.",
  request: { query: query({}) },
  responses: {
    200: answer(intakeTokens, "By name", {
      tokens: [
        {
          ...{ name: "cabin", points: ["cabin"], sites: [], made: "2026-01-01T12:00:00.000Z", by: "anna" },
          last_delivered: null,
        },
      ],
    }),
    ...{ 400: wrongParameter, 503: databaseAway },
  },
});

export const newTokenRoute = createRoute({
  ...{ method: "post", path: `${path}/tokens`, tags, summary: "Makes a token for a gateway" },
  description: "Needs the scope `admin`.",
  request: { query: query({}), ...jsonBody(newToken, { name: "cabin", points: ["cabin"] }) },
  responses: {
    201: answer(madeToken, "The token", { name: "cabin", token: "mp_…" }),
    ...{ 400: wrongParameter, 409: problem("There is one of this name", "name-taken"), 503: databaseAway },
  },
});

export const removeTokenRoute = createRoute({
  ...{ method: "delete", path: `${path}/tokens/{name}`, tags, summary: "Removes the token of a gateway" },
  description: "Needs the scope `admin`.",
  request: {
    params: z.object({ name: z.string().openapi({ description: "The token's name", example: "cabin" }) }),
    query: query({}),
  },
  responses: {
    204: { description: "It is removed" },
    ...{ 400: wrongParameter, 404: problem("No such token", "no-such-token"), 503: databaseAway },
  },
});
