/**
 * What a meter measures of a household, as the whole numbers of BT28.
 *
 * How the numbers hang together was checked against three captures of a real meter (432 W, 545 var, 818..823 VA on the same load):
 * - VA of all phases is the sum of U·I (823.0 of the printed U and I where the meter says 818, 824.2 where it says 822; the
 *   difference is the moment at which each value was taken). It is not the root of P² + Q² of the totals, which would be 695.
 * - power factor of a phase is P / (U·I): 320 / 452.4 = 0.707 (meter 0.711), 59 / 176.8 = 0.334 (0.335), 53 / 193.8 = 0.273 (0.274).
 * - sin(phase angle) is Q / (U·I) with the sign of Q, capacitive negative: its sum over U·I is -548 where the meter says 545 exported.
 * - forward power with exported reactive power is Q4. Totals are netted sums of the phases (320 + 59 + 53 = 432).
 * - average W equals W; average voltages stand still between reads, so they are of a finished interval.
 * - power factor² + sin² is 0.71 on L1 and 0.92..0.96 on L2 and L3: U·I contains the current in harmonics, which carries neither W
 *   nor var. It is 1 only where a load draws pure sines.
 *
 * MEP guide 1.1, pp. 210-213 (source ids), 221-226 (BT28).
 */

import { quadrantOf } from "./energy.ts";
import { voltageLag } from "./grid.ts";
import type { HouseholdState, PhaseState } from "./state.ts";

const FULL_TURN = 2 * Math.PI;
/** BT28 gives angles in hundredths of a degree. */
const ANGLE_UNITS = 36_000;

/**
 * All present values by source id (8..25, 81..84, 104..107, 185..199, 202..244), whole numbers in W, var, VA, mA, mV, mHz, 1/1000
 * and 1/100 degree; "post CT/VT" values equal the others, as on a direct-connected meter.
 *
 * `mean` is where average voltages and currents come from: `household.mean(time)`; if omitted, they equal the present ones.
 *
 * @example
 * const phase = { voltage: 230, current: 2, activePower: 276, reactivePower: -368 };
 * const values = measure({ time: 0, frequency: 50, phases: [phase, phase, phase] });
 * values.get(8) // 828
 * values.get(20) // 1380
 * values.get(107) // 1104
 * values.get(18) // 600
 */
export function measure(state: HouseholdState, mean: HouseholdState = state): ReadonlyMap<number, number> {
  const { phases } = state;
  const values = new Map<number, number>();
  const put = (first: number, numbers: readonly number[]): void => {
    // "+ 0" turns -0 into 0.
    for (const [k, value] of numbers.entries()) values.set(first + k, Math.round(value) + 0);
  };
  const sum = (of: (phase: PhaseState) => number): number => phases.reduce((total, phase) => total + of(phase), 0);

  const watts = Math.round(sum((phase) => phase.activePower));
  const vars = Math.round(sum((phase) => phase.reactivePower));
  const voltAmperes = sum(apparentOf);
  const flows = [positive(watts), positive(-watts), positive(vars), positive(-vars)];
  const forward = phases.map((phase) => positive(phase.activePower));
  const reverse = phases.map((phase) => positive(-phase.activePower));
  const milliamperes = phases.map((phase) => phase.current * 1000);
  const millivolts = phases.map((phase) => phase.voltage * 1000);

  put(8, flows);
  put(12, milliamperes);
  put(15, millivolts);
  const factors = phases.map((phase) => shareOf(phase, phase.activePower, 1));
  put(18, [factors[0] ?? 0, state.frequency * 1000, voltAmperes, factors[1] ?? 0, factors[2] ?? 0]);
  put(
    23,
    phases.map((phase) => shareOf(phase, phase.reactivePower, 0)),
  );
  put(81, flows);
  put(104, inQuadrant(watts, vars, Math.abs(vars)));
  put(185, [...forward, ...reverse]);
  put(191, [...forward, ...reverse]);
  put(197, milliamperes);

  put(202, millivolts);
  put(
    205,
    mean.phases.map((phase) => phase.voltage * 1000),
  );
  put(208, [...flows.slice(0, 2), ...forward, ...reverse]);
  put(216, inQuadrant(watts, vars, voltAmperes));
  for (const [k, phase] of phases.entries()) {
    put(220 + 4 * k, inQuadrant(phase.activePower, phase.reactivePower, apparentOf(phase)));
  }
  put(232, [neutralCurrent(state) * 1000]);
  put(
    233,
    mean.phases.map((phase) => phase.current * 1000),
  );
  put(236, voltageAngles(state));
  put(
    239,
    phases.map((phase) => positive(phase.reactivePower)),
  );
  put(
    242,
    phases.map((phase) => positive(-phase.reactivePower)),
  );
  return values;
}

function positive(value: number): number {
  return Math.max(0, value);
}

function apparentOf(phase: PhaseState): number {
  return phase.voltage * phase.current;
}

/** Thousandths of a phase's apparent power; with no current there is no angle, and `idle` stands for it. */
function shareOf(phase: PhaseState, part: number, idle: 0 | 1): number {
  const apparent = apparentOf(phase);
  return apparent === 0 ? 1000 * idle : (1000 * part) / apparent;
}

function inQuadrant(watts: number, vars: number, value: number): readonly number[] {
  const quadrant = quadrantOf(watts, vars);
  return [1, 2, 3, 4].map((q) => (q === quadrant ? value : 0));
}

/** How far a phase's voltage lags its open voltage, radians. */
function lagOf(phase: PhaseState): number {
  return voltageLag(phase.voltage, phase.activePower, phase.reactivePower);
}

/**
 * Current in the neutral, A: the vector sum of the phases' sines, each a third of a turn apart and behind its voltage by its
 * own angle, and their harmonics, which meet there undiminished: those of power supplies are mostly the third, whose phases coincide.
 */
function neutralCurrent(state: HouseholdState): number {
  let real = 0;
  let imaginary = 0;
  let harmonics = 0;
  state.phases.forEach((phase, k) => {
    const { voltage, current, activePower, reactivePower } = phase;
    const sine = Math.hypot(activePower, reactivePower) / voltage;
    const angle = (-k * FULL_TURN) / 3 - lagOf(phase) - Math.atan2(reactivePower, activePower);
    real += sine * Math.cos(angle);
    imaginary += sine * Math.sin(angle);
    harmonics += Math.sqrt(Math.max(0, current * current - sine * sine));
  });
  return Math.hypot(real, imaginary, harmonics);
}

/** Angles A to B, B to C, C to A in 1/100 degree; whole numbers that make a full turn. */
function voltageAngles(state: HouseholdState): readonly number[] {
  const [a, b, c] = state.phases;
  const between = (from: PhaseState, to: PhaseState): number =>
    Math.round(ANGLE_UNITS / 3 + ((lagOf(to) - lagOf(from)) * ANGLE_UNITS) / FULL_TURN);
  const ab = between(a, b);
  const bc = between(b, c);
  return [ab, bc, ANGLE_UNITS - ab - bc];
}
