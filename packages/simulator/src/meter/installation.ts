/** When a virtual meter was installed that has no memory of its own, so that its registers rise over restarts too. */
import type { Millis } from "@meterport/protocol/ports";

/** More than any household of the simulator moves a register by in a month, in Wh. */
const mostInMonth = 3_000_000;
const firstYear = 2026;

/** What `VirtualMeter` takes. */
export interface Installation {
  readonly start: Millis;
  /** Wh */
  readonly counted: number;
}

/**
 * The first of the month, UTC, with what the months before it had counted: a meter that starts again in the same month
 * goes on exactly where it was, and one that starts in a later one has counted more, never less.
 *
 * @param now Unix milliseconds
 * @example
 * installationAt(Date.UTC(2026, 2, 15)).counted // 6000000
 */
export const installationAt = (now: Millis): Installation => {
  const date = new Date(now);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return { start: Date.UTC(year, month), counted: Math.max(0, (year - firstYear) * 12 + month) * mostInMonth };
};
