/** The keys of the output `homewizard_v2`. */
import { homewizardKeys } from "../homewizard/homewizard-settings.ts";
import { outputSchema, type ReadSettings } from "../output-kind.ts";

export const homewizardV2Port = 8443;

export const homewizardV2Schema = outputSchema(homewizardKeys(homewizardV2Port));

export type HomewizardV2Settings = ReadSettings<typeof homewizardV2Schema>;
