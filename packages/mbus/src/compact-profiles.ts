/** Series of values that a device packs into one record, as the ends of its last months (EN 13757-3:2018, annex F). */
import { fromHex } from "@meterport/protocol/bytes";
import { fieldSizes } from "./data-fields.ts";
import { type MbusRecord, mbusRecords } from "./records.ts";

/** One value of a series. */
export interface MbusProfilePoint {
  /** Counts on from the storage of the record. */
  readonly storage: number;
  /** By the device's clock; null if the base has no time, or the spacing none that is certain. */
  readonly time: string | null;
  /** null if the device has none, or has none that it counts from. */
  readonly value: number | null;
}

/** A series, taken apart. */
export interface MbusProfile
  extends Pick<MbusRecord, "function" | "tariff" | "subunit" | "quantity" | "unit" | "phase"> {
  /** Away from the base: later ones, or in an inverse profile earlier ones. */
  readonly points: readonly MbusProfilePoint[];
}

const inverse = 0x13;
const kinds: readonly number[] = [inverse, 0x1e, 0x1f];
const low = (code: number): number => code & 0x7f;

/** Where the codes begin that are added: behind a VIF, and behind those that only lead to another table. */
const firstAdded = (codes: Uint8Array): number => {
  if (codes[0] !== 0xfd && codes[0] !== 0xfb) return 1;
  return codes[0] === 0xfd && codes[1] === 0xfd ? 3 : 2;
};

/** The codes of the values themselves, without the one that packs them. */
const ownCodes = (codes: Uint8Array): readonly number[] => {
  const first = firstAdded(codes);
  const kept = [...codes].filter((code, i) => i < first || !kinds.includes(low(code)));
  return kept.map((code, i) => (i < kept.length - 1 ? code | 0x80 : low(code)));
};

const integerOfEight = 0x07;

/** What a number of steps is in the unit of these codes. */
const inUnit = (codes: readonly number[], raw: number): number | null => {
  const bytes = Array.from({ length: 8 }, (_, i) => Number((BigInt(raw) >> BigInt(8 * i)) & 0xffn));
  return mbusRecords(Uint8Array.of(integerOfEight, ...codes, ...bytes)).records[0]?.value ?? null;
};

/** How numbers follow from each other: they stand for themselves, or for what is added or taken away. */
const signs = [undefined, 1, -1, 1] as const;

/** Numbers of steps; after one that is not known, those that count from it are not known either. */
const stepsOf = (
  found: readonly (number | null)[],
  mode: number,
  back: boolean,
  base: number | null,
): (number | null)[] => {
  const sign = signs[mode];
  if (sign === undefined) return [...found];
  let last = base;
  return found.map((step) => {
    last = last === null || step === null ? null : last + sign * (back ? -step : step);
    return last;
  });
};

const spacings = [1, 60, 3600, 86_400] as const;
const [days, monthly, longest] = [3, 254, 250] as const;

/** Whole months away, at the same day or at the end of a shorter month; undefined where the end may be meant or the day. */
const monthsFrom = (start: Date, months: number): Date | undefined => {
  const day = start.getUTCDate();
  const lastOf = (date: Date): number =>
    new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  if (day < 31 && day === lastOf(start)) return undefined;
  const at = new Date(start);
  at.setUTCDate(1);
  at.setUTCMonth(at.getUTCMonth() + months);
  at.setUTCDate(Math.min(day, lastOf(at)));
  return at;
};

const timeOf = (base: string | null, unit: number, spacing: number, count: number): string | null => {
  if (base === null || spacing === 0) return null;
  const start = new Date(`${base.length === 10 ? `${base}T00:00:00` : base}Z`);
  const inMonths = unit === days && spacing === monthly;
  if (!inMonths && spacing > longest) return null;
  const at = inMonths
    ? monthsFrom(start, count)
    : new Date(start.getTime() + 1000 * (spacings[unit] ?? 0) * spacing * count);
  return at?.toISOString().slice(0, base.length) ?? null;
};

const samePlace = (a: MbusRecord, b: MbusRecord): boolean =>
  a.storage === b.storage && a.tariff === b.tariff && a.subunit === b.subunit && a.function === b.function;

/** The elements behind the two bytes that say how they are packed. */
const elementsOf = (data: Uint8Array, dif: number, codes: readonly number[]): (number | null)[] => {
  const size = fieldSizes[dif] ?? 0;
  const count = size === 0 ? 0 : Math.floor((data.length - 2) / size);
  return Array.from({ length: count }, (_, i) => {
    const bytes = data.subarray(2 + i * size, 2 + (i + 1) * size);
    return mbusRecords(Uint8Array.of(dif, ...codes, ...bytes)).records[0]?.raw ?? null;
  });
};

const profileOf = (record: MbusRecord, records: readonly MbusRecord[]): MbusProfile | undefined => {
  const codes = fromHex(record.codes);
  const data = fromHex(record.data);
  const kind = codes?.subarray(firstAdded(codes)).find((code) => kinds.includes(low(code)));
  if (codes === undefined || data === undefined || kind === undefined || data.length < 2) return undefined;
  const [control = 0, spacing = 0] = data;
  const [mode, unit, dif] = [control >> 6, (control >> 4) & 3, control & 15];
  const own = ownCodes(codes);
  const hex = own.map((code) => code.toString(16).padStart(2, "0")).join("");
  const base = records.find((other) => samePlace(other, record) && other.codes === hex);
  const time =
    records.find(({ storage, time: at }) => storage === record.storage && at !== null && at.includes("-"))?.time ??
    null;
  const back = low(kind) === inverse;
  const steps = stepsOf(elementsOf(data, dif, own), mode, back, base?.raw ?? null);
  const { function: name, tariff, subunit, quantity, phase } = record;
  return {
    function: name,
    tariff,
    subunit,
    quantity,
    unit: record.unit,
    phase,
    points: steps.map((step, i) => ({
      storage: record.storage + 1 + i,
      time: timeOf(time, unit, spacing, back ? -1 - i : 1 + i),
      value: step === null || !Number.isSafeInteger(step) ? null : inUnit(own, step),
    })),
  };
};

/**
 * The series in the records of a telegram, counted from the value and the time of the same storage.
 *
 * @example
 * import { fromHex } from "@meterport/protocol/bytes"
 * import { mbusRecords } from "@meterport/mbus/records"
 * const bytes = fromHex("0c1313100000 026c1f15 0d93130a7afe5802320314024401") ?? new Uint8Array();
 * mbusProfiles(mbusRecords(bytes).records)[0]?.points.map(({ value }) => value) // [0.755, 0.423, 0.209, 0.065]
 */
export const mbusProfiles = (records: readonly MbusRecord[]): readonly MbusProfile[] =>
  records.flatMap((record) => (record.doubts.includes("packed") ? (profileOf(record, records) ?? []) : []));
