/** What a meter says of its own state, over time: alarms, the tariff in effect, how its outputs stand. Pure. */
import { AlarmTracker, type TrackedAlarm } from "@meterport/client/readers/alarm-tracker";
import type { Alarms } from "@meterport/client/readers/alarms";
import type { ControlState } from "@meterport/client/readers/control-state";
import type { Millis } from "@meterport/protocol/ports";
import type { PointEvent } from "../model/point-event.ts";

export const conditionKinds = ["tier", "calendar", "override", "control"] as const;
export type ConditionKind = (typeof conditionKinds)[number];

/** Something that lasts until it is seen to be different. */
export interface Condition {
  /** What it is of: "tier", "control:relay1". There is one condition for each. */
  readonly key: string;
  readonly kind: ConditionKind;
  /** When it was first seen, milliseconds since 1970. */
  readonly since: Millis;
  /** When it was not so yet; null if it may have begun long before. */
  readonly after: Millis | null;
  readonly lastSeen: Millis;
  /** What is so, as JSON. */
  readonly detail: string;
}

/** What is known of one meter. */
export interface Conditions {
  readonly serial: string | null;
  readonly alarms: readonly TrackedAlarm[];
  readonly lasting: readonly Condition[];
}

export const noConditions: Conditions = { serial: null, alarms: [], lasting: [] };

/** What a meter said at one look. */
export interface MeterState {
  readonly alarms: Alarms;
  readonly control: ControlState;
}

/** What is so now; `detail` is null where it is known that there is nothing. */
interface Fact extends Pick<Condition, "key" | "kind"> {
  readonly detail: string | null;
}

const factsOf = ({ tariff, calendarId, override, overrideKnown, outputs }: ControlState): readonly Fact[] => {
  const fact = (kind: ConditionKind, detail: object | null, key: string = kind): Fact => ({
    ...{ key, kind },
    detail: detail === null ? null : JSON.stringify(detail),
  });
  return [
    ...(tariff === null ? [] : [fact("tier", { tier: tariff.tier, by: tariff.by, season: tariff.season })]),
    ...(calendarId === null ? [] : [fact("calendar", { calendar_id: calendarId })]),
    ...(overrideKnown ? [fact("override", override)] : []),
    ...outputs.flatMap(({ output, state }) =>
      state === "unknown" ? [] : [fact("control", { output, state }, `control:${output}`)],
    ),
  ];
};

const iso = (time: Millis | null): string | null => (time === null ? null : new Date(time).toISOString());

const conditionEvent = (point: string, condition: Condition, until: Millis | null): PointEvent => {
  const { key, kind, since, after, lastSeen, detail } = condition;
  const told = { ...(JSON.parse(detail) as object), after: iso(after) };
  return {
    ...{ point, id: `${key}:${since}`, time: since, until, kind, number: null, origin: "meter" },
    detail: JSON.stringify(until === null ? told : { ...told, last_seen: iso(lastSeen) }),
  };
};

const alarmEvent = (point: string, alarm: TrackedAlarm): PointEvent => {
  const { slot, handle, key, name, firstSeen, lastSeen, cleared } = alarm;
  const told = { key, name, slot, handle };
  return {
    ...{ point, id: `alarm:${slot ?? "meter"}:${handle ?? ""}:${key}:${firstSeen}` },
    ...{ time: firstSeen, until: cleared, kind: "alarm", number: null, origin: "alarm" },
    detail: JSON.stringify(cleared === null ? told : { ...told, last_seen: iso(lastSeen) }),
  };
};

/** A clock that was set back must not let anything end before it began. */
const endOf = (since: Millis, end: Millis): Millis => Math.max(since, end);

const followAlarms = (point: string, before: readonly TrackedAlarm[], { meter, devices }: Alarms, wall: Millis) => {
  const tracker = new AlarmTracker(before);
  // Those of M-Bus devices are events of their own points.
  const clients = devices?.filter(({ kind }) => kind === "mep") ?? null;
  const { began, ended } = tracker.handle({ meter, devices: clients }, wall);
  const over = ended.map((alarm) => ({ ...alarm, cleared: endOf(alarm.firstSeen, wall) }));
  return { events: [...over, ...began].map((alarm) => alarmEvent(point, alarm)), active: tracker.active };
};

const followFacts = (point: string, before: readonly Condition[], facts: readonly Fact[], wall: Millis) => {
  const lasting = new Map(before.map((condition) => [condition.key, condition]));
  const events: PointEvent[] = [];
  for (const { key, kind, detail } of facts) {
    const known = lasting.get(key);
    if (known !== undefined && known.detail === detail) {
      lasting.set(key, { ...known, lastSeen: wall });
      continue;
    }
    if (known !== undefined) events.push(conditionEvent(point, known, endOf(known.since, wall)));
    lasting.delete(key);
    if (detail === null) continue;
    const begun = { key, kind, since: wall, after: known?.lastSeen ?? null, lastSeen: wall, detail };
    lasting.set(key, begun);
    events.push(conditionEvent(point, begun, null));
  }
  return { events, lasting: [...lasting.values()] };
};

/** Everything ends that another meter said: when it was seen last. */
const endAll = (point: string, { alarms, lasting }: Conditions): readonly PointEvent[] => [
  ...alarms.map((alarm) => alarmEvent(point, { ...alarm, cleared: endOf(alarm.firstSeen, alarm.lastSeen) })),
  ...lasting.map((condition) => conditionEvent(point, condition, endOf(condition.since, condition.lastSeen))),
];

/**
 * Compares a state with what was known. What the meter refuses neither begins nor ends anything; at another meter everything
 * begins again.
 *
 * @param wall now, milliseconds since 1970
 * @example
 * const { events, now } = follow("home", noConditions, { serial: "12345678", alarms, control }, Date.now());
 */
export const follow = (
  point: string,
  known: Conditions,
  { serial, alarms, control }: MeterState & Pick<Conditions, "serial">,
  wall: Millis,
): { readonly events: readonly PointEvent[]; readonly now: Conditions } => {
  const same = known.serial === serial;
  const before = same ? known : noConditions;
  const alarmed = followAlarms(point, before.alarms, alarms, wall);
  const controlled = followFacts(point, before.lasting, factsOf(control), wall);
  return {
    events: [...(same ? [] : endAll(point, known)), ...alarmed.events, ...controlled.events],
    now: { serial, alarms: alarmed.active, lasting: controlled.lasting },
  };
};

const kinds: ReadonlySet<unknown> = new Set<ConditionKind>(["tier", "calendar", "override", "control"]);
/** More than the meter and its clients have flags, or a meter has conditions. */
const most = 512;

const isTime = (value: unknown): value is Millis => typeof value === "number" && Math.abs(value) <= 8.64e15;

const isAlarm = (value: unknown): value is TrackedAlarm => {
  const { slot, handle, key, name, firstSeen, lastSeen, cleared } = (value ?? {}) as Partial<TrackedAlarm>;
  const places = [slot, handle].every((place) => place === null || Number.isInteger(place));
  return (
    places &&
    typeof key === "string" &&
    typeof name === "string" &&
    isTime(firstSeen) &&
    isTime(lastSeen) &&
    cleared === null
  );
};

const isObject = (text: unknown): boolean => {
  try {
    const value: unknown = typeof text === "string" ? JSON.parse(text) : null;
    return typeof value === "object" && value !== null;
  } catch {
    return false;
  }
};

const isCondition = (value: unknown): value is Condition => {
  const { key, kind, since, after, lastSeen, detail } = (value ?? {}) as Partial<Condition>;
  const timed = isTime(since) && isTime(lastSeen) && (after === null || isTime(after));
  return typeof key === "string" && kinds.has(kind) && timed && isObject(detail);
};

const listOf = <T>(value: unknown, is: (each: unknown) => each is T): readonly T[] =>
  Array.isArray(value) ? value.slice(0, most).filter(is) : [];

/**
 * What `conditionsText` wrote. Without a memo, or with one that cannot be read, nothing is known.
 *
 * @example
 * parseConditions("rubbish") // noConditions
 */
export const parseConditions = (text: string | undefined): Conditions => {
  try {
    const { serial, alarms, lasting } = JSON.parse(text ?? "{}") as Readonly<Record<string, unknown>>;
    return {
      serial: typeof serial === "string" ? serial : null,
      alarms: listOf(alarms, isAlarm),
      lasting: listOf(lasting, isCondition),
    };
  } catch {
    return noConditions;
  }
};

/** For a memo. */
export const conditionsText = ({ serial, alarms, lasting }: Conditions): string =>
  JSON.stringify({ serial, alarms, lasting });
