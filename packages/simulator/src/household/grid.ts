/** The line from the street: voltage that sags and rises with the load, frequency that wanders, and the fuse. */

import type { Noise } from "./noise.ts";

/** Ohm per phase, substation to meter: some 300 m of cable. */
const RESISTANCE = 0.18;
const REACTANCE = 0.08;

/** Main fuse per phase, A: the common Danish and German house connection. */
export const FUSE_AMPERE = 35;

/** The lowest voltage this grid gives under full load, V. */
export const LOWEST_VOLTAGE = 215;

/** What one phase may carry at most, VA, so that no voltage of this grid makes it more than the fuse. */
export const FUSE_VA: number = FUSE_AMPERE * LOWEST_VOLTAGE;

/** Voltage of a phase without our load, V: evening dip of the street, slow drift, flicker. */
export function openVoltage(unix: number, local: number, phase: number, noise: Noise): number {
  const hour = (local % 86_400) / 3600;
  const evening = Math.exp(-(((hour - 18.5) / 2.2) ** 2));
  return (
    231.5 -
    1.6 * evening +
    1.5 * noise.smooth(unix, 21_600, 0) +
    1.3 * noise.smooth(unix, 1500, 1 + phase) +
    0.5 * noise.smooth(unix, 95, 4 + phase) +
    0.25 * noise.smooth(unix, 4, 7 + phase)
  );
}

/** Voltage at the meter, V, from the open voltage and the load of the phase in W and var: import sags, feed-in rises. */
export function loadedVoltage(open: number, watts: number, vars: number): number {
  return open - (RESISTANCE * watts + REACTANCE * vars) / open;
}

/** How far the voltage at the meter lags the substation's, radians, from the load of the phase. */
export function voltageLag(voltage: number, watts: number, vars: number): number {
  return (REACTANCE * watts - RESISTANCE * vars) / (voltage * voltage);
}

/** Mains frequency, Hz: within 0.1 of 50, as the continental grid keeps it. */
export function frequencyAt(unix: number, noise: Noise): number {
  return (
    50 + 0.022 * noise.smooth(unix, 900, 10) + 0.018 * noise.smooth(unix, 130, 11) + 0.006 * noise.smooth(unix, 9, 12)
  );
}
