/** What is said of a channel beside its name: its OBIS code and its unit. Pure. */

/** Groups C of IEC 62056-61 (active and reactive energy, import and export). */
const groups: Readonly<Record<string, number>> = {
  energy_import_wh: 1,
  energy_export_wh: 2,
  reactive_energy_import_varh: 3,
  reactive_energy_export_varh: 4,
};

/**
 * The OBIS code C.D.E of a channel; null if it has none. D is 8 for the state of a register and 29 for the value of a recording interval
 * (IEC 62056-61); E is the tier.
 *
 * @example obisOf("energy_import_wh", { step: 0, tier: 2 }) // "1.8.2"
 * @example obisOf("energy_export_wh", { step: 900, tier: 0 }) // "2.29.0"
 */
export const obisOf = (
  name: string,
  { step, tier }: { readonly step: number; readonly tier: number },
): string | null => {
  const group = groups[name];
  return group === undefined ? null : `${group}.${step === 0 ? 8 : 29}.${tier}`;
};

const units: Readonly<Record<string, string>> = {
  ...{
    wh: "Wh",
    varh: "varh",
    vah: "VAh",
    kwh: "kWh",
    mwh: "MWh",
    m3: "m³",
    gj: "GJ",
    mj: "MJ",
    kg: "kg",
    h: "h",
    s: "s",
  },
};

/** The unit that the name of a channel ends with; empty if it names none. @example unitOf("volume_m3") // "m³" */
export const unitOf = (name: string): string => {
  const suffix = name.slice(name.lastIndexOf("_") + 1);
  return Object.hasOwn(units, suffix) ? (units[suffix] ?? "") : "";
};
