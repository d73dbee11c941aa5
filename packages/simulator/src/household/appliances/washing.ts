/** Dishwasher and washing machine: heat, turn, heat again. */

import { isWeekend } from "../calendar.ts";
import { daily, hourOf, type Use } from "../daily.ts";
import type { Appliance } from "../load.ts";
import type { Noise } from "../noise.ts";

/** One stretch of a programme: minutes, W and var. */
type Stage = readonly [minutes: number, watts: number, vars: number];

const DISHES: readonly Stage[] = [
  [8, 70, 40],
  [16, 1850, 20],
  [34, 75, 45],
  [13, 1850, 20],
  [22, 20, 0],
];

const LAUNDRY: readonly Stage[] = [
  [4, 60, 30],
  [19, 2050, 60],
  [38, 190, 130],
  [12, 90, 60],
  [9, 480, 260],
];

function programme(start: number, phase: number, stages: readonly Stage[]): Use {
  const end = start + 60 * stages.reduce((sum, [minutes]) => sum + minutes, 0);
  return {
    start,
    end,
    draw: (block) => {
      let at = start;
      for (const [minutes, watts, vars] of stages) {
        block.addSpan(phase, at, at + minutes * 60, watts, vars);
        at += minutes * 60;
      }
    },
  };
}

/** Dishes after dinner, laundry on some days and at weekends; `people` scales how often. */
export function washing(noise: Noise, people: number): Appliance {
  return daily((day) => {
    const uses: Use[] = [];
    if (noise.happens(day, people > 1 ? 0.65 : 0.25, 0)) {
      uses.push(programme(hourOf(day, noise.between(day, 19.4, 21.8, 1)), 2, DISHES));
    }
    if (noise.happens(day, (isWeekend(day) ? 0.7 : 0.25) * (people > 1 ? 1 : 0.5), 2)) {
      uses.push(programme(hourOf(day, noise.between(day, 9, 16, 3)), 1, LAUNDRY));
    }
    return uses;
  });
}
