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

/** A meter takes a number that is at most so far ahead of the one that it expects (MEP guide 1.1, p. 17). */
const window = 8;

export interface Trial {
  /** The request's number. */
  readonly ours: number;
  /** The number that the meter names in its authentic 0x0C. */
  readonly theirs: number;
  /** Whether the packet was sent more than once: then the 0x0C may be to its repetition. */
  readonly repeated: boolean;
  /** Whether the meter has confirmed an earlier number, so that ours was the one that it expected. */
  readonly synchronised: boolean;
}

/**
 * Whether a 0x0C leaves it possible that the meter has executed the request, and only its answer was lost. Where it was sent once,
 * 0x0C says that it was not executed, unless the line doubled it. Where it was sent again, the number must prove it: another
 * client may have moved it meanwhile, and a meter that began again may name any.
 *
 * @example
 * mayHaveRun({ ours: 7, theirs: 10, repeated: false, synchronised: true }) // false
 * mayHaveRun({ ours: 7, theirs: 10, repeated: true, synchronised: true }) // true
 * mayHaveRun({ ours: 7, theirs: 32, repeated: true, synchronised: true }) // false
 */
export const mayHaveRun = ({ ours, theirs, repeated, synchronised }: Trial): boolean => {
  if (executed(ours, theirs)) return synchronised || repeated;
  if (!synchronised || !repeated) return false;
  const ahead = (theirs - ours) >>> 0;
  const jumped = ahead % dimensionsJump === 0 && ahead <= believedJumps * dimensionsJump;
  return !jumped && (ours - theirs) >>> 0 > window;
};
