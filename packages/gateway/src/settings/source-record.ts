/** What an own source measured, as an M-Bus record; and whether M-Bus knows what it measures. */

import { mbusRecords } from "@meterport/mbus/records";
import { encodeMbusRecords } from "@meterport/mbus/telegram-builder";
import { UsageError } from "@meterport/protocol/errors";
import type { SourceSettings } from "./device-settings.ts";

/** How much of itself a value may lose when it is rounded to a step that M-Bus has. */
const mostLost = 1e-4;
/** No step of M-Bus is finer than a billionth of its unit. */
const mostDigits = 9;

/** VIF of a quantity that is named in plain text (EN 13757-3). */
const plainTextVif = 0x7c;

type Measured = Pick<SourceSettings, "name" | "quantity" | "unit">;

/** A quantity that M-Bus does not know would travel as a plain text, which no head-end bills by. */
const measured = (bytes: Uint8Array, { name, quantity, unit }: Measured): Uint8Array => {
  const record = mbusRecords(bytes).records[0];
  const isPlain = ((bytes[1] ?? 0) & 0x7f) === plainTextVif;
  if (!isPlain && record?.quantity === quantity && record.unit === unit) return bytes;
  const what = unit === null ? JSON.stringify(quantity) : `${JSON.stringify(quantity)} in ${JSON.stringify(unit)}`;
  throw new UsageError(
    "source",
    `${name}: M-Bus has no ${what}; write quantity and unit as meterport devices shows them, such as volume and m³`,
  );
};

/**
 * Checks that M-Bus knows what a source measures.
 *
 * @throws UsageError (`source`)
 */
export const checkSource = (source: SourceSettings): void => void sourceRecord(source, 0);

/**
 * A value of a source as an M-Bus record, rounded to the finest step that fits.
 *
 * @throws UsageError (`source`) for a number that no record holds
 */
export const sourceRecord = ({ name, quantity, unit }: SourceSettings, value: number): Uint8Array => {
  let cause: unknown;
  // Sums of decimal numbers are seldom whole steps: 0.1 + 0.2 is not 0.3.
  for (let digits = mostDigits; digits >= 0; digits--) {
    const rounded = Number(value.toFixed(digits));
    if (Math.abs(rounded - value) > mostLost * Math.abs(value)) break;
    try {
      return measured(encodeMbusRecords([{ quantity, unit, value: rounded }]), { name, quantity, unit });
    } catch (error) {
      if (error instanceof UsageError) throw error;
      cause = error;
    }
  }
  throw new UsageError("source", `${name}: ${value} cannot be written as an M-Bus record`, { cause });
};
