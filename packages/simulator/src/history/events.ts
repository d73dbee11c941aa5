/** BT74 and ET79: what happened to the meter, in two logs that share one sequence. */
import { encode, isRealDate, type Table, tableExists, utcFields } from "@meterport/protocol/layout/index";
import type { Millis } from "@meterport/protocol/ports";
import { BT74, type Dimensions, ET79 } from "@meterport/protocol/tables/index";
import { zeroValue } from "../contents/filled.ts";
import type { LiveTable } from "../contents/memory.ts";
import type { Setup } from "../contents/setup.ts";
import { denmark } from "../contents/zone.ts";
import { beginOf, localDay, midnights, seasonBegins } from "./calendar-days.ts";
import { isSummer } from "./local-time.ts";
import type { Past } from "./past.ts";
import { demandResetsUntil } from "./snapshots.ts";

const hour = 3_600_000;
/** Event numbers as ANSI C12.19 has them: the guides have none. */
export const eventNumber = {
  powerDown: 1,
  powerUp: 2,
  timeChangedFrom: 3,
  timeChangedTo: 4,
  demandReset: 20,
  selfRead: 21,
  summerTimeOn: 22,
  summerTimeOff: 23,
  seasonChange: 24,
  pendingActivated: 28,
  pendingCleared: 29,
} as const;

/** The user where none was logged on. */
export const nobody = 0xffff;
const powerLine = 0xfffe;

export interface MeterEvent {
  /** Of the meter's clock. */
  readonly time: Millis;
  readonly event: number;
  readonly userId: number;
  /** Shared by both logs. */
  readonly sequenceNumber: number;
  /** In ET79, else in BT74. */
  readonly alternate: boolean;
}
type Happening = Omit<MeterEvent, "sequenceNumber">;
/** What somebody did to the meter. */
export type Noted = Omit<Happening, "alternate">;

/** More is not remembered than the logs of any meter hold. */
const mostNoted = 1000;

/** When summer time begins and ends: on the days whose ends lie on different sides of it. */
const summerTimeChanges = (past: Past, time: Millis): Happening[] =>
  midnights(past.origin, time).flatMap((midnight) => {
    const before = isSummer(midnight, denmark);
    const end = beginOf(localDay(midnight) + 1);
    if (before === isSummer(end, denmark)) return [];
    let at = midnight;
    while (isSummer(at, denmark) === before) at += hour;
    const event = before ? eventNumber.summerTimeOff : eventNumber.summerTimeOn;
    return at > time ? [] : [{ time: at, event, userId: nobody, alternate: false }];
  });

/** All events until `time`, oldest first. */
const happenings = (past: Past, time: Millis, demand: boolean, alternate: boolean): readonly Happening[] => {
  const at = (event: number, times: readonly Millis[], other = false): Happening[] =>
    times.map((moment) => ({ time: moment, event, userId: nobody, alternate: other }));
  const { time: set, by } = past.clockChange;
  const all = [
    ...past.outages.flatMap(({ off, on }) => [...at(eventNumber.powerDown, [off]), ...at(eventNumber.powerUp, [on])]),
    { time: set - by, event: eventNumber.timeChangedFrom, userId: powerLine, alternate: false },
    { time: set, event: eventNumber.timeChangedTo, userId: powerLine, alternate: false },
    ...(alternate ? at(eventNumber.selfRead, midnights(past.origin, time), true) : []),
    ...at(eventNumber.seasonChange, seasonBegins(past.origin, time)),
    ...(demand ? at(eventNumber.demandReset, demandResetsUntil(past, time)) : []),
    ...summerTimeChanges(past, time),
  ];
  return all
    .filter((event) => isRealDate(utcFields(Math.max(event.time, Date.UTC(2000, 0, 1)))))
    .sort((a, b) => a.time - b.time);
};

/** The meter's event logs. */
export class EventLogs {
  readonly #setup: Setup;
  readonly #past: Past;
  readonly #noted: Happening[] = [];
  /** Events that were logged, and cleared, before those that are known. */
  readonly #cleared: number;

  constructor(setup: Setup, past: Past) {
    this.#setup = setup;
    this.#past = past;
    this.#cleared = Math.floor(setup.noise.between(0, 70_000, 90_000, 30));
  }

  tables(kept: (step: Millis, make: LiveTable) => LiveTable): readonly (readonly [number, LiveTable])[] {
    const { profile, dimensions } = this.#setup;
    const second = 1000;
    const entries = (dimensions.ET54.et79EntryCount ?? 0) > 0;
    return [
      [BT74.number, kept(second, (time) => this.#log(BT74, time, false))],
      ...(tableExists(ET79, profile) && entries
        ? ([[ET79.number, kept(second, (time) => this.#log(ET79, time, true))]] as const)
        : []),
    ];
  }

  /** Adds what has happened now. */
  note(event: Noted): void {
    this.#noted.push({ ...event, alternate: false });
    if (this.#noted.length > mostNoted) this.#noted.shift();
  }

  /** Everything that was logged until a time of the meter's clock, oldest first, what the logs have lost since included. */
  until(time: Millis): readonly MeterEvent[] {
    const { profile, dimensions, demand } = this.#setup;
    const alternate = tableExists(ET79, profile) && (dimensions.ET54.et79EntryCount ?? 0) > 0;
    const noted = this.#noted.filter((event) => event.time <= time);
    const all = [...happenings(this.#past, time, demand, alternate), ...noted].sort((a, b) => a.time - b.time);
    return all.map((event, i) => ({
      ...event,
      sequenceNumber: this.#cleared + i,
    }));
  }

  #log<Id extends string>(table: Table<Id, BT74, Dimensions>, time: Millis, alternate: boolean): Uint8Array {
    const { dimensions } = this.#setup;
    const zero = zeroValue(table, dimensions);
    const events = this.until(time).filter((event) => event.alternate === alternate);
    const capacity = zero.historyRecords.length;
    const first = Math.max(0, events.length - capacity);
    const historyRecords = [...zero.historyRecords];
    for (const [i, event] of events.entries())
      if (i >= first)
        historyRecords[i % capacity] = {
          ...(zero.historyRecords[0] as BT74["historyRecords"][number]),
          time: utcFields(event.time),
          sequenceNumber: event.sequenceNumber & 0xffff,
          userId: event.userId,
          event: event.event,
        };
    const unread = events.filter((event) => event.time > this.#past.start).length;
    const value: BT74 = {
      ...zero,
      overflow: unread > capacity,
      listType: 1,
      validEntries: events.length - first,
      lastEntryElement: events.length === 0 ? 0 : (events.length - 1) % capacity,
      lastEntrySequenceNumber: events.at(-1)?.sequenceNumber ?? 0,
      unreadEntries: Math.min(capacity, unread),
      historyRecords,
    };
    return encode(table, value, dimensions);
  }
}
