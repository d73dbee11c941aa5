/** The live keys: flat names with their unit in the name, and the sources that each is made of. */
import type { Unit } from "./units.ts";

/** All live keys in the order in which they are printed. */
export const liveKeys = [
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
] as const;

/** A key of a live reading that carries a number. */
export type LiveKey = (typeof liveKeys)[number];

/** A value is the sum of `plus` less the sum of `minus`; both are source IDs. */
export interface LiveRule {
  readonly plus: readonly number[];
  readonly minus: readonly number[];
}

/** How a live key is made and shown. */
export interface LiveKeyInfo {
  /** For people. */
  readonly label: string;
  readonly unit: Unit;
  /** From the values that the meter measures at its own terminals; registers hold the transformer ratios in any case. */
  readonly rule: LiveRule;
  /** From the values with transformer ratios; null where the meter has no such value. */
  readonly postRule: LiveRule | null;
}

const of = (...plus: readonly number[]): LiveRule => ({ plus, minus: [] });
const net = (plus: number, minus: number): LiveRule => ({ plus: [plus], minus: [minus] });

/** Ratios do not change it, or it holds them always. */
const same = (label: string, unit: Unit, rule: LiveRule): LiveKeyInfo => ({ label, unit, rule, postRule: rule });
const scaled = (label: string, unit: Unit, rule: LiveRule, postRule: LiveRule | null): LiveKeyInfo => ({
  label,
  unit,
  rule,
  postRule,
});

/**
 * What each live key is: net powers are import - export. MEP guide 1.1, pp. 210-216, 222-226.
 *
 * @example
 * liveKeyInfo.power_w.rule // { plus: [8], minus: [9] }
 */
export const liveKeyInfo: { readonly [K in LiveKey]: LiveKeyInfo } = {
  power_w: scaled("Power", "W", net(8, 9), net(81, 82)),
  power_import_w: scaled("Power import", "W", of(8), of(81)),
  power_export_w: scaled("Power export", "W", of(9), of(82)),
  power_l1_w: scaled("Power L1", "W", net(185, 188), net(191, 194)),
  power_l2_w: scaled("Power L2", "W", net(186, 189), net(192, 195)),
  power_l3_w: scaled("Power L3", "W", net(187, 190), net(193, 196)),
  // No voltage after the VT ratio exists: with ratios these are still the volts at the meter's terminals.
  voltage_l1_v: same("Voltage L1", "V", of(15)),
  voltage_l2_v: same("Voltage L2", "V", of(16)),
  voltage_l3_v: same("Voltage L3", "V", of(17)),
  current_l1_a: scaled("Current L1", "A", of(12), of(197)),
  current_l2_a: scaled("Current L2", "A", of(13), of(198)),
  current_l3_a: scaled("Current L3", "A", of(14), of(199)),
  frequency_hz: same("Frequency", "Hz", of(19)),
  power_factor_l1: same("Power factor L1", "ratio", of(18)),
  power_factor_l2: same("Power factor L2", "ratio", of(21)),
  power_factor_l3: same("Power factor L3", "ratio", of(22)),
  reactive_power_import_var: scaled("Reactive power import", "var", of(10), of(83)),
  reactive_power_export_var: scaled("Reactive power export", "var", of(11), of(84)),
  // No apparent power after ratios exists, and the scale of BT15's ratios is undocumented: null, not wrong by a factor.
  apparent_power_va: scaled("Apparent power", "VA", of(20), null),
  energy_import_wh: same("Energy import", "Wh", of(0)),
  energy_export_wh: same("Energy export", "Wh", of(1)),
  reactive_energy_import_varh: same("Reactive energy import", "varh", of(2)),
  reactive_energy_export_varh: same("Reactive energy export", "varh", of(3)),
};

/** The rule of a key; undefined where the meter has no value for it. `ratios` as in `liveReading`. */
export const liveRuleOf = (key: LiveKey, ratios: boolean): LiveRule | undefined =>
  (ratios ? liveKeyInfo[key].postRule : liveKeyInfo[key].rule) ?? undefined;

/**
 * The source IDs that the given live keys need, ascending: IDs 0 to 7 are in BT23, the others in BT28.
 *
 * @example
 * liveSources(["power_w", "energy_import_wh"], false) // [0, 8, 9]
 */
export const liveSources = (keys: readonly LiveKey[], ratios: boolean): readonly number[] => {
  const ids = new Set<number>();
  for (const key of keys) {
    const rule = liveRuleOf(key, ratios);
    for (const id of [...(rule?.plus ?? []), ...(rule?.minus ?? [])]) ids.add(id);
  }
  return [...ids].sort((a, b) => a - b);
};
