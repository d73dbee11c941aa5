/** The result of one read among several: a batch does not fail because one part does. */
import { type MeterportError, ResponseError } from "@meterport/protocol/errors";

export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: MeterportError };

/**
 * Returns the value, or throws its error.
 *
 * @throws MeterportError
 */
export const orThrow = <T>(outcome: Outcome<T>): T => {
  if (outcome.ok) return outcome.value;
  throw outcome.error;
};

/**
 * The value; null if the meter refused it.
 *
 * @throws MeterportError for any other failure
 */
export const unlessRefused = <T>(outcome: Outcome<T>): T | null =>
  outcome.ok || !(outcome.error instanceof ResponseError) ? orThrow(outcome) : null;
