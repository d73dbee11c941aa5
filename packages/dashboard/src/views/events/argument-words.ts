/** Takes the arguments of the meter's log apart, for languages that need it: loaded with their words. */
import { eventArgumentOf } from "@meterport/protocol/meaning/events";
import type { Speaker } from "./event-sentence.ts";

const MOST_BYTES = 64;

export const argumentOf: NonNullable<Speaker["argumentOf"]> = (raw, hex) => {
  const bytes = (hex.slice(0, 2 * MOST_BYTES).match(/[0-9a-f]{2}/gi) ?? []).map((byte) => Number.parseInt(byte, 16));
  return eventArgumentOf(raw, Uint8Array.from(bytes));
};
