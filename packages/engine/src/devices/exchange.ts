/** What is told of an exchange of the meter: the detail of the event, and a line for the log. */

import type { RegisterValues } from "../model/device.ts";
import type { PointEvent } from "../model/point-event.ts";

/** Detail of an event of the kind "meter-exchange". */
export interface ExchangeDetail {
  /** Serial number of the old meter and of the new one; null if it did not say. */
  readonly serials: readonly [string | null, string | null];
  /** When the old one was read last, ISO 8601 UTC. */
  readonly last_reading: string;
  /** Its registers then, and the first ones of the new meter. */
  readonly end: RegisterValues;
  readonly start: RegisterValues;
  /** Steps of registers that showed it; empty if the serial number did. */
  readonly registers: readonly unknown[];
}

/**
 * "import 5000 Wh, reactive export 3 varh"
 *
 * @example
 * registersInWords({ energy_import_wh: 5_000, reactive_energy_export_varh: 3 }) // "import 5000 Wh, reactive export 3 varh"
 */
const registersInWords = (values: RegisterValues): string => {
  const words = Object.entries(values).map(([key, value]) => {
    const [, reactive = "", direction, unit] = /^(reactive_)?energy_(import|export)_(wh|varh)$/.exec(key) ?? [];
    if (direction === undefined) return `${key} ${value}`;
    return `${reactive === "" ? "" : "reactive "}${direction} ${value} ${unit === "wh" ? "Wh" : "varh"}`;
  });
  return words.length === 0 ? "unknown registers" : words.join(", ");
};

const serialInWords = (serial: string | null): string => serial ?? "without a serial number";

/** One line for the log; undefined for an event of another kind. */
export const exchangeSentence = ({ point, kind, time, detail }: PointEvent): string | undefined => {
  if (kind !== "meter-exchange") return undefined;
  const { serials, last_reading, end, start } = JSON.parse(detail) as ExchangeDetail;
  const [old, next] = serials.map(serialInWords);
  return `${point}: the meter was exchanged: ${old} ended at ${registersInWords(end)} (read ${last_reading}), ${next} began at ${registersInWords(start)} (${new Date(time).toISOString()})`;
};
