/** The numbers of a metering point that faces of other meters show: live values, registers, and what follows from both. */
import type { LiveAnswer } from "@meterport/engine/model/point-model";
import type { PointView } from "@meterport/engine/ports/output";
import { type LiveKey, liveKeys } from "@meterport/protocol/meaning/live-keys";

const phases = ["l1", "l2", "l3"] as const;
type Phase = (typeof phases)[number];

/**
 * What follows from the live values. Power factors have no sign. Apparent power of a phase is volts times amperes, as it is
 * defined.
 */
export type DerivedKey =
  | `power_import_${Phase}_w`
  | `power_export_${Phase}_w`
  | `apparent_power_${Phase}_va`
  | "current_sum_a"
  | "current_mean_a"
  | "voltage_mean_v"
  | "reactive_power_var"
  | "power_factor"
  | "energy_sum_wh";

export type FigureKey = LiveKey | DerivedKey;

/** Null is unknown. Registers are those of the point: they go on when the meter is exchanged, and never fall. */
export type Figures = { readonly [K in FigureKey]: number | null };

const times = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a * b);
const plus = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a + b);
const negated = (a: number | null): number | null => (a === null ? null : -a);
const positive = (a: number | null): number | null => (a === null ? null : Math.max(0, a));

/** The phases that the meter has; undefined while one of them could not be read. */
const presentOf = (live: LiveAnswer, key: (phase: Phase) => LiveKey): readonly number[] | undefined => {
  const values = phases.map((phase) => live[key(phase)]);
  const present = values.filter((value) => value !== null);
  return present.length === 0 || (live.quality !== "good" && present.length < phases.length) ? undefined : present;
};

const sumOf = (values: readonly number[] | undefined): number | null =>
  values === undefined ? null : values.reduce((sum, value) => sum + value, 0);

const meanOf = (values: readonly number[] | undefined): number | null =>
  values === undefined ? null : (sumOf(values) ?? 0) / values.length;

const factorOf = (power: number | null, apparent: number | null): number | null =>
  power === null || apparent === null || apparent <= 0 ? null : Math.min(1, Math.abs(power) / apparent);

/**
 * The figures of a snapshot. All are null while it is stale.
 *
 * @param point lends its registers
 */
export const figuresOf = (point: Pick<PointView, "total">, live: LiveAnswer): Figures => {
  const registers = {
    energy_import_wh: point.total("energy_import_wh"),
    energy_export_wh: point.total("energy_export_wh"),
    reactive_energy_import_varh: point.total("reactive_energy_import_varh"),
    reactive_energy_export_varh: point.total("reactive_energy_export_varh"),
  };
  const measured = Object.fromEntries(liveKeys.map((key) => [key, live[key]])) as Record<LiveKey, number | null>;
  const currents = presentOf(live, (phase) => `current_${phase}_a`);
  const { power_w: power } = live;
  return {
    ...measured,
    ...registers,
    power_import_w: live.power_import_w ?? positive(power),
    power_export_w: live.power_export_w ?? positive(negated(power)),
    power_import_l1_w: positive(live.power_l1_w),
    power_import_l2_w: positive(live.power_l2_w),
    power_import_l3_w: positive(live.power_l3_w),
    power_export_l1_w: positive(negated(live.power_l1_w)),
    power_export_l2_w: positive(negated(live.power_l2_w)),
    power_export_l3_w: positive(negated(live.power_l3_w)),
    apparent_power_l1_va: times(live.voltage_l1_v, live.current_l1_a),
    apparent_power_l2_va: times(live.voltage_l2_v, live.current_l2_a),
    apparent_power_l3_va: times(live.voltage_l3_v, live.current_l3_a),
    current_sum_a: sumOf(currents),
    current_mean_a: meanOf(currents),
    voltage_mean_v: meanOf(presentOf(live, (phase) => `voltage_${phase}_v`)),
    reactive_power_var: plus(live.reactive_power_import_var, negated(live.reactive_power_export_var)),
    power_factor: factorOf(power, live.apparent_power_va),
    energy_sum_wh: plus(registers.energy_import_wh, registers.energy_export_wh),
  };
};
