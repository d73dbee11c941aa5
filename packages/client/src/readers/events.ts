/** The event logs of a meter as one list: BT74 and, if enabled, ET79, whose entries share one counter. */
import { ResponseError } from "@meterport/protocol/errors";
import { utcMillis } from "@meterport/protocol/layout/index";
import {
  type EventArgument,
  type EventSeverity,
  type EventSource,
  type EventUser,
  eventArgumentOf,
  eventOf,
  eventUserOf,
} from "@meterport/protocol/meaning/events";
import type { Millis } from "@meterport/protocol/ports";
import type { BT71 } from "@meterport/protocol/tables/basic/bt71-actual-log";
import { BT74 } from "@meterport/protocol/tables/basic/bt74-history-log-data";
import type { ET54 } from "@meterport/protocol/tables/extended/et54-meter-status";
import { ET79 } from "@meterport/protocol/tables/extended/et79-alternate-event-log";
import { mayHave } from "../meter/capabilities.ts";
import type { Meter } from "../meter/meter.ts";
import { type Believed, believed, type Doubt, isoOf } from "./quality.ts";
import { type LogOptions, type Ring, readRing, ringOf } from "./ring.ts";

type Entry = BT74["historyRecords"][number];
export type EventLogName = "primary" | "alternate";

const logs: Readonly<Record<EventLogName, Ring<Entry>>> = {
  primary: ringOf(BT74, "historyRecords", (env) => (env.BT71 as BT71).historyEntries, false),
  alternate: ringOf(ET79, "historyRecords", (env) => (env.ET54 as ET54).et79EntryCount ?? 0, false),
};

/** One event. */
export interface LogEvent extends Believed {
  /** Number over both logs; null if it does not fit its neighbours. */
  readonly sequence: number | null;
  /** ISO 8601 UTC; null if the meter's date is impossible. */
  readonly time: string | null;
  /** Number without the manufacturer's bit. */
  readonly event: number;
  /** Whether the number carries the manufacturer's bit. */
  readonly manufacturer: boolean;
  /** The number as in the log, with that bit. */
  readonly raw: number;
  /** In plain English; null if no public document has the number. */
  readonly name: string | null;
  /** Null without a name. */
  readonly severity: EventSeverity | null;
  /** Which document has the name; null without one. */
  readonly source: EventSource | null;
  readonly user: EventUser;
  /** Its meaning depends on the event. */
  readonly argument: Uint8Array;
  /** The decoded argument. */
  readonly decoded: EventArgument;
  /** Which of the two logs hold it. */
  readonly logs: readonly EventLogName[];
}

export interface EventsOptions extends LogOptions {
  /** Newest first by default. `oldest-first` gives nothing before everything was read. */
  readonly order?: "newest-first" | "oldest-first" | undefined;
  /** Only events after this number, or at or after this moment; those without a plausible one are included. */
  readonly since?: { readonly sequence: number } | { readonly time: Millis } | undefined;
}

/** Stops after this many events in a row that are too old: a clock that was set back hides only a few. */
const mostOldEntries = 32;

interface Numbered extends LogEvent {
  /** Its position among the others, even if its own number is not plausible. */
  readonly place: number;
}

async function* readLog(meter: Meter, name: EventLogName, options: LogOptions): AsyncGenerator<Numbered> {
  let previous: number | undefined;
  for await (const { entries, newest } of readRing(meter, logs[name], options)) {
    for (const { value } of entries) {
      // Entries keep the low half only: the header has the whole number of the newest.
      const base = previous ?? newest;
      const back = (base - value.sequenceNumber) & 0xffff;
      const follows = previous === undefined ? back === 0 : back > 0 && back < 0x8000 && back <= base;
      if (follows || previous === undefined) previous = base - (follows ? back : 0);
      yield eventFrom(value, name, follows ? previous : null, previous);
    }
  }
}

const eventFrom = (entry: Entry, log: EventLogName, sequence: number | null, place: number): Numbered => {
  const millis = utcMillis(entry.time);
  const doubts: Doubt[] = [...(millis === undefined ? (["time"] as const) : [])];
  if (sequence === null) doubts.push("sequence");
  const { number, manufacturer, name, severity, source } = eventOf(entry.event);
  return {
    sequence,
    time: millis === undefined ? null : isoOf(millis),
    event: number,
    manufacturer,
    raw: entry.event,
    name,
    severity,
    source,
    user: eventUserOf(entry.userId),
    argument: entry.argument,
    decoded: eventArgumentOf(entry.event, entry.argument),
    logs: [log],
    place,
    ...believed(doubts),
  };
};

/** Both logs by number, an event in both of them only once. */
async function* merged(meter: Meter, options: LogOptions): AsyncGenerator<Numbered> {
  const names: readonly EventLogName[] = (await hasAlternate(meter, options)) ? ["primary", "alternate"] : ["primary"];
  const progress = names.map(() => ({ done: 0, total: 0, dropped: 0 }));
  const sources = names.map((name, i) => {
    const tell = (own: { done: number; total: number; dropped: number }): void => {
      progress[i] = own;
      const sum = (key: "done" | "total" | "dropped"): number => progress.reduce((n, part) => n + part[key], 0);
      options.progress?.({ done: sum("done"), total: sum("total"), dropped: sum("dropped") });
    };
    return readLog(meter, name, { ...options, progress: tell });
  });
  const heads = await Promise.all(sources.map((source) => source.next()));
  const take = async (i: number): Promise<void> => {
    heads[i] = await (sources[i] as AsyncGenerator<Numbered>).next();
  };
  for (;;) {
    const [first, second] = heads.map((head) => (head?.done === true ? undefined : head?.value));
    if (first === undefined && second === undefined) return;
    if (first !== undefined && second !== undefined && sameEvent(first, second)) {
      yield { ...first, logs: ["primary", "alternate"] };
      await take(0);
      await take(1);
    } else if (second === undefined || (first !== undefined && first.place >= second.place)) {
      yield first as Numbered;
      await take(0);
    } else {
      yield second;
      await take(1);
    }
  }
}

const sameEvent = (a: LogEvent, b: LogEvent): boolean =>
  a.sequence !== null &&
  a.sequence === b.sequence &&
  a.event === b.event &&
  a.manufacturer === b.manufacturer &&
  a.time === b.time;

/** Its count is 0 unless it was switched on in production (MEP guide 1.1, p. 187). */
const hasAlternate = async (meter: Meter, { signal }: LogOptions): Promise<boolean> => {
  const call = { signal };
  if (!(await mayHave(meter, ET79, call))) return false;
  try {
    return logs.alternate.room(await meter.environment(ET79, call)) > 0;
  } catch (error) {
    // Meters whose BT00 ends before its sets show it only by a refusal.
    if (error instanceof ResponseError && error.code === "no-such-table") return false;
    throw error;
  }
};

const isOld = (event: LogEvent, since: NonNullable<EventsOptions["since"]>): boolean => {
  if ("sequence" in since) return event.sequence !== null && event.sequence <= since.sequence;
  return event.time !== null && Date.parse(event.time) < since.time;
};

async function* newestFirst(meter: Meter, { since, ...options }: EventsOptions): AsyncGenerator<LogEvent> {
  let old = 0;
  for await (const { place: _, ...event } of merged(meter, options)) {
    if (since === undefined || !isOld(event, since)) {
      old = 0;
      yield event;
    } else if ("sequence" in since || ++old >= mostOldEntries) return;
  }
}

/**
 * The events of both logs. An event that the meter overwrites while its log is read is left out and counted in
 * `progress`. To continue later, pass the highest `sequence` as `since`; before firmware 3.70 it restarts when a log
 * is cleared, so there a time is safer. MEP guide 1.1, pp. 187-189, 247-249.
 *
 * @throws LayoutError for an impossible header; LinkError, ResponseError
 */
export async function* readEvents(meter: Meter, options: EventsOptions = {}): AsyncGenerator<LogEvent> {
  if (options.order !== "oldest-first") {
    yield* newestFirst(meter, options);
    return;
  }
  const all: LogEvent[] = [];
  for await (const event of newestFirst(meter, options)) all.push(event);
  yield* all.reverse();
}
