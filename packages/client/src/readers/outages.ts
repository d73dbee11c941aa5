/** Power outages: the latest ones of ET09, in UTC, joined with the log of ET81, in local time. */
import { ResponseError } from "@meterport/protocol/errors";
import type { LtimeDate } from "@meterport/protocol/layout/dates";
import { utcMillis } from "@meterport/protocol/layout/index";
import type { Millis } from "@meterport/protocol/ports";
import { BT53 } from "@meterport/protocol/tables/basic/bt53-time-offset";
import { ET09 } from "@meterport/protocol/tables/extended/et09-power-quality";
import { adjustableLog, type ET36 } from "@meterport/protocol/tables/extended/et36-mfg-table-actual-dimensions";
import { ET81 } from "@meterport/protocol/tables/extended/et81-power-outage-log";
import { mayHave } from "../meter/capabilities.ts";
import type { Meter } from "../meter/meter.ts";
import { type Believed, believed, type Doubt, isBlank, isoOf, localIso } from "./quality.ts";
import { type LogOptions, readRing, ringOf } from "./ring.ts";

/** One outage. */
export interface Outage extends Believed {
  /** ISO 8601 UTC; null if unknown or impossible. */
  readonly start: string | null;
  readonly end: string | null;
  /** By the meter's local clock, without a zone; null if only UTC is recorded. */
  readonly startLocal: string | null;
  readonly endLocal: string | null;
  /** Whole seconds. */
  readonly duration_s: number | null;
  /** 3 power failure, 8 brown-out; null if the record does not say. */
  readonly resetCause: number | null;
  readonly cause: "power failure" | "brown-out" | null;
  /** Number in ET81; null if it is not there. */
  readonly sequence: number | null;
  readonly tables: readonly ("ET09" | "ET81")[];
}

type Record09 = ET09["powerOutages"][number];
type Entry81 = ET81["entries"][number];

const ring = ringOf(
  ET81,
  "entries",
  (env) => (env.ET36 as ET36).actualDimensions[adjustableLog.ET81]?.currentEntries ?? 0,
);

const causes: Readonly<Record<number, Outage["cause"]>> = { 3: "power failure", 8: "brown-out" };

/** The stored length is rounded down, and so are both ends. */
const tolerance = 2;

const fromRecord = (record: Record09): Outage => {
  const start = utcMillis(record.powerOff);
  const end = utcMillis(record.powerOn);
  const doubts: Doubt[] = [];
  if (start === undefined || end === undefined) doubts.push("time");
  else if (Math.abs((end - start) / 1000 - record.powerOffDuration) > tolerance) doubts.push("duration");
  return {
    start: start === undefined ? null : isoOf(start),
    end: end === undefined ? null : isoOf(end),
    startLocal: null,
    endLocal: null,
    duration_s: record.powerOffDuration,
    resetCause: record.resetCause,
    cause: causes[record.resetCause] ?? null,
    sequence: null,
    tables: ["ET09"],
    ...believed(doubts),
  };
};

/** Possible offsets of local time ahead of UTC, milliseconds: without and with daylight saving time. */
type Offsets = readonly number[];

/** The moments that a local time may stand for. */
const moments = (local: LtimeDate, offsets: Offsets): readonly number[] => {
  const millis = utcMillis(local);
  return millis === undefined ? [] : offsets.map((offset) => millis - offset);
};

const fromEntry = (entry: Entry81, sequence: number, offsets: Offsets): Outage => {
  const starts = moments(entry.start, offsets);
  const ends = moments(entry.end, offsets);
  const [start] = starts.length === 1 ? starts : [];
  const [end] = ends.length === 1 ? ends : [];
  const startLocal = localIso(entry.start);
  const endLocal = localIso(entry.end);
  const doubts: Doubt[] = [];
  if (startLocal === null || endLocal === null) doubts.push("time");
  // Without an offset local time may be any moment; its length is true unless the clock changed meanwhile.
  else if (start === undefined || end === undefined) doubts.push("zone");
  const seconds =
    startLocal === null || endLocal === null
      ? null
      : ((utcMillis(entry.end) ?? 0) - (utcMillis(entry.start) ?? 0)) / 1000;
  if (seconds !== null && seconds < 0) doubts.push("duration");
  return {
    start: start === undefined ? null : isoOf(start),
    end: end === undefined ? null : isoOf(end),
    startLocal,
    endLocal,
    duration_s: seconds !== null && seconds < 0 ? null : seconds,
    resetCause: null,
    cause: null,
    sequence,
    tables: ["ET81"],
    ...believed(doubts),
  };
};

const same = (outage: Outage, entry: Entry81, offsets: Offsets): boolean => {
  const near = (iso: string | null, local: LtimeDate): boolean =>
    iso !== null && moments(local, offsets).some((at) => Math.abs(at - Date.parse(iso)) <= tolerance * 1000);
  return near(outage.start, entry.start) && near(outage.end, entry.end);
};

/** For meters whose BT00 does not say what they have, and for keys that may not read it. */
const unless = async <T>(read: () => Promise<T>, codes: readonly ResponseError["code"][]): Promise<T | undefined> => {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ResponseError && codes.includes(error.code)) return undefined;
    throw error;
  }
};

/** How far the meter's local time is ahead of UTC: its standard time, and summer time if it has that. Empty if the meter does not say it. */
export const readOffsets = async (meter: Meter, options: LogOptions): Promise<Offsets> => {
  if (!(await mayHave(meter, BT53, signalOf(options)))) return [];
  const bt53 = await unless(() => meter.read(BT53, signalOf(options)), ["no-such-table", "no-permission"]);
  if (bt53 === undefined) return [];
  const standard = bt53.timeZoneOffset * 60_000;
  return bt53.dstTimeAdjustment === 0 ? [standard] : [standard, standard + bt53.dstTimeAdjustment * 60_000];
};

const signalOf = ({ signal }: LogOptions) => ({ signal });

const readLog = async (meter: Meter, options: LogOptions): Promise<{ value: Entry81; sequence: number }[]> => {
  const found: { value: Entry81; sequence: number }[] = [];
  if (!(await mayHave(meter, ET81, signalOf(options)))) return found;
  const all = async (): Promise<void> => {
    for await (const { entries } of readRing(meter, ring, options)) found.push(...entries);
  };
  await unless(all, ["no-such-table"]);
  return found;
};

export interface OutagesOptions extends LogOptions {
  /** Only those that ended at this moment or later, Unix milliseconds; if the end is unknown, the start counts. */
  readonly since?: Millis | undefined;
}

/** One whose time is unknown may be from any time. */
const isSince = ({ start, end }: Outage, since: Millis): boolean => {
  const known = end ?? start;
  return known === null || Date.parse(known) >= since;
};

/**
 * Every outage that the meter remembers, newest first. To continue later, pass the `end` of the first one as `since`.
 * Records that were never used are left out; impossible dates are null. Times of ET81 become UTC if ET09 has the same
 * outage, or if the meter has no daylight saving time.
 * MEP guide 1.1, pp. 75-76, 191-192.
 *
 * @throws LayoutError, LinkError, ResponseError
 */
export async function* readOutages(
  meter: Meter,
  { since = Number.NEGATIVE_INFINITY, ...options }: OutagesOptions = {},
): AsyncGenerator<Outage> {
  for (const outage of await allOutages(meter, options)) if (isSince(outage, since)) yield outage;
}

/** Reads both tables whole: only together do they show which outages are the same, and their order. */
const allOutages = async (meter: Meter, options: LogOptions): Promise<Outage[]> => {
  const records = (await mayHave(meter, ET09, signalOf(options)))
    ? await unless(() => meter.read(ET09, ["powerOutages"], signalOf(options)), ["no-such-table"])
    : [];
  const outages: Outage[] = [];
  const known = new Set<string>();
  for (const record of records ?? []) {
    const outage = fromRecord(record);
    // A record that moved between two messages of one read would appear twice.
    const key = JSON.stringify(record);
    if ((isBlank(record.powerOn) && isBlank(record.powerOff)) || known.has(key)) continue;
    known.add(key);
    outages.push(outage);
  }
  const entries = await readLog(meter, options);
  const offsets = entries.length === 0 ? [] : await readOffsets(meter, options);
  const others: Outage[] = [];
  for (const { value, sequence } of entries) {
    const at = outages.findIndex((outage) => outage.sequence === null && same(outage, value, offsets));
    const outage = outages[at];
    if (outage === undefined) others.push(fromEntry(value, sequence, offsets));
    else
      outages[at] = {
        ...outage,
        startLocal: localIso(value.start),
        endLocal: localIso(value.end),
        sequence,
        tables: ["ET09", "ET81"],
      };
  }
  return [...outages, ...others].sort((a, b) => momentOf(b, offsets) - momentOf(a, offsets));
};

/** For sorting only: right within an hour if the zone is in doubt; records without a date come last. */
const momentOf = ({ start, startLocal, end, endLocal }: Outage, offsets: Offsets): number => {
  const utc = start ?? end;
  if (utc !== null) return Date.parse(utc);
  const local = startLocal ?? endLocal;
  return local === null ? 0 : Date.parse(`${local}Z`) - (offsets[0] ?? 0);
};
