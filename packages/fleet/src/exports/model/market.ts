/** Checks that the formats of markets share. */
import { UsageError } from "@meterport/protocol/errors";
import type { ExportDay } from "./export-day.ts";

const gsrnDigits = 18;

/**
 * The GSRN of a day's point: eighteen digits. Its check digit is not looked at, since a market's test numbers have none that fits.
 *
 * @throws UsageError (`gsrn`)
 */
export const gsrnOf = ({ point, gsrn }: Pick<ExportDay, "point" | "gsrn">): string => {
  if (gsrn === null || !/^\d+$/.test(gsrn) || gsrn.length !== gsrnDigits)
    throw new UsageError(
      "gsrn",
      `point ${JSON.stringify(point)} has no GSRN of ${gsrnDigits} digits: give it, or leave the point out`,
    );
  return gsrn;
};

/**
 * A text that an envelope may carry.
 *
 * @throws UsageError (`field`) with the name of the field
 */
export const fieldOf = (field: string, text: string, pattern: RegExp, form: string): string => {
  if (!pattern.test(text))
    throw new UsageError("field", `${field} ${JSON.stringify(text.slice(0, 60))} is not allowed: give ${form}`);
  return text;
};
