/** Which entry of a list a key leads to. */

/**
 * The entry, from 0, to which a key leads from `active`, or from outside if that is -1; null for a key that leads nowhere.
 *
 * @example listMove("ArrowDown", -1, 3, 10) // 0
 * @example listMove("PageDown", 1, 3, 10) // 2
 * @example listMove("a", 1, 3, 10) // null
 */
export function listMove(key: string, active: number, count: number, page: number): number | null {
  if (count === 0) return null;
  const to = (wanted: number): number => Math.min(count - 1, Math.max(0, wanted));
  switch (key) {
    case "ArrowDown":
      return to(active + 1);
    case "ArrowUp":
      return active === -1 ? count - 1 : to(active - 1);
    case "PageDown":
      return to(active + page);
    case "PageUp":
      return to(active - page);
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}
