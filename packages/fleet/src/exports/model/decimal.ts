/** Decimals that are exact: an integer and how many of its digits stand behind the point. No quotient is ever computed. */
import { UsageError } from "@meterport/protocol/errors";

/**
 * The decimal `amount × 10^-scale` with at least `places` digits behind the point.
 *
 * @throws UsageError (`amount`) if the amount is not an integer that JavaScript holds exactly
 * @example
 * decimalText(1234, 3) // "1.234"
 */
export const decimalText = (amount: number, scale: number, places = scale): string => {
  if (!Number.isSafeInteger(amount))
    throw new UsageError("amount", `the amount ${amount} is not an exact integer: give whole units such as Wh`);
  const digits = String(Math.abs(amount)).padStart(scale + 1, "0");
  const sign = amount < 0 ? "-" : "";
  const whole = digits.slice(0, digits.length - scale);
  const fraction = scale === 0 ? "" : digits.slice(-scale);
  const behind = fraction.padEnd(places, "0");
  return behind === "" ? `${sign}${whole}` : `${sign}${whole}.${behind}`;
};

/** A ratio as text with some digits behind the point, rounded half away from zero; null if nothing can be divided. */
export const ratioText = (part: bigint, whole: bigint, places: number): string | null => {
  if (whole <= 0n) return null;
  const magnitude = part < 0n ? -part : part;
  const scaled = (2n * magnitude * 10n ** BigInt(places) + whole) / (2n * whole);
  const text = scaled.toString().padStart(places + 1, "0");
  const sign = part < 0n && scaled !== 0n ? "-" : "";
  return places === 0 ? `${sign}${text}` : `${sign}${text.slice(0, -places)}.${text.slice(-places)}`;
};
