/**
 * What stands in a telegram, as data: DSMR 5.0.2 P1 chapter 6.12 for `dsmr5`, the Swedish recommendation for the customer port
 * (Energiföretagen, version 2.0) for `sweden`.
 */
import type { FigureKey } from "../lines/figures.ts";

interface FigureRow {
  readonly obis: string;
  readonly figure: FigureKey;
  readonly unit: "kWh" | "kW" | "kvar" | "kvarh" | "V" | "A" | "Hz";
  /** Digits before the point, at least, and behind it. */
  readonly whole: number;
  readonly decimals: number;
  readonly text?: undefined;
  readonly own?: undefined;
}

/** A text that is always the same. */
interface TextRow {
  readonly obis: string;
  readonly text: string;
  /** Only said while this is known: readers add up the tariffs, and a second one alone would be a total of 0. */
  readonly beside?: FigureKey | undefined;
  readonly figure?: undefined;
  readonly own?: undefined;
}

/** What a telegram says of itself. */
interface OwnRow {
  readonly obis: string;
  readonly own: "time" | "serial";
  readonly figure?: undefined;
  readonly text?: undefined;
}

export type Row = FigureRow | TextRow | OwnRow;

const row =
  (unit: FigureRow["unit"], whole: number, decimals: number) =>
  (obis: string, figure: FigureKey): FigureRow => ({ obis, figure, unit, whole, decimals });

const [energy, power, volts, amperes] = [row("kWh", 6, 3), row("kW", 2, 3), row("V", 3, 1), row("A", 3, 2)];

const dsmr5: readonly Row[] = [
  { obis: "1-3:0.2.8", text: "50" },
  { obis: "0-0:1.0.0", own: "time" },
  { obis: "0-0:96.1.1", own: "serial" },
  energy("1-0:1.8.0", "energy_import_wh"),
  energy("1-0:1.8.1", "energy_import_wh"),
  { obis: "1-0:1.8.2", text: "000000.000*kWh", beside: "energy_import_wh" },
  energy("1-0:2.8.0", "energy_export_wh"),
  energy("1-0:2.8.1", "energy_export_wh"),
  { obis: "1-0:2.8.2", text: "000000.000*kWh", beside: "energy_export_wh" },
  { obis: "0-0:96.14.0", text: "0001" },
  power("1-0:1.7.0", "power_import_w"),
  power("1-0:2.7.0", "power_export_w"),
  volts("1-0:32.7.0", "voltage_l1_v"),
  volts("1-0:52.7.0", "voltage_l2_v"),
  volts("1-0:72.7.0", "voltage_l3_v"),
  amperes("1-0:31.7.0", "current_l1_a"),
  amperes("1-0:51.7.0", "current_l2_a"),
  amperes("1-0:71.7.0", "current_l3_a"),
  power("1-0:21.7.0", "power_import_l1_w"),
  power("1-0:41.7.0", "power_import_l2_w"),
  power("1-0:61.7.0", "power_import_l3_w"),
  power("1-0:22.7.0", "power_export_l1_w"),
  power("1-0:42.7.0", "power_export_l2_w"),
  power("1-0:62.7.0", "power_export_l3_w"),
];

const [energyS, powerS] = [row("kWh", 8, 3), row("kW", 4, 3)];
const [reactiveEnergyS, reactiveS, amperesS] = [row("kvarh", 8, 3), row("kvar", 4, 3), row("A", 3, 1)];

const sweden: readonly Row[] = [
  { obis: "0-0:1.0.0", own: "time" },
  energyS("1-0:1.8.0", "energy_import_wh"),
  energyS("1-0:2.8.0", "energy_export_wh"),
  reactiveEnergyS("1-0:3.8.0", "reactive_energy_import_varh"),
  reactiveEnergyS("1-0:4.8.0", "reactive_energy_export_varh"),
  powerS("1-0:1.7.0", "power_import_w"),
  powerS("1-0:2.7.0", "power_export_w"),
  reactiveS("1-0:3.7.0", "reactive_power_import_var"),
  reactiveS("1-0:4.7.0", "reactive_power_export_var"),
  powerS("1-0:21.7.0", "power_import_l1_w"),
  powerS("1-0:41.7.0", "power_import_l2_w"),
  powerS("1-0:61.7.0", "power_import_l3_w"),
  powerS("1-0:22.7.0", "power_export_l1_w"),
  powerS("1-0:42.7.0", "power_export_l2_w"),
  powerS("1-0:62.7.0", "power_export_l3_w"),
  volts("1-0:32.7.0", "voltage_l1_v"),
  volts("1-0:52.7.0", "voltage_l2_v"),
  volts("1-0:72.7.0", "voltage_l3_v"),
  amperesS("1-0:31.7.0", "current_l1_a"),
  amperesS("1-0:51.7.0", "current_l2_a"),
  amperesS("1-0:71.7.0", "current_l3_a"),
];

export const sets = { dsmr5, sweden } as const;

export type SetName = keyof typeof sets;

export const setNames = ["dsmr5", "sweden"] as const satisfies readonly SetName[];
