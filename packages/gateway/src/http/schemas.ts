/** The API's answers as schemas, for its OpenAPI document; `satisfies` checks them against the types in `api.ts`. */

import { z } from "@hono/zod-openapi";
import { linkStates } from "@meterport/client/supervision/link-status";
import { type LiveKey, liveKeys } from "@meterport/protocol/meaning/readings";
import { captureStates } from "../captures/bad-link-states.ts";
import type {
  ApiCapture,
  ApiProblem,
  HealthAnswer,
  HistoryAnswer,
  LinkHealth,
  LiveAnswer,
  LogAnswer,
  MeterDetail,
  MeterIdentity,
  MeterSummary,
} from "./api.ts";

export const moment = (description: string) => z.string().openapi({ format: "date-time", description });

/** A named schema or null. With `nullable()` the document would say that both hold at once. */
export const orNull = <T extends z.ZodType>(schema: T, description: string) =>
  z.union([schema, z.null()]).openapi({ description });

/** How many there are of each. */
export const countsOf = <const W extends string>(words: readonly W[]) =>
  z.object(Object.fromEntries(words.map((word) => [word, z.number().int()])) as Record<W, z.ZodNumber>);

export const linkHealth = z
  .object({
    state: z.enum(linkStates),
    url: z.string(),
    since: moment("When this state began"),
    cause: z.string().nullable().openapi({ description: "Cause of this state, as a stable code" }),
    problem: z.string().nullable().openapi({ description: "The cause as a sentence" }),
    baud: z.number().nullable(),
    last_reading: moment("The last authenticated reading").nullable(),
    poll_interval_ms: z.number(),
    late_after_ms: z.number().openapi({ description: "Age at which a reading is late: shown, but marked" }),
    stale_after_ms: z.number().openapi({ description: "Age at which a reading is no longer shown as present" }),
    polls: z.number(),
    failures: z.number(),
    retries: z.number(),
    discarded: z.number(),
    outages: z.number(),
    alerts: z.number(),
    round_trip_ms: z.number().nullable(),
  })
  .openapi("LinkHealth") satisfies z.ZodType<LinkHealth>;

export const meterIdentity = z
  .object({
    manufacturer: z.string().nullable(),
    model: z.string().nullable(),
    firmware: z.string().nullable(),
    serial: z.string().nullable(),
    utility_serial: z.string().nullable(),
    profile: z.string(),
    key_level: z.enum(["none", "basic", "advanced"]).nullable(),
  })
  .openapi("MeterIdentity") satisfies z.ZodType<MeterIdentity>;

const summaryShape = { id: z.string(), name: z.string(), link: linkHealth, simulated: z.boolean() };

export const meterSummary = z.object(summaryShape).openapi("MeterSummary") satisfies z.ZodType<MeterSummary>;

export const meterDetail = z
  .object({
    ...summaryShape,
    identity: orNull(meterIdentity, "What the meter says of itself; null before the first contact"),
    zone: z.string().openapi({ description: "IANA zone of the point's days and months" }),
  })
  .openapi("MeterDetail") satisfies z.ZodType<MeterDetail>;

const measured = Object.fromEntries(liveKeys.map((key) => [key, z.number().nullable()])) as Record<
  LiveKey,
  z.ZodNullable<z.ZodNumber>
>;

export const liveAnswer = z
  .object({
    id: z.string(),
    time: moment("The last reading; null before the first").nullable(),
    ...measured,
    quality: z.enum(["good", "partial", "suspect", "stale"]),
  })
  .openapi("LiveAnswer") satisfies z.ZodType<LiveAnswer>;

export const historyPoint = z
  .object({
    time: moment("Start of the step"),
    power_w: z.number().nullable(),
    power_min_w: z.number().nullable(),
    power_max_w: z.number().nullable(),
    energy_import_wh: z.number().nullable(),
    energy_export_wh: z.number().nullable(),
    recovered: z.literal(true).optional().openapi({
      description:
        "Nothing was read in the step, or in hours of the day, month or year: there its values are those of intervals, such as the meter's load profile",
    }),
  })
  .openapi("HistoryPoint");

export const historyAnswer = z
  .object({
    id: z.string(),
    from: moment("Start of the first step"),
    to: moment("End of the last step"),
    step: z.number().openapi({ description: "Seconds from one point to the next" }),
    points: z.array(historyPoint),
  })
  .openapi("HistoryAnswer") satisfies z.ZodType<HistoryAnswer>;

export const apiCapture = z
  .object({
    name: z.string(),
    time: moment("When the link failed, or the recording ended"),
    bytes: z.number(),
    state: z.enum(captureStates).nullable().openapi({
      description:
        "State of the link after that, or `recorded` if somebody asked for it; null if the file does not give it",
    }),
    cause: z.string().nullable().openapi({ description: "Cause, as a stable code" }),
  })
  .openapi("Capture") satisfies z.ZodType<ApiCapture>;

const logEntry = z
  .object({
    time: moment("When it happened; null if the meter's date is impossible").nullable(),
    number: z.number().nullable().openapi({ description: "The meter's event counter" }),
    code: z.number().openapi({ description: "Number of the event, without the manufacturer bit" }),
    raw: z.number().openapi({ description: "The same as in the log, with that bit" }),
    name: z.string().nullable().openapi({ description: "In English; null if no public list has the event" }),
    argument: z.object({
      hex: z.string().openapi({ description: "The bytes as in the log" }),
      number: z.number().nullable(),
      text: z.string().openapi({ description: "Their meaning, in English; empty if they have none" }),
      parts: z.array(z.object({ key: z.string(), value: z.number(), meaning: z.string().nullable() })),
    }),
    severity: z.enum(["status", "alarm"]).nullable(),
    source: z.enum(["ANSI C12.19", "head-end list"]).nullable().openapi({ description: "Source of the name" }),
  })
  .openapi("LogEntry");

export const logAnswer = z
  .object({
    id: z.string(),
    time_read: moment("When the meter was read, at most a minute ago"),
    entries: z.array(logEntry),
  })
  .openapi("LogAnswer") satisfies z.ZodType<LogAnswer>;

export const healthAnswer = z
  .object({
    status: z.literal("ok"),
    version: z.string(),
    uptime_s: z.number(),
    meters: z.number(),
    meters_up: z.number(),
  })
  .openapi("HealthAnswer") satisfies z.ZodType<HealthAnswer>;

const keyProblems = z
  .array(z.object({ path: z.string().nullable(), message: z.string() }))
  .optional()
  .openapi({ description: "Of a change of the configuration: what is wrong with each key" });

export const apiProblem = z
  .object({ error: z.string(), message: z.string(), problems: keyProblems })
  .openapi("ApiProblem") satisfies z.ZodType<ApiProblem>;

/** RFC 9457, for clients that accept `application/problem+json`. */
export const problem = z
  .object({
    type: z.string().openapi({ description: "`urn:meterport:problem:` and the code" }),
    title: z.string(),
    status: z.number().int(),
    detail: z.string().openapi({ description: "The same as `message`" }),
    instance: z.string().openapi({ description: "The path of the request" }),
    error: z.string(),
    message: z.string(),
    problems: keyProblems,
  })
  .openapi("Problem");
