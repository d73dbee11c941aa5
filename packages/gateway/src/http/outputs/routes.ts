/** How the API describes outputs. */
import { createRoute, z } from "@hono/zod-openapi";
import { outputStates } from "@meterport/engine/ports/output";
import { query } from "../query/params.ts";
import { answer, problem, wrongParameter } from "../route-parts.ts";
import { moment } from "../schemas.ts";

const count = (description: string) => z.number().int().openapi({ description });

export const outputAnswer = z
  .object({
    name: z.string().openapi({ description: "As in the configuration" }),
    state: z.enum(outputStates).openapi({
      description: "`up`: its consumer is there. `failing`: the last try failed, and the next one follows",
    }),
    since: moment("Since when it is in this state"),
    problem: z.string().nullable().openapi({ description: "What is wrong, as one sentence" }),
    last_delivered: moment("When a consumer last took something").nullable(),
    sent: count("Live values that a consumer took since the start"),
    delivered: count("Changes that a consumer has acknowledged since the start"),
    skipped: count("Live values that a slow consumer did not get, because newer ones came"),
    lost: count("Changes that were deleted before they could be delivered"),
    failures: count("How often it failed since the start"),
    stuck: count("How often it was stuck and begun again"),
    points: count("Points that it sees"),
    journal: z
      .object({
        cursor: count("Number of the last entry of the journal that is done"),
        behind: count("Entries that follow it"),
      })
      .nullable()
      .openapi({ description: "How far it has come in the journal; null without history, or while that is unknown" }),
  })
  .openapi("Output");

export const outputsAnswer = z.object({ outputs: z.array(outputAnswer) }).openapi("OutputsAnswer");

export const outputTest = z
  .object({
    ok: z.boolean().openapi({ description: "Whether the consumer took something" }),
    text: z.string().openapi({ description: "What was seen, as one sentence" }),
  })
  .openapi("OutputTest");

export const outputPairing = z
  .object({
    ok: z.boolean().openapi({ description: "Whether a program may come in now" }),
    text: z.string().openapi({ description: "For how long, or why not, as one sentence" }),
  })
  .openapi("OutputPairing");

export const outputsRoute = createRoute({
  method: "get",
  path: "/api/v1/outputs",
  summary: "The outputs that are on, and how they are doing",
  tags: ["operation"],
  request: { query: query({}) },
  responses: {
    200: answer(outputsAnswer, "The outputs", {
      outputs: [
        {
          ...{ name: "mqtt", state: "up", since: "2026-01-01T12:00:00.000Z", problem: null },
          ...{ last_delivered: "2026-01-01T12:30:00.000Z", sent: 900, delivered: 42, skipped: 0, lost: 0 },
          ...{ failures: 0, stuck: 0, points: 1, journal: { cursor: 42, behind: 0 } },
        },
      ],
    }),
    400: wrongParameter,
  },
});

export const outputTestRoute = createRoute({
  method: "post",
  path: "/api/v1/outputs/{name}/test",
  summary: "Tries at once whether the consumer of an output takes something",
  description:
    "Answers within half a minute. An output that waits for its next try tries now. Needs the scope `operate`.",
  tags: ["operation"],
  request: {
    params: z.object({ name: z.string().openapi({ description: "The name of the output", example: "mqtt" }) }),
    query: query({}),
  },
  responses: {
    200: answer(outputTest, "What was seen, whether it works or not", {
      ok: true,
      text: "the broker at mqtt://192.168.1.5:1883 took a message and gave it back after 3 ms",
    }),
    400: wrongParameter,
    404: problem("No such output", "no-such-output"),
  },
});

export const outputPairRoute = createRoute({
  method: "post",
  path: "/api/v1/outputs/{name}/pair",
  summary: "Lets the next program in that asks an output for a token",
  description:
    "Stands for the button of the device that the output acts as, `homewizard_v2` for example. One program is let in. Needs the scope `admin`.",
  tags: ["operation"],
  request: {
    params: z.object({ name: z.string().openapi({ description: "The name of the output", example: "homewizard_v2" }) }),
    query: query({}),
  },
  responses: {
    200: answer(outputPairing, "Whether a program may come in now", {
      ok: true,
      text: "the next program that asks within 30 s may read from then on",
    }),
    400: wrongParameter,
    404: problem("No such output", "no-such-output"),
  },
});
