/** Quantities that a fleet is billed by, the most frequent first. */
export const CHANNELS = [
  "energy_import_wh",
  "energy_export_wh",
  "reactive_energy_import_varh",
  "reactive_energy_export_varh",
] as const;
