/** Rows of days as the checks want them. Most days are alike, so what is made of a whole day's ranks is remembered. */
import type { Millis } from "@meterport/protocol/ports";
import type { Row } from "../books/database.ts";
import { numberOf } from "../books/scaled.ts";
import { absent, hasValue, meaningOf, notesOf } from "../books/slots.ts";
import type { ChosenDay } from "../vee/choose-day.ts";
import { codeOfStored, codes } from "../vee/codes.ts";
import type { Edit } from "../vee/edits.ts";
import { statusOfSlot } from "../vee/slot-status.ts";
import type { ChannelDay, Installation, PointFacts, RegisterState } from "../vee/vee-input.ts";
import { iso, millis } from "./campaign-rows.ts";

/** Names of the channels that are checked, with what they count. */
export const checkedNames = {
  energy_import_wh: { obis: "1-0:1.29.0", direction: "import", energy: "active", unit: "Wh" },
  energy_export_wh: { obis: "1-0:2.29.0", direction: "export", energy: "active", unit: "Wh" },
  reactive_energy_import_varh: { obis: "1-0:3.29.0", direction: "import", energy: "reactive", unit: "varh" },
  reactive_energy_export_varh: { obis: "1-0:4.29.0", direction: "export", energy: "reactive", unit: "varh" },
} as const;
export type CheckedName = keyof typeof checkedNames;

const byObis = new Map(Object.entries(checkedNames).map(([name, { obis }]) => [obis as string, name as CheckedName]));

/** The channel name of an OBIS code of chosen days; undefined for others. */
export const nameOfObis = (obis: string): CheckedName | undefined => byObis.get(obis);

/** Numbers of an array's text such as "{1,NULL,3}"; the parser of JSON is the quickest that there is. */
export const numbersIn = (text: unknown): (number | null)[] =>
  JSON.parse(`[${String(text).slice(1, -1).replaceAll("NULL", "null")}]`) as (number | null)[];

const mostRemembered = 5_000;
const remembered = new Map<string, readonly number[]>();

const statusOf = (ranks: string, statuses: string): readonly number[] => {
  const key = `${ranks} ${statuses}`;
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const made = [...ranks].map((rank, slot) => {
    const meaning = meaningOf(rank);
    const notes = notesOf(statuses[slot] ?? "");
    return meaning === undefined ? 0 : statusOfSlot(meaning.source, meaning.quality, notes);
  });
  if (remembered.size >= mostRemembered) remembered.clear();
  remembered.set(key, made);
  return made;
};

/** A channel-day with what it is of. */
export interface VeeDay extends ChannelDay {
  readonly name: CheckedName;
  /** Milliseconds of a slot. */
  readonly step: Millis;
}

const largest = 2 ** 31;

const bounded = (value: number): number | null => (Math.abs(value) > largest ? null : value);

/**
 * Values in whole Wh; what no slot holds is unknown. Of values with decimals the sums since the day began are rounded, so that those of many slots
 * are not off by half a Wh each.
 */
const inUnits = (raw: readonly (number | null)[], digits: number): readonly (number | null)[] => {
  if (digits < 0) return raw.map((value) => (value === null ? null : bounded(numberOf(value, digits))));
  let [sum, whole] = [0, 0];
  return raw.map((value) => {
    if (value === null) return null;
    sum += value;
    const before = whole;
    whole = Math.round(sum / 10 ** digits);
    return bounded(whole - before);
  });
};

export const veeDayIn = (row: Row): VeeDay => {
  const [rank, digits] = [String(row.rank), Number(row.digits)];
  const raw = numbersIn(row.raw);
  return {
    ...{
      name: String(row.name) as CheckedName,
      step: 1_000 * Number(row.step),
      channel: Number(row.channel_id),
      meter: null,
    },
    ...{ day: Date.parse(`${String(row.day)}T00:00:00Z`), rank, status: statusOf(rank, String(row.status)) },
    raw: digits === 0 ? raw : inUnits(raw, digits),
  };
};

/** Whether something is known of each slot of a day: its values may have several decimal places, and so be in several channels. */
export const isComplete = (days: readonly Pick<VeeDay, "rank">[]): boolean => {
  const [first, ...others] = days;
  if (first === undefined) return false;
  if (!first.rank.includes(absent)) return true;
  return [...first.rank].every((rank, n) => rank !== absent || others.some((one) => one.rank[n] !== absent));
};

/** Values of a day; null where it has none. */
export const valuesOf = ({ raw, rank }: VeeDay): readonly (number | null)[] =>
  raw.map((value, slot) => (hasValue(rank[slot] ?? absent) ? value : null));

const fuseIn = (value: unknown): PointFacts["fuse"] => {
  if (typeof value !== "object" || value === null) return null;
  const { amps, volts, phases } = value as Record<string, unknown>;
  const isRight = typeof amps === "number" && typeof volts === "number" && (phases === 1 || phases === 3);
  return isRight && amps > 0 && amps <= 1e5 && volts > 0 && volts <= 1e6 ? { amps, volts, phases } : null;
};

export interface VeePoint {
  readonly number: number;
  readonly id: string;
  readonly zone: string;
  readonly fuse: PointFacts["fuse"];
  readonly plant: boolean | null;
  /** Of its channels that are checked. */
  readonly names: readonly CheckedName[];
}

export const veePointIn = (row: Row): VeePoint => ({
  ...{ number: Number(row.point_id), id: String(row.id), zone: String(row.zone), fuse: fuseIn(row.fuse) },
  plant: typeof row.plant === "boolean" ? row.plant : null,
  names: row.names as CheckedName[],
});

const registerIn = (text: unknown, name: string): number | null => {
  const found: unknown = text === null || text === undefined ? null : JSON.parse(String(text));
  const value = typeof found === "object" && found !== null ? (found as Record<string, unknown>)[name] : undefined;
  return typeof value === "number" && Number.isFinite(value) ? Math.round(value) : null;
};

/** No counter is full before. */
const leastRollover = 1_000_000;

/**
 * Where the counter of the newest meter that was full started over, as its reader noted; null if none was. What a counter lost in a power failure
 * is noted in the same place, and is less.
 */
export const rolloverIn = (rows: readonly Row[], name: CheckedName): number | null => {
  const counts = rows.flatMap(({ about }) => {
    const { carried } = about === undefined ? {} : (JSON.parse(String(about)) as { readonly carried?: unknown });
    const count = carried === undefined ? null : registerIn(JSON.stringify(carried), name);
    return count !== null && count >= leastRollover ? [count] : [];
  });
  return counts.at(-1) ?? null;
};

/** Stands for a meter of which nobody knows the serial number; no serial number has such a sign. */
const unknownMeter = (n: number): string => `? ${n}`;

/** Registers of a meter that is not known by its number are of the one that hung there, whatever their own number. */
export const registersAt = (
  registers: readonly RegisterState[],
  installations: readonly Installation[],
): readonly RegisterState[] =>
  installations.every(({ meter }) => !meter.startsWith("?"))
    ? registers
    : registers.map((one) => {
        const at = installations.find(({ from, to }) => from <= one.time && one.time <= (to ?? one.time));
        return at?.meter.startsWith("?") === true ? { ...one, meter: null } : one;
      });

/** Nobody hung there before, as far as is known: what the first meter remembers of the time before it was first seen is the point's. */
const always: Millis = 0;

/** The meters of a point in order, for one of its channels. Of two that overlap the earlier one ends when the later one comes. */
export const installationsIn = (rows: readonly Row[], name: CheckedName): readonly Installation[] => {
  const found = rows.flatMap((row, n) => {
    const [from, next] = [millis(row.from_at), rows[n + 1]];
    const end = row.to_at === null ? Number.POSITIVE_INFINITY : millis(row.to_at);
    const to = Math.min(end, next === undefined ? Number.POSITIVE_INFINITY : millis(next.from_at));
    if (to <= from) return [];
    return [
      {
        ...{ meter: row.serial === null ? unknownMeter(n) : String(row.serial), to: Number.isFinite(to) ? to : null },
        ...{ from: n === 0 ? always : from, startRegister: n === 0 ? null : registerIn(row.start_register, name) },
        endRegister: row.to_at === null || to < end ? null : registerIn(row.end_register, name),
      },
    ];
  });
  return found.length > 0
    ? found
    : [{ meter: unknownMeter(0), from: always, to: null, startRegister: null, endRegister: null }];
};

export const editIn = (row: Row): Edit => {
  const common = {
    ...{ author: String(row.author), reason: String(row.reason), at: millis(row.at) },
    ...{ from: millis(row.from_at), to: millis(row.to_at) },
  };
  const kind = String(row.kind);
  if (kind === "set") return { ...common, kind, values: (row.value as number[] | null) ?? [] };
  return { ...common, kind: kind === "accept" || kind === "estimate" ? kind : "withdraw" };
};

export const chosenIn = (row: Row): ChosenDay => ({
  ...{ version: Number(row.version), values: numbersIn(row.value), rules: numbersIn(row.rule).map(Number) },
  codes: [...String(row.code)].map((letter) => codeOfStored(letter) ?? "missing"),
  ...{ by: String(row.by), reason: row.reason === null ? null : String(row.reason), at: millis(row.at) },
});

/** The columns of a version that are arrays, as texts. */
export const chosenTexts = ({ values, codes: named, rules }: ChosenDay) => ({
  value: `{${values.map((value) => value ?? "NULL").join(",")}}`,
  code: `{${named.map((code) => codes[code].stored).join(",")}}`,
  rule: `{${rules.join(",")}}`,
});

export const isoDay = (time: Millis): string => iso(time).slice(0, 10);
