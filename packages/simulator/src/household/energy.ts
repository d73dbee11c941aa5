/**
 * Energy as whole numbers of watt-milliseconds.
 *
 * Powers are whole watts for a whole second, so sums are exact until 2^53: at the fuse's limit that is some twelve years in one sum.
 */

import type { QuadrantValues } from "./state.ts";

/** Watt-milliseconds in a watt-hour; the same for var and VA. */
export const MILLIS_PER_HOUR = 3_600_000;

/** What flowed in a span of time; whole numbers of W·ms, var·ms and VA·ms, never negative. */
export interface EnergyDelta {
  /** Drawn, three phases netted in each second. W·ms. */
  readonly forwardActive: number;
  /** Fed in, three phases netted in each second. W·ms. */
  readonly reverseActive: number;
  /** Forward plus reverse. W·ms. */
  readonly forwardPlusReverse: number;
  /** Reactive energy of Q1 and Q2. var·ms. */
  readonly importReactive: number;
  /** Reactive energy of Q3 and Q4. var·ms. */
  readonly exportReactive: number;
  /** By the quadrant of the netted powers. var·ms. */
  readonly reactive: QuadrantValues;
  /** Sum of U·I over the phases, by the quadrant of the netted powers. VA·ms. */
  readonly apparent: QuadrantValues;
}

/**
 * Quadrant 1..4 of active (import positive) and reactive power (inductive positive), as IEC 62053-23 counts them.
 *
 * Real meters agree as far as captures go: 432 W forward with 545 var of export (sin phi negative) is counted in Q4.
 *
 * @example
 * quadrantOf(432, -545) // 4
 * quadrantOf(-2000, 100) // 2
 */
export function quadrantOf(watts: number, vars: number): 1 | 2 | 3 | 4 {
  if (watts < 0) return vars < 0 ? 3 : 2;
  return vars < 0 ? 4 : 1;
}

/** Adds up seconds; `add` before `total`. */
export class EnergySum {
  #forward = 0;
  #reverse = 0;
  readonly #reactive: [number, number, number, number] = [0, 0, 0, 0];
  readonly #apparent: [number, number, number, number] = [0, 0, 0, 0];

  /** Netted whole W and var, and whole VA, for some milliseconds. */
  add(watts: number, vars: number, voltAmperes: number, millis: number): void {
    const at = (quadrantOf(watts, vars) - 1) as 0 | 1 | 2 | 3;
    if (watts < 0) this.#reverse -= watts * millis;
    else this.#forward += watts * millis;
    this.#reactive[at] += Math.abs(vars) * millis;
    this.#apparent[at] += voltAmperes * millis;
  }

  total(): EnergyDelta {
    const [q1, q2, q3, q4] = this.#reactive;
    return {
      forwardActive: this.#forward,
      reverseActive: this.#reverse,
      forwardPlusReverse: this.#forward + this.#reverse,
      importReactive: q1 + q2,
      exportReactive: q3 + q4,
      reactive: [q1, q2, q3, q4],
      apparent: [...this.#apparent],
    };
  }
}
