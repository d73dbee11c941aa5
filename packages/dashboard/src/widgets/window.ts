/** Which rows of a long list are on the screen: only these are drawn. */

export interface Window {
  /** Index of the first drawn row. */
  readonly first: number;
  /** Index after the last one. */
  readonly end: number;
}

/** Rows beyond each edge, so that a quick hand does not see them come. */
const BEYOND = 8;

/**
 * The rows to draw.
 *
 * @param top how far the list is scrolled, pixels
 * @param height what of it is visible, pixels
 * @example windowOf(0, 500, 50, 10_000) // { first: 0, end: 18 }
 */
export function windowOf(top: number, height: number, rowHeight: number, count: number): Window {
  const first = Math.min(Math.max(0, count - 1), Math.max(0, Math.floor(top / rowHeight) - BEYOND));
  const end = Math.min(count, Math.ceil((top + height) / rowHeight) + BEYOND);
  return { first: Math.max(0, first), end: Math.max(first, end) };
}

/**
 * How far to scroll so that a row is whole on the screen; the same if it is.
 *
 * @example scrollFor(20, 0, 500, 50) // 550
 */
export function scrollFor(index: number, top: number, height: number, rowHeight: number): number {
  const start = index * rowHeight;
  if (start < top) return start;
  return start + rowHeight > top + height ? start + rowHeight - height : top;
}
