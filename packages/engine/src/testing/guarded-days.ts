/** Readings of a meter through the guard, for tests: what is shown, what happens, what would be remembered. */
import type { LiveReading } from "@meterport/protocol/meaning/readings";
import type { Millis } from "@meterport/protocol/ports";
import { emptyGuard, type GuardEvent, type GuardLimits, type GuardState, guard } from "../guard/guard.ts";
import { reading } from "./fake-meter.ts";

export interface GuardedRun {
  readonly out: readonly LiveReading[];
  readonly events: readonly GuardEvent[];
  readonly state: GuardState;
}

/** Feeds readings at times. */
export const guarded = (
  values: readonly (readonly [time: Millis, values: Partial<LiveReading>])[],
  limits: GuardLimits,
  from: GuardState = emptyGuard,
): GuardedRun => {
  let state = from;
  const [out, events]: [LiveReading[], GuardEvent[]] = [[], []];
  for (const [time, each] of values) {
    const result = guard(state, reading(time, each), limits);
    state = result.state;
    out.push(result.reading);
    events.push(...result.events);
  }
  return { out, events, state };
};
