/** Answers that take the database a while: made once for all who ask, and kept for a time. */
import type { Clock, Millis } from "@meterport/protocol/ports";

export interface Lately<T> {
  /** Made at most `validFor` ago. A failure is not kept. */
  readonly get: () => Promise<T>;
}

export const lately = <T>(clock: Pick<Clock, "now">, validFor: Millis, make: () => Promise<T>): Lately<T> => {
  let made: { readonly at: Millis; readonly answer: Promise<T> } | undefined;
  const get = (): Promise<T> => {
    const now = clock.now();
    if (made !== undefined && now - made.at < validFor) return made.answer;
    const answer = make();
    const own = { at: now, answer };
    made = own;
    answer.catch(() => {
      if (made === own) made = undefined;
    });
    return answer;
  };
  return { get };
};
