/** Live sets of a household, for benches of stores. */
import { emptyReading, type LiveReading } from "@meterport/protocol/meaning/readings";

/** A household that draws something else each time; every value that a three-phase meter has. */
export const household = (n: number, time: number): LiveReading => {
  const watts = 400 + ((n * 7_919) % 2_900);
  const volts = (phase: number): number => 230 + ((n * 31 + phase * 977) % 4_000) / 1_000;
  return {
    ...emptyReading(new Date(time).toISOString(), "good"),
    power_w: watts,
    power_import_w: watts,
    power_export_w: 0,
    power_l1_w: Math.floor(watts / 2),
    power_l2_w: Math.floor(watts / 3),
    power_l3_w: Math.floor(watts / 6),
    voltage_l1_v: volts(1),
    voltage_l2_v: volts(2),
    voltage_l3_v: volts(3),
    current_l1_a: Math.round(watts / 0.46) / 1_000,
    current_l2_a: Math.round(watts / 0.69) / 1_000,
    current_l3_a: Math.round(watts / 1.38) / 1_000,
    frequency_hz: 50 + ((n % 80) - 40) / 1_000,
    power_factor_l1: 0.981,
    power_factor_l2: 0.974,
    power_factor_l3: 0.99,
    reactive_power_import_var: 40 + (n % 30),
    reactive_power_export_var: 0,
    apparent_power_va: watts + 12,
    energy_import_wh: 12_345_678 + Math.floor(n / 3),
    energy_export_wh: 4_711,
    reactive_energy_import_varh: 345_678 + Math.floor(n / 90),
    reactive_energy_export_varh: 12,
  };
};
