import type { MeasuredKey, Reading } from "../../state/api-answers.ts";

export const PHASES = ["l1", "l2", "l3"] as const;
export type Phase = (typeof PHASES)[number];

/** What is known of a phase now. */
export interface PhaseRow {
  readonly phase: Phase;
  readonly power: number | null;
  readonly voltage: number | null;
  readonly current: number | null;
  readonly factor: number | null;
  /** Whether the meter says anything of it: a single-phase meter does not of the others. */
  readonly known: boolean;
}

/** The three phases of a reading; all unknown without one. */
export function phaseRows(shown: Reading | null): PhaseRow[] {
  const value = (key: MeasuredKey): number | null => shown?.values[key] ?? null;
  return PHASES.map((phase) => {
    const [power, voltage, current] = [
      value(`power_${phase}_w`),
      value(`voltage_${phase}_v`),
      value(`current_${phase}_a`),
    ];
    const known = power !== null || voltage !== null || current !== null;
    return { phase, power, voltage, current, factor: value(`power_factor_${phase}`), known };
  });
}
