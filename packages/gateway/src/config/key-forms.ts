/** Says in which form keys were read: a key in a wrong form is refused by its meter without a reason. */
import type { Log } from "@meterport/engine/ports/log";
import type { MeterConfig } from "./config.ts";

/** More meters than these are one line. */
const fewMeters = 3;

/** A line for each meter, or one for many that have the same form. */
export const logKeyForms = (meters: readonly Pick<MeterConfig, "id" | "keyForm">[], log: Pick<Log, "info">): void => {
  const byForm = new Map<string, string[]>();
  for (const { id, keyForm } of meters) {
    const alike = byForm.get(keyForm) ?? [];
    alike.push(id);
    byForm.set(keyForm, alike);
  }
  for (const [form, ids] of byForm) {
    if (ids.length <= fewMeters) for (const id of ids) log.info(`key ${form}`, { meter: id });
    else log.info(`keys of ${ids.length} meters (${ids.slice(0, fewMeters).join(", ")} …): ${form}`);
  }
};
