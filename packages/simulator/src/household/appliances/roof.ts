/** Solar panels and their three-phase inverter. */

import { type Appliance, BLOCK_SECONDS } from "../load.ts";
import type { Sky } from "../weather.ts";

/** var per phase of the inverter's filter, always on the line. */
const FILTER = -12;

/**
 * A roof of `peak` W (at 1000 W/m²) behind an inverter of `rated` W, feeding in equally on three phases.
 *
 * Above half its rating the inverter takes up reactive power, power factor 1 falling to 0.95, as the German grid code asks.
 */
export function roof(peak: number, rated: number, sky: (unix: number) => Sky): Appliance {
  const output = (unix: number): number => {
    const { roof: light, temperature } = sky(unix);
    const cell = temperature + 0.03 * light;
    const power = (peak * light * 0.86 * (1 - 0.004 * (cell - 25))) / 1000;
    // The inverter sleeps below a small part of its rating.
    return power < 0.004 * rated ? 0 : Math.min(rated, power);
  };
  return (block) => {
    const from = output(block.start);
    const step = (output(block.start + BLOCK_SECONDS) - from) / BLOCK_SECONDS;
    for (let second = 0; second < BLOCK_SECONDS; second++) {
      const watts = (from + step * second) / 3;
      const use = (3 * watts) / rated;
      const cosine = use <= 0.5 ? 1 : 1 - 0.1 * (use - 0.5);
      const vars = watts * Math.sqrt(1 / (cosine * cosine) - 1) + FILTER;
      for (let phase = 0; phase < 3; phase++) block.add(phase, second, -watts, vars);
    }
  };
}
