/** Transaction numbers of requests that a MEP client posts with EP19. */

const first = 0x0400;
const count = 0x100;

/**
 * The next number that is not in use, from the range of MEP clients, 0x0400 to 0x04ff (MEP guide 1.1, p. 251); undefined
 * if all are. `inUse` are those in the queue of ET15, `last` the one taken before, so that numbers return late.
 *
 * @example
 * nextTransactionNumber([], undefined) // 1024
 * nextTransactionNumber([0x401], 0x400) // 1026
 * nextTransactionNumber([], 0x4ff) // 1024
 */
export const nextTransactionNumber = (inUse: Iterable<number>, last: number | undefined): number | undefined => {
  const taken = new Set(inUse);
  const start = last !== undefined && last >= first && last < first + count ? last - first + 1 : 0;
  for (let i = 0; i < count; i++) {
    const number = first + ((start + i) % count);
    if (!taken.has(number)) return number;
  }
  return undefined;
};
