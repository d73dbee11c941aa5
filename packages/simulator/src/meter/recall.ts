import type { VirtualMeter } from "./virtual-meter.ts";

const step = 6 * 3_600_000;

/**
 * Adds up the household's past, from now back to where the meter's memory begins, in steps of some hundredths of a second.
 * A server that serves a meter in real time runs it in between: otherwise the first look at an old log would delay the answer
 * for longer than a client waits.
 */
export function* recallPast(meter: VirtualMeter): Generator<void, void> {
  for (let time = meter.time; time > meter.history.past.origin; time -= step) {
    meter.valuesAt(time);
    yield;
  }
}
