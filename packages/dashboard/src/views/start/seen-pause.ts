/** Resolves after this time, later while nobody sees the page, and at once when it is given up. */
export function seenPause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      window.clearTimeout(timer);
      document.removeEventListener("visibilitychange", look);
      signal.removeEventListener("abort", end);
      resolve();
    };
    let over = false;
    const look = (): void => {
      if (over && !document.hidden) end();
    };
    const timer = window.setTimeout(() => {
      over = true;
      look();
    }, ms);
    document.addEventListener("visibilitychange", look);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
  });
}
