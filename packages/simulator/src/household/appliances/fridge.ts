/** A compressor behind a thermostat. */

import type { Appliance } from "../load.ts";
import type { Noise } from "../noise.ts";

/** Cycles of about three quarters of an hour; the motor is inductive and starts with a kick. */
export function fridge(noise: Noise, phase: number, watts = 85): Appliance {
  const period = Math.round(noise.between(0, 2400, 3300, 8));
  const offset = Math.round(noise.between(1, 0, period, 8));
  return (block) => {
    const cycle = Math.floor((block.start + offset) / period);
    const shift = block.local - block.start;
    const start = cycle * period - offset + shift + noise.between(cycle, 0, 0.2 * period, 1);
    const end = start + period * noise.between(cycle, 0.3, 0.42, 2);
    block.addSpan(phase, start, start + 1, 7 * watts, 6 * watts);
    block.addSpan(phase, start + 1, end, watts, 0.7 * watts);
  };
}
