/** The part of a browser's lock that keeps its screen on. */
interface Lock {
  release(): Promise<unknown>;
}

/** The part of the page that says whether it is seen. */
interface Seen {
  readonly hidden: boolean;
  addEventListener(type: "visibilitychange", run: () => void): void;
  removeEventListener(type: "visibilitychange", run: () => void): void;
}

/**
 * Keeps the screen on while the page is seen, if the browser can; returns how to end that. A browser takes the lock away when
 * the page is hidden, so it is asked for again.
 *
 * @param request undefined where the browser has no such lock, as on a page without TLS
 */
export function stayAwake(page: Seen, request: () => Promise<Lock> | undefined): () => void {
  let [lock, over]: [Lock | null, boolean] = [null, false];
  const release = (held: Lock | null): void => {
    held?.release().catch(() => undefined);
  };
  const take = async (): Promise<void> => {
    if (page.hidden) return;
    try {
      const taken = (await request()) ?? null;
      if (over) release(taken);
      else lock = taken;
    } catch {
      // Refused, as by a tablet whose battery is low.
    }
  };
  const look = (): void => void take();
  look();
  page.addEventListener("visibilitychange", look);
  return () => {
    over = true;
    page.removeEventListener("visibilitychange", look);
    release(lock);
  };
}
