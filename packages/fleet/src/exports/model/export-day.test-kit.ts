/** Days for tests. */

import type { ExportDay, ExportValue } from "./export-day.ts";
import { localDayBounds } from "./local-days.ts";
import type { ValueCode } from "./value-codes.ts";

export const measured = (amount: number, version = 1): ExportValue => ({ amount, code: "measured", version });
export const unknown = (version = 1): ExportValue => ({ amount: null, code: "missing", version });
export const coded = (code: ValueCode, amount: number, version = 1): ExportValue => ({ amount, code, version });

/** A local day of quarters in Copenhagen; the values are 1, 2, 3 … Wh if omitted. */
export const dayOf = (
  date: string,
  changes: Partial<ExportDay> = {},
  make: (n: number) => ExportValue = (n) => measured(n + 1),
): ExportDay => {
  const { zone = "Europe/Copenhagen", step = 15 } = changes;
  const { from, to } = localDayBounds(zone, date);
  return {
    point: "lindevej-12",
    gsrn: "571313000000002000",
    obis: "1-0:1.8.0",
    unit: "Wh",
    zone,
    step,
    start: from,
    values: Array.from({ length: (to - from) / (step * 60_000) }, (_, n) => make(n)),
    ...changes,
  };
};
