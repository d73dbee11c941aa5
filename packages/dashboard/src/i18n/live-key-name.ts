import type { Messages } from "./en.ts";

/**
 * The name of a live value or register in the reader's language; the key itself for one that only a newer gateway knows.
 *
 * @example liveKeyName("voltage_l1_v", en) // "Voltage L1"
 * @example liveKeyName("energy_import_wh", en) // "Import, total"
 */
export function liveKeyName(key: string, words: Messages): string {
  const [, what = "", phase] = /^(power_factor|power|voltage|current)_l([123])(?:_[a-z]+)?$/.exec(key) ?? [];
  if (phase !== undefined) {
    const name = {
      power: words.power,
      voltage: words.voltage,
      current: words.current,
      power_factor: words.powerFactor,
    };
    return `${name[what as keyof typeof name]} L${phase}`;
  }
  const names: Readonly<Record<string, string>> = {
    power_w: words.power,
    power_import_w: `${words.power}, ${words.direction.import}`,
    power_export_w: `${words.power}, ${words.direction.export}`,
    frequency_hz: words.frequency,
    apparent_power_va: words.apparentPower,
    energy_import_wh: words.importCounter,
    energy_export_wh: words.exportCounter,
    reactive_energy_import_varh: words.reactiveImport,
    reactive_energy_export_varh: words.reactiveExport,
    reactive_power_import_var: words.reactivePowerImport,
    reactive_power_export_var: words.reactivePowerExport,
  };
  return Object.hasOwn(names, key) ? (names[key] ?? key) : key;
}
