/** How the API describes the configuration. */
import { createRoute, z } from "@hono/zod-openapi";
import { query } from "../query/params.ts";
import { answer, problem, wrongParameter } from "../route-parts.ts";

const setting = z.object({
  path: z.string().openapi({ description: "Place in the file; `[]` is each meter" }),
  text: z.string().openapi({ description: "What it is for, in English" }),
  value: z.unknown().openapi({
    description: "What the gateway runs with, durations in milliseconds; null if unset, `[secret]` if it is one",
  }),
  example: z.string(),
  fallback: z.string().nullable().openapi({ description: "What applies if it is omitted" }),
  required: z.boolean(),
  restart: z.boolean().openapi({ description: "Whether a change waits for the next start" }),
});

export const configurationAnswer = z
  .object({
    file: z.string().nullable().openapi({ description: "The configuration file; null if there is none" }),
    meters: z.number().int(),
    settings: z.array(setting),
  })
  .openapi("ConfigurationAnswer");

export const reloadAnswer = z
  .object({
    ok: z.boolean().openapi({ description: "False if the file has mistakes: then nothing changes" }),
    problems: z.array(z.string()).openapi({ description: "The mistakes, each with its place" }),
    apply: z.array(z.string()).openapi({ description: "Changed keys that take effect" }),
    restart: z.array(z.string()).openapi({ description: "Changed keys that wait for the next start" }),
    added: z.array(z.string()).openapi({ description: "Ids of meters" }),
    changed: z.array(z.string()),
    removed: z.array(z.string()),
  })
  .openapi("ReloadAnswer");

const unavailable = problem("The configuration cannot be read here", "not-available");

const reloadExample = {
  ok: true,
  problems: [],
  apply: ["log.level"],
  restart: ["http.port"],
  added: ["garage"],
  changed: [],
  removed: [],
};

export const configurationRoute = createRoute({
  method: "get",
  path: "/api/v1/configuration",
  summary: "Every key of the configuration, with the value that the gateway runs with",
  description: "Keys of meters have no value here. Needs the scope `admin`.",
  tags: ["operation"],
  request: { query: query({}) },
  responses: {
    200: answer(configurationAnswer, "The configuration", {
      file: "/etc/meterport/meterport.yaml",
      meters: 1,
      settings: [
        {
          path: "log.level",
          text: "How much is logged.",
          value: "info",
          example: "debug",
          fallback: "info",
          required: false,
          restart: false,
        },
      ],
    }),
    400: wrongParameter,
    503: unavailable,
  },
});

export const schemaRoute = createRoute({
  method: "get",
  path: "/api/v1/configuration/schema",
  summary: "The configuration file as JSON Schema, for editors",
  tags: ["operation"],
  request: { query: query({}) },
  responses: {
    200: answer(z.record(z.string(), z.unknown()), "JSON Schema, draft 2020-12", {
      $schema: "https://json-schema.org/draft/2020-12/schema",
    }),
    400: wrongParameter,
  },
});

export const checkRoute = createRoute({
  method: "post",
  path: "/api/v1/configuration/check",
  summary: "Reads the file again, and says what a reload would change",
  description: "Needs the scope `admin`.",
  tags: ["operation"],
  request: { query: query({}) },
  responses: {
    200: answer(reloadAnswer, "What a reload would do", reloadExample),
    400: wrongParameter,
    503: unavailable,
  },
});

export const reloadRoute = createRoute({
  method: "post",
  path: "/api/v1/configuration/reload",
  summary: "Reads the file again, and carries out what has changed, as SIGHUP does",
  description: "Meters that did not change go on undisturbed. Needs the scope `admin`.",
  tags: ["operation"],
  request: { query: query({}) },
  responses: { 200: answer(reloadAnswer, "What was changed", reloadExample), 400: wrongParameter, 503: unavailable },
});
