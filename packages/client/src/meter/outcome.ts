/** The result of one read among several: a batch does not fail as a whole because a part of it does. */
import { type MeterportError, ResponseError } from "@meterport/protocol/errors";

export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: MeterportError };

/**
 * The value, or its error thrown.
 *
 * @throws MeterportError
 */
export const orThrow = <T>(outcome: Outcome<T>): T => {
  if (outcome.ok) return outcome.value;
  throw outcome.error;
};

/**
 * The value; null where the meter refused it.
 *
 * @throws MeterportError where anything else is wrong
 */
export const unlessRefused = <T>(outcome: Outcome<T>): T | null =>
  outcome.ok || !(outcome.error instanceof ResponseError) ? orThrow(outcome) : null;
