/** Times of a model, which begins at a midnight UTC. */
import type { Millis } from "@meterport/protocol/ports";

export const second: Millis = 1_000;
export const minute: Millis = 60 * second;
export const hour: Millis = 60 * minute;
export const day: Millis = 24 * hour;

/** Quarters of an hour: the slots of the model. */
export const slotTime: Millis = 15 * minute;
export const slotsPerDay = 96;
