/** What an OBIS code measures, as a key of the words; null for any other. */

const GROUPS: Readonly<Record<string, string>> = {
  1: "energy_import_wh",
  2: "energy_export_wh",
  3: "reactive_energy_import_varh",
  4: "reactive_energy_export_varh",
};

/**
 * The quantity of an interval.
 *
 * @example quantityOf("1-0:2.29.0") // "energy_export_wh"
 * @example quantityOf("1-0:32.7.0") // null
 */
export function quantityOf(obis: string): string | null {
  const group = /(?:^|:)([1-4])\.29\.0$/.exec(obis)?.[1];
  return group === undefined ? null : (GROUPS[group] ?? null);
}
