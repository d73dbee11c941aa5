/** What the API v2 of HomeWizard gives, field by field, for each device that the output acts as. */
import { aboutMeter, currentSum, type ProductType, products } from "../homewizard/homewizard-fields.ts";
import { localText } from "../listening/local-text.ts";
import type { Shown } from "../listening/meter-on-show.ts";
import { knownOf, type Mapping, signedCurrent } from "../listening/values.ts";

/** A name of v1 as v2 has it. */
const nameOf = (v1: string): string => v1.replace(/^total_power_/, "energy_").replace(/^active_/, "");

/** The fields of v1, and of both devices the sum of currents; a phase that exports is negative. */
const fieldsOf = (type: ProductType): Mapping => ({
  ...Object.fromEntries(Object.entries(products[type].fields).map(([key, source]) => [nameOf(key), source])),
  current_a: currentSum,
  current_l1_a: signedCurrent(1),
  current_l2_a: signedCurrent(2),
  current_l3_a: signedCurrent(3),
});

/** It has no tariffs in v2. */
const { energy_import_t1_kwh: _, energy_export_t1_kwh: __, ...kwh3 } = fieldsOf("HWE-KWH3");

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
  "HWE-P1": { name: "P1 Meter", appliance: "p1dongle", firmware: "6.0200", fields: fieldsOf("HWE-P1") },
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
