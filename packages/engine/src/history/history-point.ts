/** One step of a history. */

/** A step without readings is in the list with nulls, so that a gap is drawn as a gap. */
export interface HistoryPoint {
  /** ISO 8601 UTC, start of the step. */
  readonly time: string;
  /** Mean net power, import positive, and its extremes. */
  readonly power_w: number | null;
  readonly power_min_w: number | null;
  readonly power_max_w: number | null;
  /** Registers at the last reading of the step. */
  readonly energy_import_wh: number | null;
  readonly energy_export_wh: number | null;
  /** True if nothing was read in the step, or in a part of a day, month or year: there its values are those of intervals, as the load profile gives them. */
  readonly recovered?: true | undefined;
}
