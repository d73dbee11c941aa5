/** Stored events as the page uses them. */
import { type Loose, listOf, number, oneOf, record, text, timeOf } from "../../state/loose.ts";

const ORIGINS = ["meter", "outage", "alarm", "gateway"] as const;

export interface StoredEvent {
  readonly id: string;
  /** Milliseconds since 1970: when it happened or began. */
  readonly time: number;
  /** When it ended; null while it lasts, or if it has no length. */
  readonly until: number | null;
  readonly kind: string;
  readonly number: number | null;
  /** Null if only a newer gateway knows it. */
  readonly origin: (typeof ORIGINS)[number] | null;
  /** An object, or a list or a text for some kinds. */
  readonly detail: unknown;
}

export interface EventsPage {
  readonly events: readonly StoredEvent[];
  /** Where the next page begins; null at the end. */
  readonly next: string | null;
}

/** More than a page of the gateway has. */
const MOST_EVENTS = 1000;

function eventOf(value: unknown): StoredEvent | null {
  const loose = record(value);
  const [id, time, kind] = [text(loose?.id), timeOf(loose?.time), text(loose?.kind)];
  if (loose === null || id === null || time === null || kind === null) return null;
  return {
    ...{ id, time, kind, until: timeOf(loose.until), number: number(loose.number) },
    ...{ origin: oneOf(ORIGINS, loose.origin), detail: loose.detail },
  };
}

/** The answer of `points/{id}/events`; null if it is none. */
export function eventsOf(data: unknown): EventsPage | null {
  const loose = record(data);
  const events = listOf(loose?.events, MOST_EVENTS, eventOf);
  return events === null ? null : { events, next: text(loose?.next) };
}

/** The details of an event as an object; empty if they are something else. */
export function detailOf({ detail }: StoredEvent): Loose {
  return record(detail) ?? {};
}

/** Kinds that last, and of which `until` null means that they last now. */
export const LASTING_KINDS = ["alarm", "child-alarm", "outage", "frozen", "meter-clock-off", "override"] as const;

/** Flags that the meter counts among its alarms, and that tell of nothing wrong. */
const NOTES: ReadonlySet<unknown> = new Set([
  ...["selfReadOccurred", "eventLogUnreadEntries", "loadProfile1UnreadEntries", "loadProfileSet2UnreadEntries"],
  ...["loadProfileSet3UnreadEntries", "loadProfileSet4UnreadEntries", "mfgLogEntryAvailable", "g3EventLogged"],
  ...["mbusAutoDiscoveryComplete", "prepayWarningAcknowledged", "billingDataCollected", "firmwareSwitchoverSuccess"],
]);

/** Whether an alarm only notes something. */
export function isNote(event: StoredEvent): boolean {
  return event.kind === "alarm" && NOTES.has(detailOf(event).key);
}

/** What lasts now, as far as these events tell. */
export function lasting(events: readonly StoredEvent[]): StoredEvent[] {
  return events.filter(({ kind, until }) => until === null && oneOf(LASTING_KINDS, kind) !== null);
}

/** Whether the meter, one of its devices or the gateway raised it as an alarm. */
export function isAlarm(event: StoredEvent): boolean {
  if (event.kind === "alarm" || event.kind === "child-alarm") return true;
  return event.kind === "log" && detailOf(event).severity === "alarm";
}
