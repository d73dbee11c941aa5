/** Which live keys are counters, and the answer when nothing is known. */
import { emptyReading, type LiveKey } from "@meterport/protocol/meaning/readings";
import type { LiveAnswer } from "../model/point-model.ts";

/** Counters that only rise. */
export const registerKeys = [
  "energy_import_wh",
  "energy_export_wh",
  "reactive_energy_import_varh",
  "reactive_energy_export_varh",
] as const satisfies readonly LiveKey[];

export type RegisterKey = (typeof registerKeys)[number];

const registers: ReadonlySet<string> = new Set(registerKeys);

export const isRegister = (key: LiveKey): key is RegisterKey => registers.has(key);

/** The live answer for a meter whose values cannot be trusted now; `time` is that of its last reading. */
export const staleAnswer = (id: string, time: string | null): LiveAnswer => ({
  id,
  ...emptyReading("", "stale"),
  time,
});
