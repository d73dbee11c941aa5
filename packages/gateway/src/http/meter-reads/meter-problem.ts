/** What a read from a meter that failed means for a client. */
import { LayoutError, MeterportError, ResponseError, UsageError } from "@meterport/protocol/errors";
import type { ApiProblem } from "../api.ts";

export interface MeterProblem {
  readonly status: 404 | 502 | 503;
  readonly problem: ApiProblem;
}

/**
 * Status and sentence: 502 if the meter refuses or has no such thing, 503 if it does not answer.
 *
 * @throws any error that is not about the meter
 */
export const meterProblem = (error: unknown, what: string, code: string): MeterProblem => {
  if (!(error instanceof MeterportError)) throw error;
  if (error instanceof UsageError) return { status: 404, problem: { error: code, message: error.message } };
  const refused = error instanceof ResponseError || error instanceof LayoutError;
  const said = refused ? `${what} cannot be read` : "the meter does not answer";
  return {
    status: refused ? 502 : 503,
    problem: { error: refused ? code : "meter-silent", message: `${said}: ${error.message}` },
  };
};
