/** The columns of readings, minutes, quarters and hours, and the whole numbers that they hold. */
import type { LiveKey } from "@meterport/protocol/meaning/readings";
import { bucketRegisters, readingColumns } from "../reading-columns.ts";

export type ReadingColumn = (typeof readingColumns)[number];

const isRegister = (column: ReadingColumn): boolean => (bucketRegisters as readonly string[]).includes(column);

/** Keys of which each resolution keeps the mean. Of `power_w` it keeps sum and count instead, which are exact. */
export const meanColumns = readingColumns.filter((column) => column !== "power_w" && !isRegister(column));

/** Keys of which each resolution also keeps the extremes, beside `power_w`. */
export const extremeColumns = ["voltage_l1_v", "voltage_l2_v", "voltage_l3_v"] as const satisfies readonly LiveKey[];

/**
 * SQLite stores a whole number in one to six bytes and any other in eight. So volts, amperes, hertz and power factors are stored
 * as thousandths, which are whole numbers, as the meter sends them.
 */
export const readingScale = (column: ReadingColumn): number => (/_v$|_a$|_hz$|^power_factor/.test(column) ? 1_000 : 1);

/** Means are rounded: powers to a tenth of their unit, the rest to thousandths. */
export const meanScale = (column: ReadingColumn): number => (readingScale(column) === 1 ? 10 : 1_000);

/**
 * Rows have one number for point and time, so that a table is one tree without an index, in which new rows of a point come
 * last: the lower 42 bits are milliseconds since 1970, until the year 2109.
 */
export const timeBits = 42;
export const lastTime = 2 ** timeBits - 1;

/** A time within what a row can have. */
export const storableTime = (time: number): number => Math.min(Math.max(time, 0), lastTime);

/** The id of a row, of two parameters or numbers. */
export const idOf = (point: string, time: string): string => `((${point} << ${timeBits}) | ${time})`;

/** The time of a row. A whole id may be beyond what a JavaScript number holds. */
export const timeOfId = `(id & ${lastTime})`;

/**
 * What is made of readings. Each is made of the one before it, and stored once `together` seconds are over: a commit writes whole
 * pages, and five minutes fill as many as they need.
 */
export const resolutions = [
  { table: "minute", seconds: 60, together: 300, from: "reading" },
  { table: "quarter", seconds: 900, together: 900, from: "minute" },
  { table: "hour", seconds: 3_600, together: 3_600, from: "quarter" },
] as const;

export type Resolution = (typeof resolutions)[number];
