/** Waiting with an end: on an injected clock, and on a signal. */
import { LinkError } from "@meterport/protocol/errors";
import type { Clock, Millis } from "@meterport/protocol/ports";

/** Resolves after so many milliseconds, or at once when the signal is raised. Never rejects. */
export const pause = (clock: Clock, milliseconds: Millis, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      off();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const off = clock.at(clock.now() + milliseconds, end);
    signal.addEventListener("abort", end);
  });

export interface BoundedOptions<T> {
  readonly clock: Clock;
  readonly limit: Millis;
  readonly signal: AbortSignal;
  /** For messages: "read the live values". */
  readonly what: string;
  /** What to do with a result that comes after nobody waits for it any more. */
  readonly late?: (result: T) => void;
}

/**
 * Runs `task` with a signal that is raised after `limit` milliseconds or together with `signal`, and does not wait for
 * a task that ignores its signal.
 *
 * @throws LinkError "no-answer" after the limit, "aborted" with the signal, and whatever the task throws
 */
export const bounded = <T>(options: BoundedOptions<T>, task: (signal: AbortSignal) => Promise<T>): Promise<T> => {
  const { clock, limit, signal, what } = options;
  const own = new AbortController();
  return new Promise<T>((resolve, reject) => {
    let open = true;
    const end = (settle: () => void): void => {
      if (!open) return;
      open = false;
      off();
      signal.removeEventListener("abort", aborted);
      settle();
    };
    const giveUp = (error: LinkError): void =>
      end(() => {
        reject(error);
        own.abort(error);
      });
    const aborted = (): void => giveUp(new LinkError("aborted", what, "stopped"));
    const off = clock.at(clock.now() + limit, () =>
      giveUp(new LinkError("no-answer", what, `not done after ${limit / 1000} s`)),
    );
    signal.addEventListener("abort", aborted);
    if (signal.aborted) return aborted();
    task(own.signal).then(
      (result) => (open ? end(() => resolve(result)) : options.late?.(result)),
      (error) => end(() => reject(error)),
    );
  });
};
