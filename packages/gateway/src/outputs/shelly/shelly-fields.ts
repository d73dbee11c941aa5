/** What a Shelly Pro 3EM says of its values, field by field, with the decimals that the device has. */
import type { Shown } from "../listening/meter-on-show.ts";
import {
  live,
  phaseApparent,
  phaseCurrent,
  phaseFactor,
  phasePower,
  phases,
  phaseVoltage,
  type Source,
  sumOf,
  total,
} from "../listening/values.ts";
import { type Decimal, type DecimalJson, decimal } from "./decimal-json.ts";

interface Row {
  readonly key: string;
  readonly source: Source;
  readonly digits: number;
}

const letters = { 1: "a", 2: "b", 3: "c" } as const;

const phaseRows: readonly Row[] = phases.flatMap((phase) => {
  const letter = letters[phase];
  return [
    { key: `${letter}_current`, source: live(phaseCurrent(phase)), digits: 3 },
    { key: `${letter}_voltage`, source: live(phaseVoltage(phase)), digits: 1 },
    { key: `${letter}_act_power`, source: live(phasePower(phase)), digits: 1 },
    { key: `${letter}_aprt_power`, source: phaseApparent(phase), digits: 1 },
    { key: `${letter}_pf`, source: live(phaseFactor(phase)), digits: 2 },
    { key: `${letter}_freq`, source: live("frequency_hz"), digits: 1 },
  ];
});

const totalRows: readonly Row[] = [
  { key: "n_current", source: () => null, digits: 3 },
  { key: "total_current", source: sumOf((phase) => live(phaseCurrent(phase))), digits: 3 },
  { key: "total_act_power", source: live("power_w"), digits: 3 },
  { key: "total_aprt_power", source: live("apparent_power_va"), digits: 3 },
];

/** The meter has no registers of its phases. */
const dataRows: readonly Row[] = [
  ...phases.flatMap((phase) =>
    ["act", "act_ret"].map((way) => ({ key: `${letters[phase]}_total_${way}_energy`, source: () => null, digits: 2 })),
  ),
  { key: "total_act", source: total("energy_import_wh"), digits: 2 },
  { key: "total_act_ret", source: total("energy_export_wh"), digits: 2 },
];

const read = (rows: readonly Row[], shown: Shown): Record<string, Decimal | null> =>
  Object.fromEntries(rows.map(({ key, source, digits }) => [key, decimal(source(shown), digits)]));

/** All power on one phase, and none on the others. */
const onOnePhase = (power: number | null) => ({
  a_act_power: decimal(power, 1),
  b_act_power: decimal(0, 1),
  c_act_power: decimal(0, 1),
});

/** The status of `em:0`; undefined while the power is unknown. */
export const emStatus = (shown: Shown | undefined, singlePhase: boolean): DecimalJson | undefined => {
  const power = shown?.live.power_w ?? null;
  if (shown === undefined || power === null) return undefined;
  return {
    id: 0,
    ...read(phaseRows, shown),
    ...(singlePhase ? onOnePhase(power) : {}),
    ...read(totalRows, shown),
    user_calibrated_phase: [],
  };
};

/** The status of `emdata:0`; undefined while the import register is unknown, which clients would read as 0. */
export const emDataStatus = (shown: Shown | undefined): DecimalJson | undefined => {
  if (shown === undefined || shown.point.total("energy_import_wh") === null) return undefined;
  return { id: 0, ...read(dataRows, shown) };
};
