/**
 * Values as integers. The engine's numbers are steps of a meter times a unit, and so decimals with few places; a slot of the books holds an
 * integer of 32 bits, a register one of 53, both times a power of ten that belongs to the channel. Pure.
 */

/** Decimal places of a channel: a raw value stands for `raw × 10^-digits` of its unit. -3 is thousands of the unit. */
export const allDigits = [0, 3, 6, 9, -3] as const;
export type Digits = (typeof allDigits)[number];

export interface Scaled {
  readonly raw: number;
  readonly digits: Digits;
  /** False if no integer stands for exactly this value, and the nearest one was taken. */
  readonly exact: boolean;
}

/** Largest raw value of a slot, PostgreSQL's `int`. */
export const mostInSlot = 2 ** 31 - 1;
/** Largest raw value of a register: as many decimal digits as a number surely holds. */
export const mostInRegister = 999_999_999_999_999;

/**
 * Energies of MEP meters come in steps of 1, 10 or 100 Wh or varh (MEP guide 1.1, pp. 164-165), and counts in steps of one; what other
 * meters count, such as cubic metres, has decimals as a rule.
 */
const wholeUnits = /_(wh|varh|vah)$|^source_\d+$/;

/** Which decimal places are tried for a channel, the usual ones first. A value takes the first that fit, so equal values take the same. */
const placesFor = (channel: string): readonly Digits[] => (wholeUnits.test(channel) ? allDigits : [3, 0, 6, 9, -3]);

/**
 * A decimal of 15 digits survives the way through a number of 64 bits, and noise such as that of `3 * 0.1` is beyond them. So the decimal
 * that was meant is the one with 15 digits.
 */
const meant = (value: number): number => Number(value.toPrecision(15));

const integerOf = (value: number, digits: Digits): number =>
  Math.round(digits < 0 ? value / 1_000 : value * 10 ** digits);

/**
 * A value of a channel as an integer with the channel's decimal places; undefined if it is no number or too large even for thousands.
 *
 * @param most the largest raw value: `mostInSlot` or `mostInRegister`
 * @example scaled("energy_import_wh", 250, mostInSlot) // { raw: 250, digits: 0, exact: true }
 * @example scaled("energy_import_wh", 250.5, mostInSlot) // { raw: 250500, digits: 3, exact: true }
 * @example scaled("volume_m3", 3 * 0.001, mostInSlot) // { raw: 3, digits: 3, exact: true }
 */
export const scaled = (channel: string, value: number, most: number): Scaled | undefined => {
  if (!Number.isFinite(value)) return undefined;
  const decimal = meant(value);
  for (const digits of placesFor(channel)) {
    // "+ 0" makes a zero of a negative zero.
    const raw = integerOf(decimal, digits) + 0;
    if (Math.abs(raw) <= most && Number(`${raw}e${-digits}`) === decimal) return { raw, digits, exact: true };
  }
  for (const digits of [9, 6, 3, 0, -3] as const) {
    const raw = integerOf(decimal, digits) + 0;
    if (Math.abs(raw) <= most) return { raw, digits, exact: false };
  }
  return undefined;
};

/**
 * The value of a raw integer, or of a sum of some, in the unit of its channel: the number nearest to it.
 *
 * @example numberOf(250500n, 3) // 250.5
 */
export const numberOf = (raw: number | bigint, digits: number): number => Number(`${raw}e${-digits}`);
