import type { Millis } from "@meterport/protocol/ports";
import type { Io } from "./io.ts";

/** Waits until `time` on the monotonic clock, or until the user interrupts. */
export const waitUntil = (time: Millis, { clock, interrupted }: Pick<Io, "clock" | "interrupted">): Promise<void> =>
  new Promise((resolve) => {
    if (interrupted.aborted) return resolve();
    const done = (): void => {
      cancel();
      interrupted.removeEventListener("abort", done);
      resolve();
    };
    const cancel = clock.at(time, done);
    interrupted.addEventListener("abort", done, { once: true });
  });
