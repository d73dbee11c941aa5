/** How an interval came to be that is the difference of two states of a register. */
import type { LiveReading } from "@meterport/protocol/meaning/readings";
import type { Millis } from "@meterport/protocol/ports";
import { type RegisterKey, registerKeys } from "../guard/measured.ts";
import type { StoredInterval } from "../model/interval.ts";
import type { Store } from "../ports/store.ts";
import { differenceRule } from "./interval-builder.ts";

/** A reading of the register. */
export interface RegisterReading {
  /** Milliseconds since 1970. */
  readonly time: Millis;
  readonly value: number;
}

/** One end of the interval. */
export interface DifferenceEnd {
  readonly time: Millis;
  /** State of the register at that moment; null if it was not kept. */
  readonly register: number | null;
  /** The readings beside it, between which the state lies on a straight line; null if they are not kept any more. */
  readonly before: RegisterReading | null;
  readonly after: RegisterReading | null;
}

export interface DifferenceWhy {
  /** One sentence. */
  readonly rule: string;
  readonly begin: DifferenceEnd;
  readonly end: DifferenceEnd;
}

/** More readings than fit beside a boundary at five a second. */
const mostReadings = 1_000;

const isRegisterKey = (channel: string): channel is RegisterKey =>
  (registerKeys as readonly string[]).includes(channel);

/** @param tolerance longest time between a boundary and a reading that counts for it */
export const differenceWhy = async (
  store: Pick<Store, "readings">,
  { point, channel, end, seconds, value, register, source }: StoredInterval,
  tolerance: Millis,
): Promise<DifferenceWhy | undefined> => {
  if (source !== "difference" || !isRegisterKey(channel)) return undefined;
  const known = (readings: readonly LiveReading[]): RegisterReading[] =>
    readings.flatMap((each) => {
      const state = each.quality === "stale" ? null : each[channel];
      return state === null ? [] : [{ time: Date.parse(each.time), value: state }];
    });
  const at = async (time: Millis, state: number | null): Promise<DifferenceEnd> => {
    const before = await store.readings(point, { from: time - tolerance, to: time, limit: mostReadings });
    const after = await store.readings(point, { from: time, to: time + tolerance + 1, limit: mostReadings });
    return { time, register: state, before: known(before).at(-1) ?? null, after: known(after)[0] ?? null };
  };
  const start = register === null || value === null ? null : register - value;
  return { rule: differenceRule, begin: await at(end - 1000 * seconds, start), end: await at(end, register) };
};
