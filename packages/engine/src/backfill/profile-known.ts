/** Intervals that are known elsewhere, such as in the books of a fleet: back-fill does not read them again. */
import type { Millis } from "@meterport/protocol/ports";
import type { Covered } from "./profile-gaps.ts";

/** What is asked: the intervals of a point that ended after one moment and until another. */
export interface KnownQuery {
  readonly point: string;
  readonly after: Millis;
  readonly until: Millis;
}

/** By the name of a channel, the times that are settled there. Empty if nothing is known. */
export type KnownIntervals = ReadonlyMap<string, readonly Covered[]>;

/** @throws Error to have the round begin again later */
export type ProfileKnown = (query: KnownQuery) => Promise<KnownIntervals>;
