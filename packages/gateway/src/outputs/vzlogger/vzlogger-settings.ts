/** The keys of the output `vzlogger`. */
import { announceKey, listeningKeys } from "../listening/listening-settings.ts";
import { outputSchema, type ReadSettings } from "../output-kind.ts";

/** That of vzlogger itself. */
export const vzloggerPort = 8081;

export const vzloggerSchema = outputSchema({ ...listeningKeys(vzloggerPort), ...announceKey });

export type VzloggerSettings = ReadSettings<typeof vzloggerSchema>;
