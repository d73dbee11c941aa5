/** What the API v1 of HomeWizard gives, field by field, for each device that the output acts as. */
import type { PointView } from "@meterport/engine/ports/output";
import type { Shown } from "../listening/meter-on-show.ts";
import {
  knownOf,
  live,
  type Mapping,
  netReactive,
  phaseApparent,
  phaseCurrent,
  phaseFactor,
  type Source,
  signedCurrent,
  sumOf,
  totalKilo,
} from "../listening/values.ts";
import type { productTypes } from "./homewizard-settings.ts";

export type ProductType = (typeof productTypes)[number];

/** The sum of amounts. */
export const currentSum: Source = sumOf((phase) => live(phaseCurrent(phase)));

const powers: Mapping = {
  active_power_w: live("power_w"),
  active_power_l1_w: live("power_l1_w"),
  active_power_l2_w: live("power_l2_w"),
  active_power_l3_w: live("power_l3_w"),
  active_voltage_l1_v: live("voltage_l1_v"),
  active_voltage_l2_v: live("voltage_l2_v"),
  active_voltage_l3_v: live("voltage_l3_v"),
};

/** Clients add up the tariffs, so the only one holds everything. */
const energies: Mapping = {
  total_power_import_kwh: totalKilo("energy_import_wh"),
  total_power_import_t1_kwh: totalKilo("energy_import_wh"),
  total_power_export_kwh: totalKilo("energy_export_wh"),
  total_power_export_t1_kwh: totalKilo("energy_export_wh"),
};

const p1: Mapping = {
  ...energies,
  ...powers,
  active_current_l1_a: signedCurrent(1),
  active_current_l2_a: signedCurrent(2),
  active_current_l3_a: signedCurrent(3),
  active_frequency_hz: live("frequency_hz"),
};

const kwh3: Mapping = {
  ...energies,
  ...powers,
  active_current_a: currentSum,
  active_current_l1_a: live(phaseCurrent(1)),
  active_current_l2_a: live(phaseCurrent(2)),
  active_current_l3_a: live(phaseCurrent(3)),
  active_apparent_power_va: live("apparent_power_va"),
  active_apparent_power_l1_va: phaseApparent(1),
  active_apparent_power_l2_va: phaseApparent(2),
  active_apparent_power_l3_va: phaseApparent(3),
  active_reactive_power_var: netReactive,
  active_power_factor_l1: live(phaseFactor(1)),
  active_power_factor_l2: live(phaseFactor(2)),
  active_power_factor_l3: live(phaseFactor(3)),
  active_frequency_hz: live("frequency_hz"),
};

export interface Product {
  readonly name: string;
  /** Of a device whose fields these are. */
  readonly firmware: string;
  readonly fields: Mapping;
}

export const products: Readonly<Record<ProductType, Product>> = {
  "HWE-KWH3": { name: "KWh meter 3-phase", firmware: "3.06", fields: kwh3 },
  "HWE-P1": { name: "P1 meter", firmware: "4.19", fields: p1 },
};

/** Fields without which a client would read 0. */
const needed = ["active_power_w", "total_power_import_t1_kwh"] as const;

/** What the P1 meter also says of the meter at its port. */
export const aboutMeter = (point: PointView) => {
  const { identity } = point.detail();
  const model = [identity?.manufacturer, identity?.model].filter((part) => typeof part === "string").join(" ");
  // Of the point, not of the meter: it stays when the meter is exchanged, and tells nobody a serial number.
  const unique = Buffer.from(`meterport-${point.id}`).toString("hex");
  return { smr_version: 50, ...(model === "" ? {} : { meter_model: model }), unique_id: unique, active_tariff: 1 };
};

/** The body of `GET /api/v1/data`; undefined if a client would take what is unknown for 0. */
export const dataOf = (shown: Shown, type: ProductType): object | undefined => {
  const known = knownOf(products[type].fields, shown);
  return needed.every((key) => key in known)
    ? { ...(type === "HWE-P1" ? aboutMeter(shown.point) : {}), ...known }
    : undefined;
};
