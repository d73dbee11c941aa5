/** What a meter's number tells of a request whose answer was lost. */

/** By how much the meter's number jumps when its dimensions change (MEP guide 1.1, p. 61). */
export const dimensionsJump = 25;

/** How many such jumps between a lost answer and its repetition are still recognised. */
const believedJumps = 8;

/**
 * Whether a meter that expects `expected` has executed the request with number `ours`: it then expects the one after
 * ours, plus a jump for every change of dimensions since. Had it jumped before our request, it would expect ours plus the jump.
 *
 * @example
 * executed(7, 8) // true
 * executed(7, 32) // false
 */
export const executed = (ours: number, expected: number): boolean => {
  const ahead = (expected - ours) >>> 0;
  return ahead % dimensionsJump === 1 && ahead <= 1 + believedJumps * dimensionsJump;
};
