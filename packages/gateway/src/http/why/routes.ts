/** How the API describes the origin of a value. */
import { createRoute, z } from "@hono/zod-openapi";
import { verdictCodes } from "@meterport/engine/guard/live-proof";
import { metersThen, storedVerdictCodes } from "@meterport/engine/guard/stored-proof";
import { liveKeys } from "@meterport/protocol/meaning/readings";
import * as examples from "../openapi/examples.ts";
import { choiceParam, countParam, momentParam, query, wordParam } from "../query/params.ts";
import { answer, noSuchPoint, pointParams, problem, storeFails, wrongParameter } from "../route-parts.ts";
import { moment, orNull } from "../schemas.ts";
import { interval, registerState } from "../values/schemas.ts";

export const proofAnswer = z
  .object({
    time: moment("When the answer came"),
    table: z.string().nullable().openapi({ description: "The table that was read; null if no meter was read" }),
    offset: z.number().nullable().openapi({ description: "Offset of the first byte in that table" }),
    raw: z.string().nullable().openapi({ description: "The bytes as read, in hex; null if they were not kept" }),
    profile: z.string().nullable().openapi({ description: "The layouts that decoded them" }),
    clock_offset_ms: z.number().nullable().openapi({ description: "The meter's clock minus ours" }),
    note: z.string().openapi({ description: "What was done, in one sentence" }),
  })
  .openapi("Proof");

const liveSource = z.object({
  source: z.number().int().openapi({ description: "The guide's source ID" }),
  name: z.string(),
  sign: z.enum(["+", "-"]).openapi({ description: "Whether it is added or subtracted" }),
  table: z.enum(["BT23", "BT28"]),
  offset: z
    .number()
    .nullable()
    .openapi({ description: "Of its four bytes; null if the meter's list of sources decides it" }),
  raw: z
    .number()
    .nullable()
    .openapi({ description: "The integer on the wire; null if it does not follow from the reading" }),
  scale: z.number().nullable().openapi({ description: "One step of the integer, in `unit`" }),
  unit: z.string(),
});

const liveWhy = z
  .object({
    key: z.enum(liveKeys),
    label: z.string(),
    number: z.number().nullable().openapi({ description: "The present value; null is unknown" }),
    unit: z.string(),
    time: moment("When the reading was taken; null before the first").nullable(),
    quality: z.enum(["good", "partial", "suspect", "stale"]),
    profile: z.string().nullable().openapi({ description: "The layouts that decoded it" }),
    ratios: z.boolean().openapi({ description: "Whether it holds the transformer ratios of BT15" }),
    sources: z.array(liveSource).openapi({ description: "What the meter sent for it; empty if it has no such value" }),
    verdict: z.string().openapi({ description: "What the guard said, in one sentence" }),
    verdict_code: z.enum(verdictCodes).openapi({ description: "The same as a stable code, for other languages" }),
  })
  .openapi("LiveWhy");

const meterThen = z.enum(metersThen).openapi({
  description:
    "Whether the meter that hung there then is the one that hangs there now, whose plan tells offsets and scales",
});

export const registerWhyAnswer = registerState
  .extend({
    unit: z.string().nullable().openapi({ description: "Of the value; null for a register without a live key" }),
    meter: meterThen,
    sources: z.array(liveSource).nullable().openapi({
      description:
        "What the meter sends for it, with the integer that follows from the value; null if it was not read live: the meter's own copies, tiers, and registers of a meter behind the meter",
    }),
  })
  .openapi("RegisterWhy");

export const readingWhyAnswer = z
  .object({
    key: z.enum(liveKeys),
    label: z.string(),
    number: z.number().nullable().openapi({ description: "The value as it is stored; null is unknown" }),
    unit: z.string(),
    time: moment("When the reading was taken"),
    quality: z.enum(["good", "partial", "suspect", "stale"]),
    meter: meterThen,
    serial: z.string().nullable().openapi({ description: "The meter that hung there then; null if it is not known" }),
    profile: z.string().nullable().openapi({ description: "The layouts of that meter; null if they are not known" }),
    ratios: z
      .boolean()
      .nullable()
      .openapi({ description: "Whether it holds the transformer ratios of BT15; null if that is not known" }),
    sources: z.array(liveSource).nullable().openapi({
      description:
        "What the meter sends for it, as far as that is known; empty if it has no such value, null if it depends on transformer ratios that are not known",
    }),
    verdict: z.string().openapi({ description: "What is known of the guard's verdict" }),
    verdict_code: z.enum(storedVerdictCodes).openapi({ description: "The same as a stable code, for other languages" }),
    note: z.string().openapi({ description: "What is not kept, and what the sources rest on" }),
  })
  .openapi("ReadingWhy");

const registerReading = z.object({ time: moment("When it was read"), value: z.number() }).openapi("RegisterReading");

const differenceEnd = z
  .object({
    time: moment("The end of the interval"),
    register: z.number().nullable().openapi({ description: "State of the register at that moment" }),
    before: orNull(registerReading, "The last reading before it; null if it is not kept any more"),
    after: orNull(registerReading, "The first reading at or after it; null if it is not kept any more"),
  })
  .openapi("DifferenceEnd");

const difference = z
  .object({
    rule: z.string().openapi({ description: "How the states give the value, in one sentence" }),
    begin: differenceEnd,
    end: differenceEnd,
  })
  .openapi("DifferenceWhy");

const recordedEnd = z
  .object({
    time: moment("The end of the interval"),
    block: z.number().int().openapi({ description: "Index of the block in the table" }),
    entry: z.number().int().openapi({ description: "Index of the entry in the block" }),
    offset: z.number().int().openapi({ description: "Offset of the entry in the table" }),
    raw: z.string().nullable().openapi({ description: "Its bytes as read, in hex; null if they were not kept" }),
    value_offset: z.number().int().openapi({ description: "Offset of the channel's four bytes in the table" }),
    integer: z
      .number()
      .nullable()
      .openapi({ description: "The integer in them: the register; null if the bytes were not kept" }),
  })
  .openapi("RecordedEnd");

export const profileWhyAnswer = z
  .object({
    rule: z.string().openapi({ description: "How the registers give the value, in one sentence" }),
    table: z.string(),
    source: z.number().int().openapi({ description: "The guide's source ID of the channel" }),
    scale: z
      .number()
      .nullable()
      .openapi({ description: "One step of the integer in the channel's unit; null if the meter did not say" }),
    begin: orNull(recordedEnd, "null if the entry before it is not kept"),
    end: recordedEnd,
  })
  .openapi("ProfileWhy");

const valueKinds = ["interval", "live", "register", "reading"] as const;

export const whyAnswer = z
  .object({
    id: z.string(),
    value: z.enum(valueKinds),
    interval: orNull(interval, "The interval as it is stored; null for other values"),
    live: orNull(liveWhy, "The live value; null for other values"),
    register: orNull(registerWhyAnswer, "The state of the register as it is stored; null for other values"),
    reading: orNull(readingWhyAnswer, "The value of the stored live set; null for other values"),
    proof: orNull(proofAnswer, "null if none was kept"),
    difference: orNull(difference, "The readings of the register; null unless the source is `difference`"),
    profile: orNull(
      profileWhyAnswer,
      "What the load profile recorded at both ends; null unless the source is `profile` and its entry is known",
    ),
  })
  .openapi("WhyAnswer");

export const whyRoute = createRoute({
  method: "get",
  path: "/api/v1/points/{id}/why",
  summary: "How a value came to be",
  description:
    "`value=interval` with `channel` and `end` tells which table was read, where and when, with the bytes if they were kept: of the load profile the entry and the registers at both ends. `value=live` with `key` tells the sources of the present value, and what the guard said of it. `value=register` with `register` (or `channel`), `tier` and `time` tells which table a state of a register was read from, and when. `value=reading` with `key` and `time` tells what is known of a value of a stored live set, whose bytes are not kept. `end` and `time` are exactly those of what is stored.",
  tags: ["history"],
  request: {
    params: pointParams,
    query: query({
      value: choiceParam("value", valueKinds, {
        description: "Which value; default: `interval`",
        example: "interval",
      }),
      channel: wordParam("channel", {
        description: "Channel of the interval, or the register; default: `energy_import_wh`",
        example: "energy_import_wh",
      }),
      end: momentParam("end", "End of the interval"),
      register: wordParam("register", {
        description: "The register; default: `channel`",
        example: "energy_import_wh",
      }),
      tier: countParam("tier", {
        ...{ least: 0, most: 8, example: "0" },
        description: "Tier of the register, 0 being the sum of all; default: 0",
      }),
      time: momentParam("time", "When the register had this state, or the live set was taken"),
      key: choiceParam("key", liveKeys, { description: "Live key; default: `power_w`", example: "power_w" }),
    }),
  },
  responses: {
    200: answer(whyAnswer, "The value with its origin", {
      id: "home",
      value: "interval",
      interval: examples.interval,
      live: null,
      register: null,
      reading: null,
      proof: examples.proof,
      difference: null,
      profile: null,
    }),
    400: wrongParameter,
    404: { ...noSuchPoint, description: problem("No such point, or no such value is stored").description },
    503: storeFails,
  },
});
