/** Lamps, television, computers: when somebody is at home, awake, and it is dark. */

import { isWeekend } from "../calendar.ts";
import { daily, hourOf, type Use } from "../daily.ts";
import type { Appliance } from "../load.ts";
import type { Noise } from "../noise.ts";
import type { Sky } from "../weather.ts";

/** Harmonics of a lamp's small power supply, VA. */
const LAMP_DISTORTION = 6;

/** Screens and computers by the day's habits; electronics are capacitive and take their current in gulps. */
export function screens(noise: Noise, people: number): Appliance {
  return daily((day) => {
    const uses: Use[] = [];
    const screen = (phase: number, from: number, to: number, watts: number): void => {
      const start = hourOf(day, from);
      const end = hourOf(day, to);
      uses.push({ start, end, draw: (block) => block.addSpan(phase, start, end, watts, -0.3 * watts, 0.6 * watts) });
    };
    screen(0, noise.between(day, 18.8, 20.2, 0), noise.between(day, 22, 23.6, 1), noise.between(0, 70, 130, 9));
    if (people > 1) screen(1, noise.between(day, 15.5, 17, 2), noise.between(day, 20, 22.5, 3), 85);
    const home = isWeekend(day) || noise.happens(day, 0.3, 4);
    if (home) screen(1, noise.between(day, 8.5, 9.5, 5), noise.between(day, 15, 17, 6), 65);
    return uses;
  });
}

/** Lamps on all phases, by how dark it is outside and whether anybody is up. */
export function lamps(noise: Noise, people: number, sky: (unix: number) => Sky): Appliance {
  return (block) => {
    const hour = (block.local % 86_400) / 3600;
    const day = Math.floor(block.local / 86_400);
    const up = noise.between(day, 6, 7, 1) + (isWeekend(day) ? 1.8 : 0);
    const awake = hour > up && hour < noise.between(day, 22.4, 23.7, 2);
    if (!awake) return;
    const out = !isWeekend(day) && hour > 8.3 && hour < 15.2;
    const dark = Math.max(0, 1 - sky(block.start).level / 120);
    // Rooms are switched one by one: whole lamps, not a dimmer.
    const lit = Math.round((out ? 1 : 2 + 2 * people) * dark * (0.75 + 0.25 * noise.smooth(block.start, 1500, 3)));
    for (let lamp = 0; lamp < lit; lamp++)
      block.addSpan(lamp % 3, block.local, block.local + 60, 9 + 4 * (lamp % 4), -4, LAMP_DISTORTION);
  };
}
