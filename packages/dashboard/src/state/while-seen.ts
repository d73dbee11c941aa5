/**
 * Runs something at once and again each `ms` milliseconds, but not while the page is hidden; one run after the other.
 *
 * @returns what ends it, and what is in progress
 */
export function whileSeen(ms: number, run: (signal: AbortSignal) => Promise<unknown>): () => void {
  const stop = new AbortController();
  let timer = 0;
  let busy = false;
  const turn = async (): Promise<void> => {
    window.clearTimeout(timer);
    if (busy || stop.signal.aborted || document.hidden) return;
    busy = true;
    await run(stop.signal);
    busy = false;
    if (!stop.signal.aborted) timer = window.setTimeout(() => void turn(), ms);
  };
  const look = (): void => void turn();
  document.addEventListener("visibilitychange", look);
  void turn();
  return () => {
    stop.abort();
    window.clearTimeout(timer);
    document.removeEventListener("visibilitychange", look);
  };
}
