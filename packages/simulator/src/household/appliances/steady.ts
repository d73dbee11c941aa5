/** A load that never changes. */

import type { Appliance } from "../load.ts";
import { BLOCK_SECONDS } from "../load.ts";

/** The same W, var and VA of distortion on each phase forever. */
export function steady(phases: readonly (readonly [watts: number, vars: number, distortion: number])[]): Appliance {
  return (block) => {
    phases.forEach(([watts, vars, distortion], phase) => {
      block.addSpan(phase, block.local, block.local + BLOCK_SECONDS, watts, vars, distortion);
    });
  };
}
