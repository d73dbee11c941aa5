/** Answers that are read from the meter on request. */
import { z } from "@hono/zod-openapi";
import { moment, orNull } from "../schemas.ts";

const head = {
  id: z.string(),
  time_read: moment("When the meter was read, at most a minute ago"),
};

const doubts = z.array(
  z.enum([
    "time",
    "sequence",
    "duration",
    "zone",
    "configuration",
    "length",
    "unit",
    "truncated",
    "malformed",
    "encrypted",
    "security",
  ]),
);
const believed = { quality: z.enum(["good", "suspect"]), doubts };

const time = z.string().nullable().openapi({ description: "ISO 8601 UTC; null for never" });
const happened = { count: z.number().int(), last: time, timeKnown: z.boolean() };
const voltageEvent = z.object({ ...happened, voltage_v: z.number().nullable() }).openapi("VoltageEvent");
const distortion = z
  .object({ ...happened, highest_percent: z.number(), highestAt: time, average_percent: z.number() })
  .openapi("Distortion");
const maybe = z.number().nullable();

const phase = z
  .object({
    sags: voltageEvent,
    surges: voltageEvent,
    deepSags: orNull(voltageEvent, "By the second thresholds; null before firmware 4.10"),
    overCurrents: z.number().int(),
    phaseLosses: z.object({ ...happened, now: z.boolean() }),
    voltageDistortion: orNull(distortion, "null before firmware 3.10"),
    currentDistortion: orNull(distortion, "null before firmware 3.10"),
    powerDistortion: orNull(distortion, "null before firmware 3.10"),
  })
  .openapi("PhaseQuality");

export const powerQuality = z
  .object({
    phases: z.object({ L1: phase, L2: phase, L3: phase }),
    frequency: z.object({ lowest_hz: maybe, lowestAt: time, highest_hz: maybe, highestAt: time }),
    shortOutages: z.number().int(),
    criticalVoltages: z.array(z.object({ at: time, drp_percent: z.number(), drc_percent: z.number() })).nullable(),
    thresholds: z.object({
      longOutage_s: z.number(),
      sagOrSurge_s: z.number(),
      sag_percent: z.number(),
      surge_percent: z.number(),
      overCurrent_percent: z.number(),
      overCurrent_s: maybe,
      deepSag_percent: maybe,
      deepSag_s: maybe,
      voltageDistortion_percent: maybe,
      currentDistortion_percent: maybe,
      powerDistortion_percent: maybe,
    }),
    ...believed,
  })
  .openapi("PowerQuality");

export const qualityAnswer = z.object({ ...head, power_quality: powerQuality }).openapi("QualityAnswer");

export const child = z
  .object({
    slot: z.number().int(),
    handle: z.number().int(),
    kind: z.enum(["mbus", "mep"]),
    state: z.enum(["up", "down", "unknown"]),
    alarms: z.array(z.object({ key: z.string(), name: z.string() })),
    ownAlarms: z.number().int(),
    statusRead: time,
    lastReadAttempt: time,
    customerId: z.string().nullable(),
    schedule: z
      .object({
        frequency: z.enum(["hourly", "daily", "weekly", "monthly", "never", "unknown"]),
        day: z.number(),
        at: z.string().nullable(),
        times: z.unknown().openapi({ description: "What these mean together, as in `meterport devices --json`" }),
        loadProfile_min: maybe,
      })
      .nullable(),
    attempts: z.number().int(),
    answers: z.number().int(),
    control: z.unknown().openapi({ description: "The value that ET34 selects for control, or null" }),
    commandMonitor: z.unknown().openapi({ description: "Which commands to it the meter logs, or null" }),
    latest: z
      .unknown()
      .openapi({ description: "What was last read from it, as `meterport devices --json` has it, or null" }),
    age_s: orNull(z.number(), "seconds since it was last read, by the meter's clock; null if unknown"),
    ...believed,
  })
  .openapi("Child");

export const childrenAnswer = z
  .object({ ...head, children: z.array(child).openapi({ description: "M-Bus devices and MEP clients, by slot" }) })
  .openapi("ChildrenAnswer");

export const tableField = z
  .object({
    path: z.string().openapi({ description: "As in `meterport read`: `devices.0.billingDay`" }),
    start: z.number().int().openapi({ description: "First byte, from the start of the table" }),
    end: z.number().int().openapi({ description: "The byte after its last one" }),
    bits: z.array(z.number().int()).nullable().openapi({ description: "Lowest and highest bit; null for whole bytes" }),
    value: z.unknown().openapi({ description: "The value on the wire; bytes as hex; null for a key" }),
    unit: z.string().nullable().openapi({ description: "Unit of the value on the wire" }),
    meaning: z.string().nullable().openapi({ description: "The guide's name of the value" }),
    reserved: z.boolean(),
    secret: z.boolean().openapi({ description: "A key, which is not given" }),
    type: z.string().openapi({ description: "The guide's type; empty if the value has none of its own" }),
    note: z.string().openapi({ description: "What it is, in one line of English; may be empty" }),
  })
  .openapi("TableField");

export const tableSummary = z
  .object({
    table: z.string(),
    number: z.number().int(),
    title: z.string().nullable().openapi({ description: "null if no guide names it" }),
    known: z.boolean().openapi({ description: "Whether its layout is known, so that it can be read here" }),
    withheld: z.boolean().openapi({ description: "It may hold keys anywhere, so it is not given" }),
    writable: z.boolean().nullable().openapi({ description: "Whether some key may write it; null if unknown" }),
  })
  .openapi("TableSummary");

export const tablesAnswer = z
  .object({
    ...head,
    profile: z.string(),
    from: z.enum(["meter", "profile"]).openapi({
      description: "`meter`: its BT00 names them. `profile`: BT00 says nothing, and firmware like this may have them",
    }),
    tables: z.array(tableSummary).openapi({ description: "By number" }),
  })
  .openapi("TablesAnswer");

export const tableAnswer = z
  .object({
    ...head,
    table: z.string(),
    title: z.string(),
    profile: z.string().openapi({ description: "The layouts that decoded it" }),
    size: z.number().int().openapi({ description: "Of the whole table" }),
    from: z.number().int().openapi({ description: "Offset of the first byte of `raw`; 0 if it is the whole table" }),
    raw: z.string().openapi({ description: "Its bytes as hex, with zeros in place of keys" }),
    fields: z.array(tableField).openapi({ description: "By offset" }),
  })
  .openapi("TableAnswer");
