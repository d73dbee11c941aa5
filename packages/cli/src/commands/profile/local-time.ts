/** Times with their UTC offset, so that the repeated hour in autumn is unambiguous. */
import { twoDigits } from "@meterport/protocol/digits";
import type { Millis } from "@meterport/protocol/ports";
import type { Zone } from "../../format/moment.ts";

/**
 * A moment in UTC to the second.
 *
 * @example
 * utcText(1774746000000) // "2026-03-29T01:00:00Z"
 */
export const utcText = (millis: Millis): string => `${new Date(millis).toISOString().slice(0, 19)}Z`;

/** The same moment by the clock of a zone: "2026-03-29T03:00:00+02:00". */
export const localText = (millis: Millis, zone: Zone): string => {
  const local = zone.text(utcText(millis)).replace(" ", "T");
  const minutes = Math.round((Date.parse(`${local}Z`) - millis) / 60_000);
  const ahead = Math.abs(minutes);
  return `${local}${minutes < 0 ? "-" : "+"}${twoDigits(Math.floor(ahead / 60))}:${twoDigits(ahead % 60)}`;
};
