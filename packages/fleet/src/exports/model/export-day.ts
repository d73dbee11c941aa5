/** What every export is made of: the chosen values of one point and one channel over one day. */
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import { codeFacts, type ValueCode } from "./value-codes.ts";

/** Value of one interval. `amount` is a whole number of `unit`, null exactly if the code is `missing`. */
export interface ExportValue {
  readonly amount: number | null;
  readonly code: ValueCode;
  /** Version of the chosen day that it is of. */
  readonly version: number;
}

/** Consecutive intervals of one channel, usually one day by the clock of `zone`: 92, 96 or 100 quarters. */
export interface ExportDay {
  readonly point: string;
  /** The point's number in the market: a GSRN of 18 digits, or what the country has instead; null if it has none. */
  readonly gsrn: string | null;
  /** A, B, C, D and E as in "1-0:1.8.0". */
  readonly obis: string;
  readonly unit: "Wh" | "varh";
  /** IANA name. */
  readonly zone: string;
  /** The first moment, UTC. */
  readonly start: Millis;
  /** Minutes. */
  readonly step: number;
  readonly values: readonly ExportValue[];
}

const steps: readonly number[] = [1, 2, 3, 5, 10, 15, 20, 30, 60];
/** A day of 25 hours in minutes. */
const mostValues = 1_500;
/** decimal(18,3) holds fifteen digits of kWh and three of Wh; an exact integer is less than that. */
const isAmount = (amount: number): boolean => Number.isSafeInteger(amount) && amount >= 0;

const problemOf = (value: ExportValue): string | undefined => {
  if (!(value.code in codeFacts)) return `has the code ${JSON.stringify(value.code)}, which no format knows`;
  if (!Number.isSafeInteger(value.version) || value.version < 1) return "has no version: versions count from 1";
  if (value.code === "missing") return value.amount === null ? undefined : "is missing and has an amount: give null";
  if (value.amount === null) return `has the code ${value.code} and no amount: unknown values have the code missing`;
  return isAmount(value.amount) ? undefined : `is ${value.amount}: amounts are whole, and never below 0`;
};

/** Milliseconds of one interval of a day. */
export const stepMillis = (day: Pick<ExportDay, "step">): Millis => day.step * 60_000;

/** The moment at which interval `n` begins. */
export const startOfSlot = (day: ExportDay, n: number): Millis => day.start + n * stepMillis(day);

/** The moment at which the last interval ends. */
export const endOfDay = (day: ExportDay): Millis => startOfSlot(day, day.values.length);

const place = (day: ExportDay): string => `point ${JSON.stringify(day.point)}, ${day.obis}`;

/**
 * Refuses a day that no file may carry.
 *
 * @throws UsageError (`day`) with the point and what is wrong
 */
export const checkDay = (day: ExportDay): void => {
  const refuse = (what: string): never => {
    throw new UsageError("day", `${place(day)}: ${what}`);
  };
  if (!steps.includes(day.step)) refuse(`a step of ${day.step} minutes does not divide an hour`);
  if (!Number.isSafeInteger(day.start) || day.start % stepMillis(day) !== 0)
    refuse("the day does not begin where an interval begins: give the moment of a whole step");
  if (day.values.length === 0 || day.values.length > mostValues)
    refuse(`a day of ${day.values.length} values is not a day: give 1 to ${mostValues}`);
  for (const [n, value] of day.values.entries()) {
    const problem = problemOf(value);
    if (problem !== undefined) refuse(`the value of ${new Date(startOfSlot(day, n)).toISOString()} ${problem}`);
  }
};

/** Checks each day as it is taken, so that a file of any size needs the memory of one day. @throws UsageError (`day`) */
export function* checkedDays(days: Iterable<ExportDay>): Generator<ExportDay, void, undefined> {
  for (const day of days) {
    checkDay(day);
    yield day;
  }
}

/** Versions that one channel brought into a file: the lowest and the highest if they differ. */
export interface CarriedVersion {
  readonly point: string;
  readonly obis: string;
  readonly start: Millis;
  readonly end: Millis;
  readonly version: number;
}

/** Which version of which values a file carries: one entry for each run of intervals with the same version. */
export const carriedVersions = (days: Iterable<ExportDay>): readonly CarriedVersion[] => {
  const carried: CarriedVersion[] = [];
  for (const day of days)
    for (const [n, { version }] of day.values.entries()) {
      const last = n === 0 ? undefined : carried.at(-1);
      const end = startOfSlot(day, n + 1);
      if (last?.version === version) carried[carried.length - 1] = { ...last, end };
      else carried.push({ point: day.point, obis: day.obis, start: startOfSlot(day, n), end, version });
    }
  return carried;
};

/** What energy a channel counts. Only channels of these kinds have a name in the formats of markets. */
export interface ChannelMeaning {
  readonly direction: "import" | "export";
  readonly reactive: boolean;
}

/**
 * The direction and kind of a channel, from the third group of its OBIS code: 1 and 2 are active energy, 3 and 4 reactive.
 *
 * @throws UsageError (`obis`) for other channels
 * @example
 * meaningOf("1-0:1.8.0") // { direction: 'import', reactive: false }
 */
export const meaningOf = (obis: string): ChannelMeaning => {
  const group = /^(?:\d{1,3}-\d{1,3}:)?([1-4])\.\d{1,3}(?:\.\d{1,3})?$/.exec(obis)?.[1];
  if (group === undefined)
    throw new UsageError(
      "obis",
      `the channel ${JSON.stringify(obis)} is not import or export of energy (1 to 4): leave it out`,
    );
  return { direction: group === "1" || group === "3" ? "import" : "export", reactive: group === "3" || group === "4" };
};
