/** How the API describes the configuration. */
import { createRoute, z } from "@hono/zod-openapi";
import type { ChangeAnswer, ConfigurationAnswer } from "../api.ts";
import { choiceParam, query, textParam } from "../query/params.ts";
import { answer, jsonBody, problem, wrongParameter } from "../route-parts.ts";

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
  written: z.unknown().openapi({
    description: "What the file says, as it is written there; null if nothing, `[secret]` for a secret that is set",
  }),
  unit: z.string().nullable(),
  secret: z.boolean().openapi({ description: "Whether it can be set, but is never shown" }),
  variable: z.string().nullable().openapi({
    description: "The variable of the environment that sets it now: then it cannot be changed here",
  }),
  only_on_machine: z.string().nullable().openapi({
    description: "Why only the file on the machine itself can set it; null if the API can",
  }),
});

export const configurationAnswer = z
  .object({
    file: z.string().nullable().openapi({ description: "The configuration file; null if there is none" }),
    path: z.string().nullable().openapi({
      description: "Where the file is, or where the first change makes it; null if there can be none",
    }),
    revision: z.string().nullable().openapi({
      description: "Of the file: give it back with a change, so that nobody overwrites what another has changed",
    }),
    unchangeable: z.string().nullable().openapi({
      description: "Why the configuration cannot be changed here, in one sentence; null if it can",
    }),
    meters: z.number().int(),
    settings: z.array(setting),
  })
  .openapi("ConfigurationAnswer") satisfies z.ZodType<ConfigurationAnswer>;

const reloaded = {
  ok: z.boolean().openapi({ description: "False if the file has mistakes: then nothing changes" }),
  problems: z.array(z.string()).openapi({ description: "The mistakes, each with its place" }),
  apply: z.array(z.string()).openapi({ description: "Changed keys that take effect" }),
  restart: z.array(z.string()).openapi({ description: "Changed keys that wait for the next start" }),
  added: z.array(z.string()).openapi({ description: "Ids of meters" }),
  changed: z.array(z.string()),
  removed: z.array(z.string()),
};

export const reloadAnswer = z.object(reloaded).openapi("ReloadAnswer");

export const changeAnswer = z
  .object({
    ...reloaded,
    revision: z.string().openapi({ description: "Of the file as it is now" }),
    written: z.string().nullable().openapi({ description: "The file that was written; null if nothing was" }),
    before: z.string().nullable().openapi({ description: "A copy of the old file; null if there was none" }),
  })
  .openapi("ChangeAnswer") satisfies z.ZodType<ChangeAnswer>;

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
      path: "/etc/meterport/meterport.yaml",
      revision: "R7Yxw0_2kqYpB1sD",
      unchangeable: null,
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
          written: null,
          unit: null,
          secret: false,
          variable: null,
          only_on_machine: null,
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

/** The parameters of each change. */
export const changeQuery = query({
  revision: textParam("revision", {
    description: "Of the file that the change was made for; 409 if it is another one by now. Default: any",
    most: 100,
    example: "R7Yxw0_2kqYpB1sD",
  }),
  dry_run: choiceParam("dry_run", ["true", "false"], {
    description: "`true` checks the change and tells what it would do; nothing is written. Default: false",
  }),
});

export const changeProblems = {
  400: problem("A parameter or a value is not valid: `problems` names each key and what is wrong", "wrong-setting"),
  409: problem("This cannot be changed here, or somebody else has changed the file meanwhile", "not-possible"),
  503: unavailable,
};

export const changeExample = {
  ...reloadExample,
  added: [],
  revision: "R7Yxw0_2kqYpB1sD",
  written: "/etc/meterport/meterport.yaml",
  before: "/etc/meterport/meterport.yaml.changed-2026-11-29T20-31-07.412Z-k2Jq",
};

export const changeRoute = createRoute({
  method: "patch",
  path: "/api/v1/configuration",
  summary: "Changes keys of the configuration file, and carries the change out",
  description:
    "All or nothing: the file is checked as a whole before it is written. Its comments stay, the old file is kept beside it, and what a reload can do is done at once. A value of null removes a key; of maps only the names that are given change. A secret is stored sealed. What would give a right over the meter or the machine is refused, as are keys that the environment sets; metering points have addresses of their own. Needs the scope `admin`.",
  tags: ["operation"],
  request: {
    query: changeQuery,
    ...jsonBody(
      z.object({
        changes: z
          .array(
            z.object({
              path: z.string().min(1).max(200).openapi({ description: "As in `settings`", example: "log.level" }),
              value: z.unknown().openapi({
                description:
                  "As it would be written in the file: text, number, true or false, list, map; null removes the key",
              }),
            }),
          )
          .min(1)
          .max(200),
      }),
      {
        changes: [
          { path: "log.level", value: "debug" },
          { path: "outputs.mqtt.url", value: "mqtt://192.168.1.5" },
        ],
      },
    ),
  },
  responses: { 200: answer(changeAnswer, "What was changed", changeExample), ...changeProblems },
});
