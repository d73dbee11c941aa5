/** What is never off: router, chargers, ventilation, and the small electronics behind them. */

import type { Appliance } from "../load.ts";
import { BLOCK_SECONDS } from "../load.ts";
import type { Noise } from "../noise.ts";

/** Always-on load of about `watts` in total, spread over the phases; its power supplies look capacitive and distort, as real meters show at night. */
export function standby(noise: Noise, watts: number): Appliance {
  const shares = [0.5, 0.3, 0.2].map((share, phase) => share * watts * noise.between(phase, 0.85, 1.15, 9));
  const flickers = shares.map((_, phase) => noise.units(phase));
  return (block) => {
    for (const [phase, unit] of flickers.entries()) {
      const base = (shares[phase] as number) * (1 + 0.08 * noise.smooth(block.start, 1200, 3 + phase));
      for (let second = 0; second < BLOCK_SECONDS; second++) {
        const flicker = 4 * unit(block.start + second) - 2;
        block.add(phase, second, base + flicker, -0.9 * base, 0.6 * base);
      }
    }
  };
}
