/** The keys of the output `ecotracker`. */
import { announceKey, deviceIdKey, listeningKeys } from "../listening/listening-settings.ts";
import { outputSchema, type ReadSettings } from "../output-kind.ts";

export const ecotrackerPort = 8092;

export const ecotrackerSchema = outputSchema({ ...listeningKeys(ecotrackerPort), ...deviceIdKey, ...announceKey });

export type EcotrackerSettings = ReadSettings<typeof ecotrackerSchema>;
