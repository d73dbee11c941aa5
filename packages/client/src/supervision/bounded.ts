/** Work with a time limit and a signal. */
import { LinkError } from "@meterport/protocol/errors";
import type { Clock, Millis, Signal } from "@meterport/protocol/ports";
import { StopSignal } from "../session/stop-signal.ts";

export interface BoundedOptions<T> {
  readonly clock: Clock;
  readonly limit: Millis;
  readonly signal?: Signal | undefined;
  /** For messages: "read the live values". */
  readonly label: string;
  /** Called when the limit has passed. */
  readonly onLimit?: (() => void) | undefined;
  /** Called with a result that comes after the limit. */
  readonly late?: ((result: T) => void) | undefined;
}

/**
 * Runs `task` with a signal that is raised after `limit` milliseconds or together with `signal`. Does not wait for a task
 * that ignores it.
 *
 * @throws LinkError "no-answer" after the limit, "aborted" with the signal; anything that the task throws
 */
export const bounded = <T>(
  { clock, limit, signal, label, onLimit, late }: BoundedOptions<T>,
  task: (signal: Signal) => Promise<T>,
): Promise<T> => {
  const own = new StopSignal();
  return new Promise<T>((resolve, reject) => {
    let open = true;
    const end = (settle: () => void): void => {
      if (!open) return;
      open = false;
      cancel();
      signal?.removeEventListener("abort", aborted);
      settle();
    };
    const giveUp = (error: LinkError): void =>
      end(() => {
        reject(error);
        own.raise();
      });
    const aborted = (): void => giveUp(new LinkError("aborted", label, "stopped"));
    const cancel = clock.at(clock.now() + limit, () => {
      onLimit?.();
      giveUp(new LinkError("no-answer", label, `not done after ${limit / 1000} s`));
    });
    signal?.addEventListener("abort", aborted, { once: true });
    if (signal?.aborted === true) return aborted();
    const failed = (error: unknown): void => end(() => reject(error));
    try {
      task(own).then((result) => (open ? end(() => resolve(result)) : late?.(result)), failed);
    } catch (error) {
      failed(error);
    }
  });
};
