/** Answers with stored values. */
import { z } from "@hono/zod-openapi";
import { intervalQualities, intervalSources } from "@meterport/engine/model/interval";
import { registerReasons } from "@meterport/engine/model/register-state";
import { type LiveKey, liveKeys } from "@meterport/protocol/meaning/readings";
import { periods } from "../query/zone-bounds.ts";
import { countsOf, historyPoint, moment } from "../schemas.ts";

const id = z.string();
const nextCursor = z
  .string()
  .nullable()
  .openapi({ description: "`cursor` of the next page; null if this is the last one" });

export const pointHistory = z
  .object({
    id,
    from: moment("Start of the first point"),
    to: moment("End of the last point"),
    step: z
      .number()
      .nullable()
      .openapi({ description: "Seconds from one point to the next; null for days, months, years" }),
    resolution: z.enum(periods).nullable().openapi({ description: "null for a step" }),
    zone: z.string().nullable().openapi({ description: "Zone of the days, months or years; null for a step" }),
    points: z.array(historyPoint),
  })
  .openapi("PointHistory");

const grid = z.array(z.number().nullable());
const oneSeries = z.object({ mean: grid, min: grid, max: grid }).openapi("OneSeries");

export const seriesAnswer = z
  .object({
    id,
    from: moment("Start of the first step"),
    to: moment("End of the last step"),
    step: z.number().openapi({ description: "Seconds from one value to the next" }),
    series: z
      .object(
        Object.fromEntries(liveKeys.map((key) => [key, oneSeries.optional()])) as Record<
          LiveKey,
          z.ZodOptional<typeof oneSeries>
        >,
      )
      .openapi({ description: "One entry for each key that was asked for and is stored" }),
  })
  .openapi("SeriesAnswer");

export const interval = z
  .object({
    end: moment("When it ended"),
    seconds: z.number().openapi({ description: "Its length" }),
    value: z.number().nullable().openapi({ description: "In the unit of the channel; null is unknown" }),
    source: z.enum(intervalSources),
    quality: z.enum(intervalQualities),
    flags: z.array(z.string()).openapi({ description: "What the meter noted, such as `powerFail`" }),
    register: z.number().nullable().openapi({ description: "State of the counter at its end" }),
    revision: z.number().int().openapi({ description: "1 for the first value; each better one counts it up" }),
    stored: moment("When this revision was stored"),
  })
  .openapi("Interval");

export const intervalSum = z
  .object({
    from: moment("Start of the period"),
    to: moment("Its end"),
    value: z.number().nullable().openapi({ description: "Sum of the known values; null if there is none" }),
    seconds: z.number().openapi({ description: "Seconds that the intervals with a value cover" }),
    by_quality: countsOf(intervalQualities),
    by_source: countsOf(intervalSources),
  })
  .openapi("IntervalSum");

export const intervalsAnswer = z
  .object({
    id,
    channel: z.string(),
    unit: z.string().nullable().openapi({ description: "null for a source without a live key" }),
    from: moment("Intervals that end after this"),
    to: moment("Intervals that end at this time or before"),
    intervals: z.array(interval).nullable().openapi({ description: "Oldest first; null if sums were asked for" }),
    next: nextCursor,
    zone: z.string().nullable().openapi({ description: "Zone of the periods; null without sums" }),
    sums: z.array(intervalSum).nullable().openapi({ description: "Oldest first; null without `sum`" }),
  })
  .openapi("IntervalsAnswer");

export const registerState = z
  .object({
    register: z.string(),
    tier: z.number().int().openapi({ description: "0 is the sum of all tiers" }),
    time: moment("When it had this state"),
    value: z.number(),
    reason: z.enum(registerReasons).openapi({ description: "Why it was kept" }),
    serial: z.string().nullable().openapi({ description: "The meter that hung there" }),
  })
  .openapi("RegisterState");

export const registersAnswer = z
  .object({ id, registers: z.array(registerState).openapi({ description: "Oldest first" }), next: nextCursor })
  .openapi("RegistersAnswer");
