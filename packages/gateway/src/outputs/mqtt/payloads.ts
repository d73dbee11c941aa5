/** The messages of a metering point. Every key is in every message; what is unknown is null, never 0. */
import type { JournalEntry } from "@meterport/engine/model/journal-entry";
import type { PointEvent } from "@meterport/engine/model/point-event";
import type { LiveAnswer, MeterDetail } from "@meterport/engine/model/point-model";
import type { ChildView, PointView } from "@meterport/engine/ports/output";
import { type LiveKey, liveKeys } from "@meterport/protocol/meaning/readings";

/** The registers in the unit in which they are sent. */
export const energyKeys = {
  energy_import_kwh: "energy_import_wh",
  energy_export_kwh: "energy_export_wh",
  reactive_energy_import_kvarh: "reactive_energy_import_varh",
  reactive_energy_export_kvarh: "reactive_energy_export_varh",
} as const satisfies Readonly<Record<string, LiveKey>>;

const isRegister = (key: LiveKey): boolean => (Object.values(energyKeys) as readonly LiveKey[]).includes(key);

/** The live keys that are measured at this moment. */
export const momentKeys: readonly LiveKey[] = liveKeys.filter((key) => !isRegister(key));

const iso = (time: number): string => new Date(time).toISOString();
const isoOrNull = (time: number | null): string | null => (time === null ? null : iso(time));

export const livePayload = (live: LiveAnswer) => ({
  time: live.time,
  ...Object.fromEntries(momentKeys.map((key) => [key, live[key]])),
  quality: live.quality,
});

export const energyPayload = (point: Pick<PointView, "total">, live: LiveAnswer) => ({
  time: live.time,
  ...Object.fromEntries(
    Object.entries(energyKeys).map(([key, register]) => {
      const total = point.total(register);
      return [key, total === null ? null : total / 1000];
    }),
  ),
  quality: live.quality,
});

/** Kinds of events that last, and that are over when they have an end. Of others an end that is missing says nothing. */
export const lastingKinds = ["alarm", "outage", "meter-clock-off"] as const;
export type LastingKind = (typeof lastingKinds)[number];

export const statusPayload = (
  { link, identity, name, simulated }: MeterDetail,
  live: LiveAnswer,
  lasting: ReadonlySet<string> | undefined,
) => ({
  name,
  link: link.state,
  problem: link.problem,
  cause: link.cause,
  since: link.since,
  last_reading: link.last_reading,
  quality: live.quality,
  /** Null until the store has said which events last. */
  alarm: lasting?.has("alarm") ?? null,
  outage: lasting?.has("outage") ?? null,
  clock_off: lasting?.has("meter-clock-off") ?? null,
  manufacturer: identity?.manufacturer ?? null,
  model: identity?.model ?? null,
  serial: identity?.serial ?? identity?.utility_serial ?? null,
  firmware: identity?.firmware ?? null,
  simulated,
});

export const diagnosticsPayload = ({ link }: MeterDetail) => ({
  round_trip_ms: link.round_trip_ms,
  polls: link.polls,
  failures: link.failures,
  retries: link.retries,
  discarded: link.discarded,
  outages: link.outages,
  alerts: link.alerts,
});

/** The key of a value of a meter behind another one. */
export const childKey = ({ register, tier }: ChildView["values"][number]): string =>
  tier === 0 ? register : `${register}_t${tier}`;

export const childPayload = ({ state, alarms, readAt, values }: ChildView) => ({
  time: isoOrNull(readAt),
  state,
  alarms: [...alarms],
  ...Object.fromEntries(values.map((each) => [childKey(each), each.value])),
});

/** The `event_type` of Home Assistant, which must be one of a list. */
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

/** The part of a topic, and the message, of a change. `number` tells duplicates apart: after a failure a change may come again. */
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
