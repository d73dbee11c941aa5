/** What the API tells of a point as a device of the grid. */
import { z } from "@hono/zod-openapi";
import { deviceRights } from "../../settings/device-settings.ts";
import { moment } from "../schemas.ts";

const source = z
  .object({
    name: z.string(),
    quantity: z.string().openapi({ description: "What it measures, as M-Bus names it" }),
    unit: z.string().nullable(),
    topic: z.string().nullable().openapi({ description: "Where it comes from; null: by `PUT`" }),
    max_age_s: z.number().openapi({ description: "An older value is not sent" }),
    value: z.number().nullable().openapi({ description: "What it said last; null before, and for a telegram" }),
    telegram: z.string().nullable().openapi({ description: "The records that it gave, in hex" }),
    alarms: z
      .number()
      .int()
      .nullable()
      .openapi({ description: "Its alarms, a bit each; null: it said nothing of them" }),
    time: moment("When that was measured; null before the first").nullable(),
    age_s: z.number().nullable(),
    fresh: z.boolean().openapi({ description: "Whether it may be sent" }),
  })
  .openapi("DeviceSource");

const line = z
  .object({
    number: z.number().int().openapi({ description: "Counts from 1 since the daemon started" }),
    time: moment("When"),
    type: z.string(),
    text: z.string(),
  })
  .openapi("DeviceLine");

const rights = z.array(z.enum(deviceRights)).openapi({ description: "What the configuration grants" });
const phase = z.enum(["off", "searching", "blocked", "registered"]).openapi({
  description: "`off` while there is no session with the meter; `blocked` if another device is registered there",
});
const handle = z
  .number()
  .int()
  .nullable()
  .openapi({ description: "The meter's number for it; null while not registered" });

export const devicePoints = z
  .object({
    points: z.array(
      z
        .object({
          id: z.string(),
          rights,
          phase,
          handle,
          sources: z.number().int().openapi({ description: "How many own sources it has" }),
          sources_fresh: z.number().int().openapi({ description: "How many of them may be sent now" }),
          last: line.nullable().openapi({ description: "What happened last" }),
        })
        .openapi("DevicePoint"),
    ),
    next: z.string().nullable().openapi({ description: "`cursor` of the next page; null if this is the last one" }),
  })
  .openapi("DevicePoints");

export const deviceStatus = z
  .object({
    id: z.string(),
    rights,
    phase,
    handle,
    identification: z.string().openapi({ description: "Its 30 bytes in ET50, in hex" }),
    sources: z.array(source),
    display: z
      .array(
        z.object({
          place: z.number().int(),
          key: z.string().openapi({ description: "The live value" }),
          icons: z.array(z.string()),
          value: z.number().int().nullable().openapi({ description: "null while nothing is shown there" }),
        }),
      )
      .openapi({ description: "What it has on the meter's display" }),
    lines: z
      .array(line)
      .openapi({ description: "What the grid asked and what was answered, the newest last; at most 200" }),
  })
  .openapi("DeviceStatus");

export const sourceInput = z
  .strictObject({
    value: z.number().optional().openapi({ description: "In the unit of the source" }),
    telegram: z
      .string()
      .max(1_012)
      .optional()
      .openapi({ description: "Instead of a value: M-Bus records, in hex; they are sent as they are" }),
    alarms: z.number().int().min(0).max(255).optional().openapi({
      description: "Alarms of the source, a bit each: they go with scheduled reads, if a form has `alarms`",
    }),
    time: z.string().max(40).optional().openapi({ description: "When it was measured; now if omitted" }),
  })
  .openapi("SourceInput");

export const takenFiles = z
  .object({
    id: z.string(),
    files: z.array(
      z.object({
        name: z.string(),
        bytes: z.number().int(),
        time: moment("When it was complete"),
        verified: z.boolean().openapi({ description: "Whether its MAC was checked" }),
        sha256: z.string(),
      }),
    ),
  })
  .openapi("DeviceFiles");
