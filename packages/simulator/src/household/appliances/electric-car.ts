/** A car on an 11 kW wall box that knows the fuse. */

import { daily, hourOf } from "../daily.ts";
import { FUSE_VA } from "../grid.ts";
import { type Appliance, BLOCK_SECONDS } from "../load.ts";
import type { Noise } from "../noise.ts";

/** W per phase at 16 A. */
const FULL = 3680;
/** W per phase at 6 A: IEC 61851 knows no less. */
const LEAST = 1380;
const RAMP_SECONDS = 20;

/**
 * Charges on some nights in the cheap hours until the day's driving is replaced.
 *
 * Must be the last of a household's appliances: it takes what the others leave of the fuse, the same on every phase, or pauses.
 */
export function electricCar(noise: Noise): Appliance {
  return daily((day) => {
    if (!noise.happens(day, 0.55, 0)) return [];
    const start = hourOf(day, noise.between(day, 22.9, 23.95, 1));
    const kilowattHours = noise.between(day, 9, 46, 2);
    const end = start + Math.round((kilowattHours * 3_600_000) / (3 * FULL));
    return [
      {
        start,
        end,
        draw: (block) => {
          for (let second = 0; second < BLOCK_SECONDS; second++) {
            const now = block.local + second;
            if (now < start || now >= end) continue;
            let room = FULL;
            for (let phase = 0; phase < 3; phase++) {
              room = Math.min(room, 0.97 * FUSE_VA - block.voltAmperesAt(phase, second));
            }
            if (room < LEAST) continue;
            const watts = room * Math.min(1, (now - start + 1) / RAMP_SECONDS, (end - now) / RAMP_SECONDS);
            for (let phase = 0; phase < 3; phase++) block.add(phase, second, watts, -0.02 * FULL);
          }
        },
      },
    ];
  });
}
