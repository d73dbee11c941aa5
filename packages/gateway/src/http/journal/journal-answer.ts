/** Entries of the journal in the shape of the API. */
import { z } from "@hono/zod-openapi";
import type { JournalEntry } from "@meterport/engine/model/journal-entry";
import { type BodyOf, iso } from "../give.ts";
import { eventAnswer } from "../happenings/event-answer.ts";
import { deviceAnswer } from "../points/points.ts";
import { device, pointEvent } from "../points/schemas.ts";
import { moment } from "../schemas.ts";
import { interval, registerState } from "../values/schemas.ts";
import { intervalAnswer, registerAnswer } from "../values/values.ts";

const head = {
  number: z.number().int().openapi({ description: "Rises by 1 with each change, over all points; never used twice" }),
  stored: moment("When it was stored"),
  point: z.string().openapi({ description: "Id of the point" }),
};

export const journalEntry = z
  .discriminatedUnion("kind", [
    z.object({ ...head, kind: z.literal("interval"), channel: z.string(), interval }),
    z.object({ ...head, kind: z.literal("register"), register: registerState }),
    z.object({ ...head, kind: z.literal("event"), event: pointEvent }),
    z.object({ ...head, kind: z.literal("device"), device }),
  ])
  .openapi("JournalEntry");

export const entryAnswer = (entry: JournalEntry): BodyOf<typeof journalEntry> => {
  const { number, point } = entry;
  const common = { number, stored: iso(entry.stored), point };
  switch (entry.kind) {
    case "interval":
      return { ...common, kind: "interval", channel: entry.interval.channel, interval: intervalAnswer(entry.interval) };
    case "register":
      return { ...common, kind: "register", register: registerAnswer(entry.register) };
    case "event":
      return { ...common, kind: "event", event: eventAnswer(entry.event) };
    case "device":
      return { ...common, kind: "device", device: deviceAnswer(entry.device) };
  }
};
