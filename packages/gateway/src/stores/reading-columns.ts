/** Which parts of a reading every store keeps. */
import type { LiveKey, LiveReading } from "@meterport/protocol/meaning/readings";

/** Live keys that are stored, one column each. Written out, so that no stored column vanishes when a list changes. */
export const readingColumns = [
  "power_w",
  "power_import_w",
  "power_export_w",
  "power_l1_w",
  "power_l2_w",
  "power_l3_w",
  "voltage_l1_v",
  "voltage_l2_v",
  "voltage_l3_v",
  "current_l1_a",
  "current_l2_a",
  "current_l3_a",
  "frequency_hz",
  "power_factor_l1",
  "power_factor_l2",
  "power_factor_l3",
  "reactive_power_import_var",
  "reactive_power_export_var",
  "apparent_power_va",
  "energy_import_wh",
  "energy_export_wh",
  "reactive_energy_import_varh",
  "reactive_energy_export_varh",
] as const satisfies readonly LiveKey[];

/** Registers that minutes and hours also keep. */
export const bucketRegisters = [
  "energy_import_wh",
  "energy_export_wh",
  "reactive_energy_import_varh",
  "reactive_energy_export_varh",
] as const satisfies readonly LiveKey[];

/** Stored by their index. */
export const readingQualities = [
  "good",
  "partial",
  "suspect",
  "stale",
] as const satisfies readonly LiveReading["quality"][];

/** Whether a live key is stored. */
export const isStored = (key: LiveKey): boolean => (readingColumns as readonly string[]).includes(key);
