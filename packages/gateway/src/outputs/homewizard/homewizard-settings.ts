/** The keys of the output `homewizard`. */
import { oneOf } from "../../settings/leaves.ts";
import { setting } from "../../settings/setting.ts";
import { announceKey, deviceIdKey, listeningKeys } from "../listening/listening-settings.ts";
import { outputSchema, type ReadSettings } from "../output-kind.ts";

export const homewizardPort = 8090;

/** The devices that it can act as. */
export const productTypes = ["HWE-KWH3", "HWE-P1"] as const;

/** The keys of both APIs. @param port if none is given */
export const homewizardKeys = (port: number) => ({
  ...listeningKeys(port),
  product: setting(oneOf(productTypes), {
    restart: false,
    text: "The device that it acts as: the three-phase kWh meter, or the P1 meter for clients that know nothing else.",
    example: "HWE-KWH3",
    fallback: "HWE-KWH3",
  }).optional(),
  ...deviceIdKey,
  ...announceKey,
});

export const homewizardSchema = outputSchema(homewizardKeys(homewizardPort));

export type HomewizardSettings = ReadSettings<typeof homewizardSchema>;
