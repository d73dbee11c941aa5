/**
 * Gives a clock in milliseconds that never runs slower than either of two clocks and never goes back.
 * A monotonic clock may stop while a computer sleeps and a wall clock may be set back; each would make an old value look young.
 *
 * @example steadyClock(() => 5, () => 7)() // 0
 */
export function steadyClock(monotonic: () => number, wall: () => number): () => number {
  let lastMonotonic = monotonic();
  let lastWall = wall();
  let total = 0;
  return () => {
    const m = monotonic();
    const w = wall();
    total += Math.max(m - lastMonotonic, w - lastWall, 0);
    lastMonotonic = m;
    lastWall = w;
    return total;
  };
}
