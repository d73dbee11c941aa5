/** The keys of the output `dabbler`. */
import { announceKey, listeningKeys } from "../listening/listening-settings.ts";
import { outputSchema, type ReadSettings } from "../output-kind.ts";

export const dabblerPort = 8094;

export const dabblerSchema = outputSchema({ ...listeningKeys(dabblerPort), ...announceKey });

export type DabblerSettings = ReadSettings<typeof dabblerSchema>;
