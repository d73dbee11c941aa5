/** Asks again and again for what a view shows, as long as somebody can see it. */
export interface Repeated {
  /** Gives false for a failure, after which it is asked sooner. */
  readonly ask: (signal: AbortSignal) => Promise<boolean>;
  /** Milliseconds from an answer to the next question. */
  readonly each: number;
  readonly after: (ms: number, run: () => void) => () => void;
  /** A hidden page asks nothing; it starts over when it is shown again. */
  readonly isHidden: () => boolean;
}

/** Milliseconds after which a failure is tried again. */
export const RETRY_MS = 5000;

/**
 * Asks at once, and then again until the returned function is called, which also gives up the running question.
 *
 * @example $effect(() => repeated({ ask, each: 60_000, after, isHidden: () => document.hidden }))
 */
export function repeated({ ask, each, after, isHidden }: Repeated): () => void {
  const abort = new AbortController();
  let cancel: () => void = () => undefined;
  const turn = async (): Promise<void> => {
    if (isHidden()) return wait(each);
    const done = await ask(abort.signal);
    if (!abort.signal.aborted) wait(done ? each : Math.min(each, RETRY_MS));
  };
  const wait = (ms: number): void => {
    cancel = after(ms, () => void turn());
  };
  void turn();
  return () => {
    abort.abort();
    cancel();
  };
}
