import { LinkError } from "@meterport/protocol/errors";
import type { Clock, Millis, Signal } from "@meterport/protocol/ports";

/** Waits on the given clock. @throws LinkError (`aborted`), named after `label` */
export const pause = (clock: Clock, time: Millis, label: string, signal: Signal | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    const aborted = (): void => {
      cancel();
      reject(new LinkError("aborted", label, "aborted while it waited for the meter"));
    };
    const cancel = clock.at(clock.now() + time, () => {
      signal?.removeEventListener("abort", aborted);
      resolve();
    });
    if (signal?.aborted === true) aborted();
    else signal?.addEventListener("abort", aborted, { once: true });
  });
