/** A heat pump behind a thermostat. */

import { type Appliance, BLOCK_SECONDS } from "../load.ts";
import type { Noise } from "../noise.ts";
import type { Sky } from "../weather.ts";

/** Electrical W per phase while the compressor runs. */
const COMPRESSOR = 820;
/** tan(phi) of the motor: power factor about 0.87, inductive. */
const TANGENT = 0.57;
/** Heat that the house loses per degree to the outside, W/K. */
const LOSS = 165;
const CYCLE = 2700;

/** Electrical power that keeps the house warm, as a share of the compressor's, 0..1. */
function demand(temperature: number): number {
  const heat = Math.max(0, 17 - temperature) * LOSS;
  const performance = Math.min(5, Math.max(2, 3.4 + 0.08 * temperature));
  return Math.min(1, heat / performance / (3 * COMPRESSOR));
}

/**
 * Runs for the share of each 45-minute cycle that the cold outside asks for, and for hot water before dawn and after noon.
 */
export function heatPump(noise: Noise, sky: (unix: number) => Sky): Appliance {
  const offset = Math.floor(noise.between(0, 0, CYCLE, 8));
  return (block) => {
    const cycle = Math.floor((block.start + offset) / CYCLE);
    const start = cycle * CYCLE - offset;
    const share = demand(sky(start).temperature);
    // Below a tenth it would only start and stop: the controller waits for more.
    const length = share < 0.1 ? 0 : share > 0.95 ? CYCLE : share * CYCLE;
    const late = noise.between(cycle, 0, 0.9 * (CYCLE - length), 1);
    const shift = block.local - block.start;
    const compressor = 1 + 0.05 * noise.smooth(block.start, 600, 2);
    const hour = (block.local % 86_400) / 3600;
    const day = Math.floor(block.local / 86_400);
    const water = [noise.between(day, 3.2, 4.8, 3), noise.between(day, 12.6, 14, 4)].some(
      (at) => hour >= at && hour < at + 0.6,
    );
    for (let phase = 0; phase < 3; phase++) {
      const watts = COMPRESSOR * compressor;
      if (water) block.addSpan(phase, block.local, block.local + BLOCK_SECONDS, watts, TANGENT * watts);
      else block.addSpan(phase, start + shift + late, start + shift + late + length, watts, TANGENT * watts);
    }
    block.addSpan(0, block.local, block.local + BLOCK_SECONDS, 14, -6);
  };
}
