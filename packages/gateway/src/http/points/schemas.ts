/** Answers about metering points. */
import { z } from "@hono/zod-openapi";
import { linkStates } from "@meterport/client/supervision/link-status";
import { intervalQualities, intervalSources } from "@meterport/engine/model/interval";
import { eventOrigins } from "@meterport/engine/model/point-event";
import { countsOf, linkHealth, meterIdentity, moment, orNull } from "../schemas.ts";

export const linkState = z.enum(linkStates);

const head = {
  id: z.string().openapi({ description: "The point's id, from the configuration" }),
  name: z.string(),
  group: z.string().nullable().openapi({ description: "Its group, from the configuration; null if it is in none" }),
  zone: z.string().openapi({ description: "IANA zone of its days and months" }),
  fuse_a: z.number().nullable().openapi({ description: "Rating of the main fuse; null if it is not configured" }),
  simulated: z.boolean().openapi({ description: "True for a virtual meter" }),
};

export const pointSummary = z
  .object({
    ...head,
    link: z.object({
      state: linkState,
      since: moment("When this state began"),
      cause: z.string().nullable().openapi({ description: "Cause of this state, as a stable code" }),
      last_reading: moment("The last authenticated reading").nullable(),
    }),
    power_w: z.number().nullable().openapi({ description: "Present net power; null while it is not known" }),
    quality: z.enum(["good", "partial", "suspect", "stale"]),
  })
  .openapi("PointSummary");

export const pointsPage = z
  .object({
    points: z.array(pointSummary),
    next: z.string().nullable().openapi({ description: "`cursor` of the next page; null if this is the last one" }),
    total: z.number().int().openapi({ description: "Points in all, whatever the filter" }),
    found: z.number().int().openapi({ description: "Points that fit the filter, on all pages" }),
    states: countsOf(linkStates).openapi({
      description: "How many points are in each state, whatever the filter; at most 10 s old",
    }),
  })
  .openapi("PointsPage");

export const groupsAnswer = z
  .object({
    groups: z
      .array(
        z.object({
          name: z.string().nullable().openapi({ description: "null for the points that are in no group" }),
          points: z.number().int(),
          states: countsOf(linkStates).openapi({ description: "How many of them are in each state; at most 10 s old" }),
        }),
      )
      .openapi({ description: "By name, the points without a group last" }),
    next: z.string().nullable().openapi({ description: "`cursor` of the next page; null if this is the last one" }),
  })
  .openapi("PointGroups");

const registerValues = z.record(z.string(), z.number()).openapi({ description: "Registers by name, in their units" });

export const device = z
  .object({
    from: moment("The first reading from it"),
    to: moment("The last moment before the next meter; null while it hangs there").nullable(),
    serial: z.string().nullable(),
    manufacturer: z.string().nullable(),
    model: z.string().nullable(),
    firmware: z.string().nullable(),
    profile: z.string().nullable(),
    start: registerValues,
    end: registerValues.nullable(),
    carried: registerValues.nullable().openapi({ description: "What its registers counted and no longer show" }),
  })
  .openapi("Device");

export const devicesAnswer = z
  .object({ id: z.string(), devices: z.array(device).openapi({ description: "Oldest first" }) })
  .openapi("Devices");

export const pointEvent = z
  .object({
    id: z.string().openapi({ description: "The same event has the same id whenever it is read" }),
    time: moment("When it happened or began"),
    until: moment("When it ended; null while it lasts or if it has no length").nullable(),
    kind: z.string().openapi({ description: "A stable code such as `outage`, `log` or `meter-exchange`" }),
    number: z.number().nullable().openapi({ description: "The meter's number of the event; null for our own" }),
    origin: z.enum(eventOrigins).openapi({ description: "Who says so" }),
    detail: z.unknown().openapi({ description: "What the kind adds: any JSON" }),
  })
  .openapi("PointEvent");

export const gap = z.object({ from: moment("Start of the time without values"), to: moment("Its end") }).openapi("Gap");

export const completeness = z
  .object({
    from: moment("Start of the period"),
    to: moment("Its end"),
    expected_s: z.number().openapi({ description: "Seconds since the first interval of the channel that are over" }),
    present_s: z.number().openapi({ description: "Seconds of them that intervals with a value cover" }),
    percent: z
      .number()
      .nullable()
      .openapi({ description: "Rounded down, so that 100 is complete; null before any time passed" }),
    by_quality: countsOf(intervalQualities),
    by_source: countsOf(intervalSources),
    interval_s: z.number().openapi({ description: "Length of the intervals, seconds" }),
    expected: z.number().int().openapi({ description: "Intervals that should be there" }),
    present: z.number().int().openapi({ description: "Intervals with a value" }),
    missing: z.number().int().openapi({ description: "Intervals that nobody has any more" }),
    open: z.number().int().openapi({ description: "Intervals that the meter may still have" }),
    pending: z.number().int().openapi({
      description: "Intervals that ended so recently that the load profile has not been read since: not expected yet",
    }),
    gap_count: z.number().int().openapi({ description: "Times without values, whether marked as missing or not" }),
    longest_gap_s: z.number().openapi({ description: "Length of the longest, seconds; 0 without gaps" }),
    gaps: z.array(gap).openapi({ description: "The first of them, oldest first: 20 of a point, 5 in the list of all" }),
  })
  .openapi("Completeness");

export const meterClock = z
  .object({
    offset_ms: z.number().openapi({ description: "The meter's clock minus this machine's" }),
    error_ms: z.number().openapi({ description: "The true offset is within this distance" }),
    time: moment("When it was read"),
    drift_ppm: z
      .number()
      .nullable()
      .openapi({ description: "How much faster the meter's clock runs, in millionths; null before six hours" }),
  })
  .openapi("MeterClock");

export const pointDetail = z
  .object({
    ...head,
    link: linkHealth,
    identity: orNull(meterIdentity, "What the meter says of itself; null before the first contact"),
    device: orNull(device, "The meter that hangs there now; null if none is stored yet"),
    totals: z.object({ energy_import_wh: z.number().nullable(), energy_export_wh: z.number().nullable() }).openapi({
      description:
        "What the registers would show if the first meter still hung there, as exchanges do not end a point; null if unknown now",
    }),
    channels: z.array(z.string()).openapi({ description: "Channels of which intervals are stored" }),
    currency: z
      .string()
      .nullable()
      .openapi({ description: "ISO 4217: of its prices and costs; null if no prices are configured" }),
    newest_event: orNull(pointEvent, "The newest stored event"),
    completeness: orNull(completeness, "Import of this month; null without intervals"),
    clock: orNull(meterClock, "The meter's clock beside this machine's; null while nobody has looked recently"),
  })
  .openapi("PointDetail");
