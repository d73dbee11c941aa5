/** Copies of bytes that are passed on and soon forgotten: short ones share their memory, which a copy of its own would cost most of its time for. */

const poolSize = 32 * 1024;
/** A longer piece gets memory of its own. */
const longestInPool = 512;

let pool = new ArrayBuffer(poolSize);
let used = 0;

/**
 * A copy of the bytes from `from` to `to`, which never changes again. Not for what is kept: 32 KiB of memory stay as long as any copy in them.
 *
 * @example
 * passingCopy(Uint8Array.of(1, 2, 3, 4), 1, 3) // Uint8Array.of(2, 3)
 */
export const passingCopy = (bytes: Uint8Array, from: number, to: number): Uint8Array => {
  const length = to - from;
  if (length > longestInPool) return bytes.slice(from, to);
  if (used + length > poolSize) {
    pool = new ArrayBuffer(poolSize);
    used = 0;
  }
  const copy = new Uint8Array(pool, used, length);
  used += length;
  for (let at = 0; at < length; at++) copy[at] = bytes[from + at] as number;
  return copy;
};
