/** When a reading was taken, as a number. */
import type { LiveReading } from "@meterport/protocol/meaning/readings";
import type { Millis } from "@meterport/protocol/ports";

let text = "";
let millis: Millis = Number.NaN;

/**
 * The time of a reading in milliseconds since 1970; NaN if it has none. One part after the other asks for that of the same reading, which is
 * therefore remembered: to take the text apart costs more than most of what they do.
 *
 * @example
 * readingTime({ time: "2026-01-01T00:00:00.000Z" }) // 1767225600000
 */
export const readingTime = ({ time }: Pick<LiveReading, "time">): Millis => {
  if (time !== text) [text, millis] = [time, Date.parse(time)];
  return millis;
};
