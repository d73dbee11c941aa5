/** Kettle, stove and oven: short, large, and when people are hungry. */

import { isWeekend } from "../calendar.ts";
import { daily, hourOf, type Use } from "../daily.ts";
import type { Appliance, LoadBlock } from "../load.ts";
import type { Noise } from "../noise.ts";

/** A heater behind an energy regulator: full power for `boost` seconds, then on for `duty` of each period. */
function regulated(
  block: LoadBlock,
  phase: number,
  watts: number,
  zone: {
    readonly start: number;
    readonly end: number;
    readonly boost: number;
    readonly period: number;
    readonly duty: number;
  },
): void {
  block.addSpan(phase, zone.start, Math.min(zone.end, zone.start + zone.boost), watts, 0);
  const first = zone.start + zone.boost;
  const from = Math.max(0, Math.floor((block.local - first) / zone.period));
  for (let n = from; first + n * zone.period < Math.min(zone.end, block.local + 60); n++) {
    const on = first + n * zone.period;
    block.addSpan(phase, on, Math.min(zone.end, on + zone.duty * zone.period), watts, 0);
  }
}

/** A meal on the stove: some zones, each wired to a phase of its own, and now and then the oven. */
function meal(noise: Noise, day: number, hour: number, lane: number, zones: number, phases: number): Use {
  const start = hourOf(day, hour);
  const length = Math.round(noise.between(day, 1300, 3000, lane));
  const oven = noise.happens(day, 0.4, lane + 1);
  return {
    start,
    end: start + length + 600,
    draw: (block) => {
      for (let zone = 0; zone < zones; zone++) {
        const begin = start + Math.round(noise.between(day, 0, 420, lane + 2 + zone));
        regulated(block, zone % phases, noise.between(zone, 1200, 2100, 60), {
          start: begin,
          end: begin + length * noise.between(day, 0.5, 1, lane + 5 + zone),
          boost: Math.round(noise.between(day, 150, 480, lane + 8 + zone)),
          period: 31 + 5 * zone,
          duty: noise.between(day, 0.25, 0.6, lane + 11 + zone),
        });
      }
      if (oven) {
        const phase = phases - 1;
        regulated(block, phase, 2300, { start, end: start + length, boost: 540, period: 95, duty: 0.35 });
        block.addSpan(phase, start, start + length, 55, 25);
      }
    },
  };
}

/** A kettle: 2 kW for the minutes that a pot of water takes. */
function kettle(noise: Noise, day: number, hour: number, lane: number): Use {
  const start = hourOf(day, hour);
  const end = start + Math.round(noise.between(day, 110, 260, lane));
  return { start, end, draw: (block) => block.addSpan(2, start, end, 1980, 0) };
}

/**
 * Breakfast, sometimes lunch, nearly always dinner; `people` scales pots and appetite, `phases` is how the stove is wired (2 or 3).
 */
export function kitchen(noise: Noise, people: number, phases: 2 | 3): Appliance {
  const big = people > 1;
  return daily((day) => {
    const late = isWeekend(day) ? 1.8 : 0;
    const uses: Use[] = [kettle(noise, day, noise.between(day, 6.2, 7.6, 0) + late, 1)];
    if (noise.happens(day, big ? 0.7 : 0.4, 2)) uses.push(kettle(noise, day, noise.between(day, 14.5, 16.5, 3), 4));
    if (noise.happens(day, big ? 0.6 : 0.35, 5)) uses.push(kettle(noise, day, noise.between(day, 19.5, 21.5, 6), 7));
    if (noise.happens(day, late > 0 ? 0.6 : 0.12, 8)) {
      uses.push(meal(noise, day, noise.between(day, 11.8, 12.8, 9), 10, big ? 2 : 1, phases));
    }
    if (noise.happens(day, big ? 0.93 : 0.7, 30)) {
      uses.push(meal(noise, day, noise.between(day, 17.2, 18.6, 31), 32, big ? 3 : 2, phases));
    }
    return uses;
  });
}
