/** BT24, BT25, BT26, ET31 and ET41: the registers as they were when a day, a month or a season ended, or on request. */
import { encode, utcFields } from "@meterport/protocol/layout/index";
import type { Millis } from "@meterport/protocol/ports";
import { adjustableLog } from "@meterport/protocol/tables/extended/et36-mfg-table-actual-dimensions";
import { type BT23, BT24, BT25, BT26, type Dimensions, ET31, ET41 } from "@meterport/protocol/tables/index";
import { zeroValue } from "../contents/filled.ts";
import type { LiveTable } from "../contents/memory.ts";
import { denmark } from "../contents/zone.ts";
import { beginOf, localDay, monthBegins, seasonBegins } from "./calendar-days.ts";
import type { LiveTables } from "./live-tables.ts";
import { localMillis } from "./local-time.ts";
import type { Past } from "./past.ts";
import { seasonAt } from "./tariff.ts";

const minute = 60_000;
const day = 86_400_000;
/** Self-reads are numbered by days, so that the number tells how long the meter has been in use. */
const firstSelfRead = Math.floor(Date.UTC(2000, 0, 1) / day);
/** One-time reads on request, milliseconds before the meter's start. */
const oneTimeReads = [9 * day + 7 * 60 * minute, 3 * day + 95 * minute];

interface Ring<T> {
  readonly validEntries: number;
  readonly lastEntryElement: number;
  readonly lastEntrySequenceNumber: number;
  readonly entries: T[];
}

/** The newest `count` of entries that are numbered up to `newest`, each at its place; empty if there are none. */
const ring = <T>(count: number, newest: number, valid: number, entry: (number: number) => T, none: T): Ring<T> => {
  const validEntries = Math.max(0, Math.min(count, valid));
  const entries = Array<T>(count).fill(none);
  for (let i = 0; i < validEntries; i++) entries[(newest - i) % count] = entry(newest - i);
  return {
    validEntries,
    lastEntryElement: validEntries === 0 ? 0 : newest % count,
    lastEntrySequenceNumber: newest & 0xffff,
    entries,
  };
};

/** Demand resets until `time`: one when each month begins. */
export const demandResetsUntil = (past: Past, time: Millis): readonly Millis[] => monthBegins(past.origin, time);

export class Snapshots {
  readonly #live: LiveTables;
  readonly #past: Past;
  readonly #demand: boolean;

  constructor(live: LiveTables, past: Past, demand: boolean) {
    this.#live = live;
    this.#past = past;
    this.#demand = demand;
  }

  tables(): readonly (readonly [number, LiveTable])[] {
    const kept = (make: LiveTable): LiveTable => this.#live.kept(minute, make);
    return [
      [BT24.number, kept((time) => this.#seasonEnd(time))],
      [BT25.number, kept((time) => this.#lastReset(time))],
      [BT26.number, kept((time) => this.#selfReads(time))],
      [ET31.number, kept((time) => this.#oneTimeReads(time))],
      [ET41.number, kept((time) => this.#resets(time))],
    ];
  }

  /** When BT26 took its copies, oldest first: each local midnight. */
  selfReadTimes(time: Millis): readonly Millis[] {
    const { selfReads } = this.#live.dimensions.BT21;
    const newest = localDay(time);
    return Array.from({ length: selfReads }, (_, i) => beginOf(newest - selfReads + 1 + i)).filter(
      (at) => at >= this.#past.origin,
    );
  }

  #copy(time: Millis) {
    const { BT21 } = this.#live.dimensions;
    const { year, month, day: date, hour, minute: minutes } = utcFields(localMillis(time, denmark));
    return {
      ...(BT21.dateTime ? { timeAndDate: { year, month, day: date, hour, minute: minutes } } : {}),
      // The copy is taken before the new season begins.
      ...(BT21.season ? { season: seasonAt(time - 1) } : {}),
      registerData: this.#live.registersAt(time) as BT23,
    };
  }

  #withNumber(time: Millis) {
    return { ...(this.#live.dimensions.BT21.demands > 0 ? { bidn: 0 } : {}), ...this.#copy(time) };
  }

  #seasonEnd(time: Millis): Uint8Array {
    const { dimensions } = this.#live;
    const last = seasonBegins(this.#past.origin, time).at(-1);
    const value = last === undefined ? zeroValue(BT24, dimensions) : (this.#copy(last) as BT24);
    return encode(BT24, value, dimensions);
  }

  #resetTimes(time: Millis): readonly Millis[] {
    return this.#demand ? demandResetsUntil(this.#past, time) : [];
  }

  #lastReset(time: Millis): Uint8Array {
    const { dimensions } = this.#live;
    const last = this.#resetTimes(time).at(-1);
    const value = last === undefined ? zeroValue(BT25, dimensions) : (this.#copy(last) as BT25);
    return encode(BT25, value, dimensions);
  }

  #selfReads(time: Millis): Uint8Array {
    const { dimensions } = this.#live;
    const zero = zeroValue(BT26, dimensions);
    const newest = localDay(time) - firstSelfRead;
    const { entries, ...header } = ring(
      zero.selfReadEntries.length,
      newest,
      this.selfReadTimes(time).length,
      (number) => this.#withNumber(beginOf(number + firstSelfRead)) as BT26["selfReadEntries"][number],
      zero.selfReadEntries[0] as BT26["selfReadEntries"][number],
    );
    const unread = Math.min(header.validEntries, localDay(time) - localDay(this.#past.start));
    const value = {
      ...zero,
      ...header,
      listType: true,
      overflow: true,
      unreadEntries: unread,
      selfReadEntries: entries,
    };
    return encode(BT26, value, dimensions);
  }

  #oneTimeReads(_: Millis): Uint8Array {
    const dimensions: Dimensions = this.#live.dimensions;
    const zero = zeroValue(ET31, dimensions);
    const times = oneTimeReads.map((ago) => Math.floor((this.#past.start - ago) / minute) * minute);
    const { entries, ...header } = ring(
      zero.oneTimeReadEntries.length,
      times.length - 1,
      times.length,
      (number) => this.#withNumber(times[number] ?? 0) as ET31["oneTimeReadEntries"][number],
      zero.oneTimeReadEntries[0] as ET31["oneTimeReadEntries"][number],
    );
    return encode(ET31, { ...zero, ...header, listType: true, oneTimeReadEntries: entries }, dimensions);
  }

  #resets(time: Millis): Uint8Array {
    const { dimensions } = this.#live;
    const zero = zeroValue(ET41, dimensions);
    const times = this.#resetTimes(time);
    const size = dimensions.ET36.actualDimensions[adjustableLog.ET41]?.entrySize ?? 2;
    const { entries, ...header } = ring(
      zero.demandResetEntries.length,
      Math.max(0, times.length - 1),
      times.length,
      (number) =>
        ({
          length: size - 2,
          resetReason: 0,
          bidn: 0,
          ...this.#copy(times[number] ?? 0),
        }) as ET41["demandResetEntries"][number],
      zero.demandResetEntries[0] as ET41["demandResetEntries"][number],
    );
    const overflow = times.length > zero.demandResetEntries.length;
    return encode(ET41, { ...zero, ...header, overflow, listType: true, demandResetEntries: entries }, dimensions);
  }
}
