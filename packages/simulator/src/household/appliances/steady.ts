/** A load that never changes. */

import type { Appliance } from "../load.ts";
import { BLOCK_SECONDS } from "../load.ts";

/** The same W and var on each phase for ever. */
export function steady(phases: readonly (readonly [watts: number, vars: number])[]): Appliance {
  return (block) => {
    phases.forEach(([watts, vars], phase) => {
      block.addSpan(phase, block.local, block.local + BLOCK_SECONDS, watts, vars);
    });
  };
}
