/** What a household is at one moment, and what flowed through its meter between two. Types only. */

/** One value for each of L1, L2, L3. */
export type PhaseTriple<T> = readonly [T, T, T];

/** One value for each quadrant, Q1 first. */
export type QuadrantValues = readonly [number, number, number, number];

/** One phase at the meter's terminals. */
export interface PhaseState {
  /** RMS, V. */
  readonly voltage: number;
  /** RMS, A, never negative. */
  readonly current: number;
  /** W, import positive. */
  readonly activePower: number;
  /** var, import (inductive load) positive. */
  readonly reactivePower: number;
}

/** The three phases in one second. */
export interface HouseholdState {
  /** Unix milliseconds of the second's beginning. */
  readonly time: number;
  /** L1, L2, L3. */
  readonly phases: PhaseTriple<PhaseState>;
  /** Hz. */
  readonly frequency: number;
}
