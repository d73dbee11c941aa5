/** One call of a procedure: what goes into BT07, and what the answer in BT08, ET59 or ET85 means. Sends nothing itself. */
import { LayoutError, ProcedureError } from "@meterport/protocol/errors";
import { decode, encode, type Procedure, sizeOf } from "@meterport/protocol/layout/index";
import { resultMeaning } from "@meterport/protocol/procedures/result-codes";
import { BT07 } from "@meterport/protocol/tables/basic/bt07-procedure-initiate";
import type { BT08 } from "@meterport/protocol/tables/basic/bt08-procedure-response";
import { procedureIdOf } from "@meterport/protocol/tables/identifiers";

/** A call without its sequence number. */
export interface CallBody<R> {
  readonly id: string;
  readonly number: number;
  readonly parameters: Uint8Array;
  /** Bytes of the response table; `undefined` if unknown. */
  readonly length: number | undefined;
  /** Results with a meaning specific to this procedure. */
  readonly results: Readonly<Record<number, string>>;
  /** The result that means: not done yet. */
  readonly unfinished: number | undefined;
  /** @throws LayoutError */
  readonly decode: (response: BT08) => R;
}

/** The answer to a procedure that is known only by its number. */
export interface RawProcedureResponse {
  /** 0 done, 1 accepted but not done completely. */
  readonly result: number;
  /** The response table after the result, to its end. */
  readonly data: Uint8Array;
}

const responseHeader = 4;

const knownLength = <Q, QE, R, RE>(procedure: Procedure<string, Q, QE, R, RE>, env: QE & RE): number | undefined => {
  try {
    return responseHeader + sizeOf(procedure.response, env);
  } catch (error) {
    if (error instanceof LayoutError) return undefined;
    throw error;
  }
};

/** @throws LayoutError for parameters that do not fit */
export const callBody = <Q, QE, R, RE>(
  procedure: Procedure<string, Q, QE, R, RE>,
  parameters: Q,
  env: QE & RE,
): CallBody<R> => ({
  id: procedure.id,
  number: procedure.number,
  parameters: encode(procedure.request, parameters, env),
  length: knownLength(procedure, env),
  results: procedure.results,
  unfinished: procedure.unfinished,
  decode: ({ data }) => decode(procedure.response, data, env, { trailing: "keep" }),
});

/** @throws UsageError (`bad-id`) for an invalid number */
export const rawCallBody = (number: number, parameters: Uint8Array): CallBody<RawProcedureResponse> => ({
  id: procedureIdOf(number),
  number,
  parameters,
  length: undefined,
  results: {},
  unfinished: undefined,
  decode: ({ result, data }) => ({ result, data }),
});

/** All of BT07. */
export const initiation = ({ number, parameters }: CallBody<unknown>, sequence: number): Uint8Array =>
  encode(BT07, { procedure: number, responseHandling: 0, sequence, parameters }, {});

/** Compares number and sequence: optical and power line users share BT08. */
export const isAnswerTo = (body: CallBody<unknown>, sequence: number, response: BT08): boolean =>
  response.procedure === body.number && response.sequence === sequence;

/** Names of the results that ANSI C12.19 gives to all procedures (MEP guide 1.1, p. 59). */
const resultCodes: Readonly<Record<number, string>> = {
  1: "not-complete",
  2: "invalid-parameter",
  3: "conflict",
  4: "not-now",
  5: "no-authorization",
  6: "unknown-procedure",
};

/**
 * The result of a procedure.
 *
 * @throws ProcedureError whose code names a general result, or is `own-result` if the number has a meaning specific to the
 * procedure
 */
export const openResponse = <R>(body: CallBody<R>, response: BT08): R => {
  const { result } = response;
  const own = body.results[result] !== undefined;
  // "Accepted" is final unless the procedure says otherwise (p. 57).
  if (result === 0 || (result === 1 && !own && body.unfinished !== 1)) return body.decode(response);
  const name = result === body.unfinished ? "not-complete" : own ? undefined : resultCodes[result];
  throw new ProcedureError(name ?? "own-result", result, `call ${body.id}`, resultMeaning(body, result));
};
