/** Values of columns, as the driver gives and takes them. */
import type { Millis } from "@meterport/protocol/ports";

export const iso = (time: Millis): string => new Date(time).toISOString();

/** Of a timestamp, or of a count of milliseconds. */
export const millis = (value: unknown): Millis => (value instanceof Date ? value.getTime() : Number(value));
export const millisOrNull = (value: unknown): Millis | null => (value === null ? null : millis(value));
export const textOrNull = (value: unknown): string | null => (value === null ? null : String(value));
