/** Counters that start over at 0 when they are full. */

/** How a register passed its end. */
export interface Rollover {
  /** The count at which it starts over, Wh or varh. */
  readonly count: number;
  /** How far it rose across its end. */
  readonly rise: number;
}

/**
 * Where counters may end if the meter does not say: after six or more decimal digits, or 31 or 32 bits, in units of 1, 10 or 100
 * (MEP guide 1.1, pp. 125, 138, 214).
 */
const commonEnds: readonly number[] = [
  ...[6, 7, 8, 9, 10, 11].map((digits) => 10 ** digits),
  ...[1, 10, 100].flatMap((unit) => [unit * 2 ** 31, unit * 2 ** 32]),
];

/**
 * Whether a fall is a rollover: from the last tenth of the range into the first, with a rise of at most `room`. Undefined if not,
 * as when the register was reset or another meter hangs there. `count` is null if the meter does not say where it starts over; then
 * `room` should be what is usual, since any meter may be exchanged near one of many ends.
 *
 * @example
 * rolledOver({ from: 999_999_990, to: 5, count: 1_000_000_000, room: 1_000 }) // { count: 1000000000, rise: 15 }
 * @example
 * rolledOver({ from: 5_000_000, to: 5, count: null, room: 1_000 }) // undefined
 */
export const rolledOver = (step: {
  readonly from: number;
  readonly to: number;
  readonly count: number | null;
  readonly room: number;
}): Rollover | undefined => {
  const { from, to, room } = step;
  for (const count of step.count === null ? commonEnds : [step.count]) {
    const rise = to + count - from;
    if (from < count && from >= 0.9 * count && to >= 0 && to < count / 10 && rise <= room) return { count, rise };
  }
  return undefined;
};
