/** Moments by the clock of the meter's zone, as small devices write them. */
import { localMillis } from "@meterport/engine/calendar/local-calendar";
import type { Millis } from "@meterport/protocol/ports";

/**
 * Without an offset, as the consumers expect it.
 *
 * @example
 * localText("Europe/Copenhagen", 1774746000000) // "2026-03-29T03:00:00"
 */
export const localText = (zone: string, millis: Millis): string =>
  new Date(localMillis(zone, millis)).toISOString().slice(0, 19);
