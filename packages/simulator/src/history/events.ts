/** BT74 and ET79: what happened to the meter, in two logs that share one sequence. */
import { encode, type Table, tableExists, utcFields } from "@meterport/protocol/layout/index";
import type { Millis } from "@meterport/protocol/ports";
import { BT74, type Dimensions, ET79 } from "@meterport/protocol/tables/index";
import { zeroValue } from "../contents/filled.ts";
import type { LiveTable } from "../contents/memory.ts";
import type { Setup } from "../contents/setup.ts";
import type { Household } from "../household/household.ts";
import { Noise } from "../household/noise.ts";
import { scenarios } from "../household/scenarios.ts";
import { type Happening, type HappeningOptions, happenings } from "./happenings.ts";
import type { Past } from "./past.ts";
import { ReverseEnergy } from "./reverse-energy.ts";

export interface MeterEvent extends Happening {
  /** Shared by both logs. */
  readonly sequenceNumber: number;
}
/** What somebody did to the meter; without an argument it is 0. */
export type Noted = Omit<Happening, "alternate" | "argument"> & { readonly argument?: number };

/** No more is remembered than the logs of any meter hold. */
const mostNoted = 1000;

/** Bytes that hold a number, lowest first. */
const argumentBytes = (argument: number, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => Math.floor(argument / 256 ** i) & 0xff);

/** The meter's event logs. */
export class EventLogs {
  readonly #setup: Setup;
  readonly #past: Past;
  readonly #reversals: ReverseEnergy | undefined;
  readonly #chances: Noise;
  readonly #noted: Happening[] = [];
  /** Events that were logged, and cleared, before those that are known. */
  readonly #cleared: number;
  /** Noted events that are forgotten. */
  #forgotten = 0;

  constructor(setup: Setup, past: Past, household: Household) {
    this.#setup = setup;
    this.#past = past;
    this.#reversals = scenarios[household.scenario].generates ? new ReverseEnergy(household, past) : undefined;
    this.#chances = new Noise(setup.seed, "events");
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
    this.#noted.push({ argument: 0, ...event, alternate: false });
    if (this.#noted.length <= mostNoted) return;
    this.#noted.shift();
    this.#forgotten++;
  }

  /** Everything that was logged until a time of the meter's clock, oldest first, including those that the logs have lost since. */
  until(time: Millis): readonly MeterEvent[] {
    const { profile, dimensions, demand } = this.#setup;
    const alternate = tableExists(ET79, profile) && (dimensions.ET54.et79EntryCount ?? 0) > 0;
    const noted = this.#noted.filter((event) => event.time <= time);
    const options: HappeningOptions = {
      past: this.#past,
      demand,
      alternate,
      chance: (outage) => this.#chances.unit(outage),
      reversals: (until) => this.#reversals?.until(until) ?? [],
    };
    const all = [...happenings(options, time), ...noted].sort((a, b) => a.time - b.time);
    return all.map((event, i) => ({
      ...event,
      sequenceNumber: this.#cleared + this.#forgotten + i,
    }));
  }

  #log<Id extends string>(table: Table<Id, BT74, Dimensions>, time: Millis, alternate: boolean): Uint8Array {
    const { dimensions } = this.#setup;
    const zero = zeroValue(table, dimensions);
    const events = this.until(time).filter((event) => event.alternate === alternate);
    const capacity = zero.historyRecords.length;
    const first = Math.max(0, events.length - capacity);
    // Forgotten events have taken places in the logs too.
    const before = alternate ? 0 : this.#forgotten;
    const historyRecords = [...zero.historyRecords];
    for (const [i, event] of events.entries())
      if (i >= first)
        historyRecords[(before + i) % capacity] = {
          ...(zero.historyRecords[0] as BT74["historyRecords"][number]),
          time: utcFields(event.time),
          sequenceNumber: event.sequenceNumber & 0xffff,
          userId: event.userId,
          event: event.event,
          argument: argumentBytes(event.argument, dimensions.BT71.historyDataLength),
        };
    const unread = events.filter((event) => event.time > this.#past.start).length;
    const value: BT74 = {
      ...zero,
      overflow: unread > capacity,
      listType: 1,
      validEntries: events.length - first,
      lastEntryElement: events.length === 0 ? 0 : (before + events.length - 1) % capacity,
      lastEntrySequenceNumber: events.at(-1)?.sequenceNumber ?? 0,
      unreadEntries: Math.min(capacity, unread),
      historyRecords,
    };
    return encode(table, value, dimensions);
  }
}
