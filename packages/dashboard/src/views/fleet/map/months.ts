/** Months of the completeness map: "2026-11". */

/** The month of a moment in UTC. @example monthOf(0) // "1970-01" */
export function monthOf(time: number): string {
  return new Date(time).toISOString().slice(0, 7);
}

/** True for "2026-11". */
export function isMonth(text: string | undefined): text is string {
  return text !== undefined && /^20\d\d-(0[1-9]|1[0-2])$/.test(text);
}

/**
 * The month so many months later, or earlier.
 *
 * @example monthAfter("2026-12", 1) // "2027-01"
 */
export function monthAfter(month: string, by: number): string {
  const [year = 1970, number = 1] = month.split("-").map(Number);
  return monthOf(Date.UTC(year, number - 1 + by, 1));
}

/** @example daysIn("2028-02") // 29 */
export function daysIn(month: string): number {
  const [year = 1970, number = 1] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number, 0)).getUTCDate();
}

/** Noon of its 15th: any zone and any formatter names the right month. */
export function middleOf(month: string): number {
  return Date.parse(`${month}-15T12:00:00Z`);
}
