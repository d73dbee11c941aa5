/** How the API describes tests of links. */
import { createRoute, z } from "@hono/zod-openapi";
import { checkNames, sicknesses } from "@meterport/doctor/diagnosis";
import { opticalLayers, opticalSicknesses } from "@meterport/doctor/optical-diagnosis";
import { languages } from "@meterport/doctor/words/words";
import { keyOutcomes } from "../../meters/tested-link.ts";
import * as examples from "../openapi/link-test-examples.ts";
import { choiceParam, query } from "../query/params.ts";
import { answer, noSuchPoint, pointParams, pointProblems, problem, wrongParameter } from "../route-parts.ts";
import { moment, orNull } from "../schemas.ts";

const head = {
  state: z.enum(["running", "done", "failed"]).openapi({ description: "Ask again while it is `running`" }),
  started: moment("When it began"),
  took_ms: z.number().nullable().openapi({ description: "How long it took; null while it is running" }),
  problem: z.string().nullable().openapi({ description: "Why it failed, in one sentence; null otherwise" }),
};

export const diagnosis = z
  .object({
    format: z.literal("meterport-doctor"),
    version: z.literal(1),
    time: moment("When the examination began"),
    link: z.string().openapi({ description: "Kind of link" }),
    security: z.string(),
    language: z.enum(languages),
    meter: z.string().nullable().openapi({ description: "Model and firmware, without serial numbers" }),
    took_ms: z.number(),
    sickness: z
      .enum([...new Set([...sicknesses, ...opticalSicknesses])])
      .nullable()
      .openapi({ description: "The first thing that is wrong; null if the link is healthy" }),
    usable: z.boolean().openapi({ description: "Whether values can be read" }),
    name: z.string().openapi({ description: "The sickness in a few words" }),
    cause: z.string().nullable(),
    remedies: z.array(z.string()).openapi({ description: "What to do, the likeliest first" }),
    checks: z.array(
      z.object({
        name: z.enum([...new Set([...checkNames, ...opticalLayers])]),
        verdict: z.enum(["good", "warning", "bad", "unknown"]),
        finding: z.string().openapi({ description: "A stable code" }),
        facts: z.record(z.string(), z.union([z.string(), z.number()])),
        title: z.string(),
        text: z.string().openapi({ description: "The finding as a sentence" }),
      }),
    ),
    broken: z
      .array(z.object({ from: z.number(), to: z.number(), count: z.number() }))
      .openapi({ description: "At which lengths replies broke off" }),
  })
  .openapi("Diagnosis");

export const doctorTest = z
  .object({ id: z.string(), ...head, diagnosis: orNull(diagnosis, "null until it is done") })
  .openapi("DoctorTest");

const meterOffer = z
  .object({
    phases: z.number().int().nullable().openapi({ description: "Phases with voltage" }),
    power_w: z.number().nullable().openapi({ description: "Net power at the moment of the test" }),
    profile_days: z.number().int().nullable().openapi({ description: "How far back its load profile reaches" }),
    profile_minutes: z.number().int().nullable().openapi({ description: "Length of its intervals" }),
  })
  .openapi("MeterOffer", { description: "What the meter gives with the key; null is unknown" });

const keyVerdict = z
  .object({
    outcome: z.enum(keyOutcomes).openapi({
      description:
        "`works`, `wrong-key` (the meter answers and refuses it), `needs-key` (the meter answers, no key was given), `no-answer`, or `failed` for another reason, which `code` names",
    }),
    level: z.enum(["none", "basic", "advanced"]).nullable().openapi({
      description:
        "Access that the key gives; null if it does not work, or is unknown, as under RC4: both keys of a meter read the same there, and nothing is written to find out",
    }),
    meter: z.string().nullable().openapi({ description: "Model and firmware" }),
    profile: z.string().nullable(),
    code: z.string().nullable().openapi({ description: "Stable code of the failure; null if it works" }),
    message: z.string().openapi({ description: "The outcome in one sentence" }),
    offer: orNull(meterOffer, "null if the key does not work"),
  })
  .openapi("KeyVerdict");

export const keyTest = z
  .object({ id: z.string(), ...head, verdict: orNull(keyVerdict, "null until it is done") })
  .openapi("KeyTest");

export const linkTest = z.object({ ...head, verdict: orNull(keyVerdict, "null until it is done") }).openapi("LinkTest");

const keyText = z.string().max(200).openapi({
  description: "16 or 20 ASCII characters, or 32 or 40 hex digits. It is neither stored nor logged nor given back",
  example: "hex:00112233445566778899aabbccddeeff",
});
const bodyOf = <T extends z.ZodType>(schema: T, example: z.input<T>) => ({
  body: { required: true, content: { "application/json": { schema, example } } },
});

const busy = problem("A test of this link is in progress, or it cannot be tested", "busy");
const noTest = { ...noSuchPoint, description: "No such point, or no test since the start" };
const language = choiceParam("language", languages, { description: "Of the sentences; default: `en`", example: "en" });

const while202 =
  "Answers at once; ask the same address with GET for the result, which is kept until the next test or a restart. Meanwhile the link of the point is `paused` with the cause `doctor`, and it goes on afterwards whatever the outcome.";

export const doctorRoute = createRoute({
  method: "post",
  path: "/api/v1/points/{id}/link/doctor",
  summary: "Examines the link of a point",
  description: `Takes half a minute, at most two. Send the header \`x-meterport: 1\`, since there is no body. ${while202}`,
  tags: ["meter reads"],
  request: { params: pointParams, query: query({ language }) },
  responses: { 202: answer(doctorTest, "It has begun", examples.running), ...pointProblems, 409: busy },
});

export const doctorResultRoute = createRoute({
  method: "get",
  path: "/api/v1/points/{id}/link/doctor",
  summary: "The newest examination of a point's link",
  tags: ["meter reads"],
  request: { params: pointParams, query: query({ language }) },
  responses: {
    200: answer(doctorTest, "The examination", {
      ...examples.running,
      ...examples.done,
      diagnosis: examples.diagnosis,
    }),
    400: wrongParameter,
    404: noTest,
  },
});

export const keyTestRoute = createRoute({
  method: "post",
  path: "/api/v1/points/{id}/link/key-test",
  summary: "Tries a key on the meter of a point",
  description: `Takes some seconds, at most 45. An optical port logs a wrong key as an alarm. ${while202}`,
  tags: ["meter reads"],
  request: {
    params: pointParams,
    query: query({}),
    ...bodyOf(z.object({ key: keyText }), { key: "hex:00112233445566778899aabbccddeeff" }),
  },
  responses: { 202: answer(keyTest, "It has begun", examples.keyRunning), ...pointProblems, 409: busy },
});

export const keyResultRoute = createRoute({
  method: "get",
  path: "/api/v1/points/{id}/link/key-test",
  summary: "The newest test of a key on a point's meter",
  tags: ["meter reads"],
  request: { params: pointParams, query: query({}) },
  responses: {
    200: answer(keyTest, "The test", { ...examples.keyRunning, ...examples.done, verdict: examples.verdict }),
    400: wrongParameter,
    404: noTest,
  },
});

const summary = orNull(
  z.object({ state: head.state, started: head.started }).openapi("LinkTestSummary"),
  "null if there was none since the start",
);

export const linkTests = z.object({ id: z.string(), doctor: summary, key_test: summary }).openapi("LinkTests");

export const linkTestsRoute = createRoute({
  method: "get",
  path: "/api/v1/points/{id}/link/tests",
  summary: "Which tests of a point's link there are",
  description: "Asks for nothing that may not be there: for a page that opens.",
  tags: ["meter reads"],
  request: { params: pointParams, query: query({}) },
  responses: {
    200: answer(linkTests, "The newest of each kind", {
      id: "home",
      doctor: { state: examples.running.state, started: examples.running.started },
      key_test: null,
    }),
    400: wrongParameter,
    404: noSuchPoint,
  },
});

const { id: _, ...linkRunning } = examples.keyRunning;

export const linkTestRoute = createRoute({
  method: "post",
  path: "/api/v1/link/test",
  summary: "Tries a link that no point has, with or without a key",
  description:
    "For a meter that is about to be configured. Answers at once; ask the same address with GET for the result. One at a time.",
  tags: ["meter reads"],
  request: {
    query: query({}),
    ...bodyOf(
      z.object({
        link: z.string().min(1).max(500).openapi({ description: "As in the configuration", example: "/dev/ttyUSB0" }),
        key: keyText.optional(),
      }),
      { link: "tcp://192.168.1.20:4059", key: "hex:00112233445566778899aabbccddeeff" },
    ),
  },
  responses: { 202: answer(linkTest, "It has begun", linkRunning), 400: wrongParameter, 409: busy },
});

export const linkResultRoute = createRoute({
  method: "get",
  path: "/api/v1/link/test",
  summary: "The newest test of a link",
  tags: ["meter reads"],
  request: { query: query({}) },
  responses: {
    200: answer(linkTest, "The test", { ...linkRunning, ...examples.done, verdict: examples.verdict }),
    400: wrongParameter,
    404: problem("No test since the start", "no-such-test"),
  },
});
