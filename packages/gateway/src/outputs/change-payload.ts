/** A change of the journal as a message in JSON: the same for every consumer. */
import type { JournalEntry } from "@meterport/engine/model/journal-entry";
import type { PointEvent } from "@meterport/engine/model/point-event";

const iso = (time: number): string => new Date(time).toISOString();
const isoOrNull = (time: number | null): string | null => (time === null ? null : iso(time));

/** What an event is about; Home Assistant wants one of a list. */
export const eventTypes = ["log", "outage", "alarm", "finding"] as const;

const eventTypeOf = ({ kind, origin }: PointEvent): (typeof eventTypes)[number] => {
  if (origin === "alarm" || kind === "alarm") return "alarm";
  if (origin === "outage") return "outage";
  return origin === "meter" ? "log" : "finding";
};

/** Details are JSON by contract; a text that is none is given as it is. */
const detailOf = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
};

/** What has changed, and the message that says so. `number` tells duplicates apart: after a failure a change may come again. */
export const changePayload = (entry: JournalEntry): { readonly kind: JournalEntry["kind"]; readonly body: object } => {
  const head = { number: entry.number, stored: iso(entry.stored) };
  if (entry.kind === "interval") {
    const { channel, end, seconds, value, source, quality, flags, register, revision } = entry.interval;
    const body = { channel, end: iso(end), seconds, value, source, quality, flags, register, revision };
    return { kind: entry.kind, body: { ...head, ...body } };
  }
  if (entry.kind === "register") {
    const { register, tier, time, value, reason, serial } = entry.register;
    return { kind: entry.kind, body: { ...head, register, tier, time: iso(time), value, reason, serial } };
  }
  if (entry.kind === "event") {
    const { id, time, until, kind, number, origin, detail } = entry.event;
    const body = { id, time: iso(time), until: isoOrNull(until), kind, code: number, origin, detail: detailOf(detail) };
    return { kind: entry.kind, body: { event_type: eventTypeOf(entry.event), ...head, ...body } };
  }
  const { from, to, serial, manufacturer, model, firmware, profile } = entry.device;
  const body = { from: iso(from), to: isoOrNull(to), serial, manufacturer, model, firmware, profile };
  return { kind: entry.kind, body: { ...head, ...body } };
};

/** The same for a consumer that gets all changes at one place. An event has a `kind` of its own, so `change` says what has changed. */
export const changeMessage = (entry: JournalEntry): object => {
  const { kind, body } = changePayload(entry);
  return { point: entry.point, change: kind, ...body };
};
