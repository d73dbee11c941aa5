/** What local clocks show, remembered: all points of a zone are asked the same, and a calendar takes longer than the rest of a day's check. */
import { localMillis } from "@meterport/engine/calendar/local-calendar";
import type { Millis } from "@meterport/protocol/ports";

/** Of all zones together; a check of a day asks for some forty moments. */
const mostRemembered = 20_000;

const remembered = new Map<string, Map<Millis, Millis>>();
let count = 0;

/**
 * How far a local clock is from UTC: positive to the east.
 *
 * @throws UsageError (`zone`) if there is no such zone
 * @example
 * offsetAt("Europe/Copenhagen", Date.UTC(2026, 6, 1)) // 7_200_000
 */
export const offsetAt = (zone: string, time: Millis): Millis => {
  const known = remembered.get(zone)?.get(time);
  if (known !== undefined) return known;
  const offset = localMillis(zone, time) - time;
  if (count++ >= mostRemembered) {
    remembered.clear();
    count = 0;
  }
  const ofZone = remembered.get(zone) ?? new Map<Millis, Millis>();
  ofZone.set(time, offset);
  remembered.set(zone, ofZone);
  return offset;
};
