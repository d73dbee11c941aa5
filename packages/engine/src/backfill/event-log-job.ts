/** The meter's event log as events of the point: each entry once, with its name and the meaning of its argument. */
import { type LogEvent, readEvents } from "@meterport/client/readers/events";
import type { Millis } from "@meterport/protocol/ports";
import type { PointEvent } from "../model/point-event.ts";
import type { BackfillDeps, BackfillJob } from "./job.ts";
import { MemoryJob, type MemoryLog } from "./memory-job.ts";

const usually: Millis = 300_000;
/** Name of the memo that says up to where a point's log was read. */
export const eventLogMemo = "event-log";
/** More than the logs of any meter are known to hold. */
const mostEntries = 2_000;

/** Up to where the log was read. */
interface Mark {
  readonly serial: string | null;
  /** Goes before numbers that were used already: those of an exchanged meter, and of a log that began again. */
  readonly prefix: string;
  readonly sequence: number;
  readonly time: string | null;
}

const parseMark = (text: string | undefined): Mark | undefined => {
  if (text === undefined) return undefined;
  try {
    const { serial = null, prefix, sequence, time = null } = JSON.parse(text) as Partial<Mark>;
    return typeof prefix === "string" && typeof sequence === "number" ? { serial, prefix, sequence, time } : undefined;
  } catch {
    return undefined;
  }
};

/**
 * The event of a log entry.
 *
 * @param near a time for entries without a possible one: that of the entry after it
 */
const logPointEvent = (point: string, prefix: string, event: LogEvent, near: Millis): PointEvent => {
  const time = event.time === null ? near : Date.parse(event.time);
  const number = event.sequence ?? `${event.raw}@${time}`;
  const { name, severity, decoded, raw, user, logs, doubts } = event;
  return {
    point,
    id: `log:${prefix}${number}`,
    time,
    until: null,
    kind: "log",
    number: event.event,
    origin: "meter",
    detail: JSON.stringify({
      ...{ code: event.event, raw, name, severity, argument: decoded.text, hex: decoded.hex },
      ...{ sequence: event.sequence, user: user.kind, logs, ...(doubts.length === 0 ? {} : { doubts }) },
    }),
  };
};

const eventLog: MemoryLog<LogEvent> = {
  name: eventLogMemo,
  rest: () => usually,
  read: async (meter, known, signal) => {
    const mark = parseMark(known);
    const events: LogEvent[] = [];
    for await (const event of readEvents(meter, { signal })) {
      if (mark !== undefined && event.sequence === mark.sequence && event.time === mark.time) break;
      events.push(event);
      if (events.length >= mostEntries) break;
    }
    return events;
  },
  keep: async (events, { deps: { point, store, clock }, known, serial, since, memo }) => {
    const mark = parseMark(known);
    const newest = events.find(({ sequence }) => sequence !== null);
    if (newest === undefined || newest.sequence === null) return;
    let prefix = mark?.prefix ?? "";
    if (mark !== undefined && mark.serial !== serial) prefix = `${serial}:`;
    // Before firmware 3.70 the numbers of a cleared log begin again.
    else if (mark !== undefined && newest.sequence <= mark.sequence) prefix = `${serial}/${clock.wall()}:`;
    let near = clock.wall();
    const found = events.map((event) => {
      const made = logPointEvent(point, prefix, event, near);
      near = made.time;
      return made;
    });
    const next: Mark = { serial, prefix, sequence: newest.sequence, time: newest.time };
    await store.write({ events: found.filter(({ time }) => time >= since), memos: [memo(JSON.stringify(next))] });
  },
};

export const eventLogJob = (deps: BackfillDeps, every?: Millis): BackfillJob => new MemoryJob(deps, eventLog, every);
