/** Stored events in the shape of the API. */
import type { PointEvent } from "@meterport/engine/model/point-event";
import { type BodyOf, iso, isoOrNull } from "../give.ts";
import type { pointEvent } from "../points/schemas.ts";

/** The details of an event are JSON by contract; a text that is none is given as it is. */
const detailOf = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
};

export const eventAnswer = (event: PointEvent): BodyOf<typeof pointEvent> => ({
  id: event.id,
  time: iso(event.time),
  until: isoOrNull(event.until),
  kind: event.kind,
  number: event.number,
  origin: event.origin,
  detail: detailOf(event.detail),
});
