/** What the API v2 of HomeWizard gives, field by field, for each device that the output acts as. */
import { aboutMeter, type ProductType } from "../homewizard/homewizard-fields.ts";
import { localText } from "../listening/local-text.ts";
import type { Shown } from "../listening/meter-on-show.ts";
import {
  knownOf,
  live,
  type Mapping,
  netReactive,
  phaseApparent,
  phaseCurrent,
  phaseFactor,
  signedCurrent,
  sumOf,
  totalKilo,
} from "../listening/values.ts";

const common: Mapping = {
  energy_import_kwh: totalKilo("energy_import_wh"),
  energy_export_kwh: totalKilo("energy_export_wh"),
  power_w: live("power_w"),
  power_l1_w: live("power_l1_w"),
  power_l2_w: live("power_l2_w"),
  power_l3_w: live("power_l3_w"),
  voltage_l1_v: live("voltage_l1_v"),
  voltage_l2_v: live("voltage_l2_v"),
  voltage_l3_v: live("voltage_l3_v"),
  // Of both devices the sum of amounts, and a phase that exports is negative.
  current_a: sumOf((phase) => live(phaseCurrent(phase))),
  current_l1_a: signedCurrent(1),
  current_l2_a: signedCurrent(2),
  current_l3_a: signedCurrent(3),
  frequency_hz: live("frequency_hz"),
};

const p1: Mapping = {
  ...common,
  energy_import_t1_kwh: totalKilo("energy_import_wh"),
  energy_export_t1_kwh: totalKilo("energy_export_wh"),
};

const kwh3: Mapping = {
  ...common,
  apparent_power_va: live("apparent_power_va"),
  apparent_power_l1_va: phaseApparent(1),
  apparent_power_l2_va: phaseApparent(2),
  apparent_power_l3_va: phaseApparent(3),
  reactive_power_var: netReactive,
  power_factor_l1: live(phaseFactor(1)),
  power_factor_l2: live(phaseFactor(2)),
  power_factor_l3: live(phaseFactor(3)),
};

export interface V2Product {
  readonly name: string;
  /** As the certificate names it, which is not the type. */
  readonly appliance: string;
  /** Of a device with this API. */
  readonly firmware: string;
  readonly fields: Mapping;
}

export const v2Products: Readonly<Record<ProductType, V2Product>> = {
  "HWE-KWH3": { name: "kWh Meter 3-Phase", appliance: "energymeter", firmware: "5.0200", fields: kwh3 },
  "HWE-P1": { name: "P1 Meter", appliance: "p1dongle", firmware: "6.0200", fields: p1 },
};

/** Fields without which a client would read 0. */
const needed = ["power_w", "energy_import_kwh"] as const;

/** What a P1 meter reads at its port beside the values. */
const aboutReading = ({ point, live }: Shown, type: ProductType): object => {
  if (type !== "HWE-P1") return {};
  const { smr_version, active_tariff, ...rest } = aboutMeter(point);
  const timestamp = live.time === null ? {} : { timestamp: localText(point.zone, Date.parse(live.time)) };
  return { protocol_version: smr_version, ...rest, ...timestamp, tariff: active_tariff };
};

/** The body of `GET /api/measurement`; undefined if a client would take what is unknown for 0. */
export const measurementOf = (shown: Shown, type: ProductType): object | undefined => {
  const known = knownOf(v2Products[type].fields, shown);
  return needed.every((key) => key in known) ? { ...aboutReading(shown, type), ...known } : undefined;
};
