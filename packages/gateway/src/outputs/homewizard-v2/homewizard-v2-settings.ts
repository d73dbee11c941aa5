/** The keys of the output `homewizard_v2`. */
import { oneOf } from "../../settings/leaves.ts";
import { setting } from "../../settings/setting.ts";
import { productTypes } from "../homewizard/homewizard-settings.ts";
import { announceKey, deviceIdKey, listeningKeys } from "../listening/listening-settings.ts";
import { outputSchema, type ReadSettings } from "../output-kind.ts";

export const homewizardV2Port = 8443;

export const homewizardV2Schema = outputSchema({
  ...listeningKeys(homewizardV2Port),
  product: setting(oneOf(productTypes), {
    restart: false,
    text: "The device that it acts as: the three-phase kWh meter, or the P1 meter for clients that know nothing else.",
    example: "HWE-KWH3",
    fallback: "HWE-KWH3",
  }).optional(),
  ...deviceIdKey,
  ...announceKey,
});

export type HomewizardV2Settings = ReadSettings<typeof homewizardV2Schema>;
