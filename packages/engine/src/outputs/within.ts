/** A time limit for a promise. */
import type { Clock, Millis } from "@meterport/protocol/ports";

/** What `work` gives, if it does so in time; else what `late` gives, and an error that it gives is thrown. */
export const within = <T, L>(
  clock: Clock,
  limit: Millis,
  work: Promise<T>,
  late: () => L,
): Promise<L extends Error ? T : T | L> =>
  new Promise((resolve, reject) => {
    const cancel = clock.at(clock.now() + limit, () => {
      const given = late();
      if (given instanceof Error) reject(given);
      else resolve(given as never);
    });
    work.then((value) => resolve(value as never), reject).finally(cancel);
  });
