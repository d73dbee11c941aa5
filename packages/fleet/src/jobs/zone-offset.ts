/** How far local clocks are from UTC: one function for each zone, since campaigns ask the same of all meters of a zone. */
import { localMillis } from "@meterport/engine/calendar/local-calendar";
import type { LocalOffset } from "@meterport/engine/plan/quiet";

/** A fleet has few zones. */
const mostZones = 500;
const offsets = new Map<string, LocalOffset>();

/**
 * The offset of a zone. The same zone gives the same function.
 *
 * @throws UsageError (`zone`) when it is asked, if there is no such zone
 * @example
 * zoneOffset("Europe/Copenhagen")(Date.UTC(2026, 6, 1)) // 7_200_000
 */
export const zoneOffset = (zone: string): LocalOffset => {
  const known = offsets.get(zone);
  if (known !== undefined) return known;
  if (offsets.size >= mostZones) offsets.clear();
  const offset: LocalOffset = (wall) => localMillis(zone, wall) - wall;
  offsets.set(zone, offset);
  return offset;
};
