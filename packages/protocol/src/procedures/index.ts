/** Every declared procedure, by name, by id and by number; where its layout comes from; whether it may be called twice. */
import type { Procedure } from "../layout/index.ts";
import { BP10 } from "./bp10-set-date-and-time.ts";
import { EP16 } from "./ep16-change-clock.ts";
import { EP17 } from "./ep17-remove-device.ts";
import { EP19 } from "./ep19-post-on-demand-request.ts";
import { EP61 } from "./ep61-transaction-lock.ts";
import { BP04, BP05 } from "./list-procedures.ts";
import { BP12, BP13, BP14, BP15 } from "./pending-procedures.ts";

export { BP10 } from "./bp10-set-date-and-time.ts";
export { encodeCall } from "./call.ts";
export { EP16 } from "./ep16-change-clock.ts";
export { EP17 } from "./ep17-remove-device.ts";
export { EP19, onDemandRequest } from "./ep19-post-on-demand-request.ts";
export { type PostEncoding, type PostedData, postTypes, thirdPartyPost, unverifiedEP39 } from "./ep39-post-mep-data.ts";
export { EP61, transactionLock, transactionLockTime } from "./ep61-transaction-lock.ts";
export { BP04, BP05 } from "./list-procedures.ts";
export { BP12, BP13, BP14, BP15 } from "./pending-procedures.ts";
export { mayBeRepeated } from "./repeatable.ts";
export { procedureResults, resultMeaning } from "./result-codes.ts";

// biome-ignore lint/suspicious/noExplicitAny: parameters are contravariant, so only `any` stands for "whatever it takes"
export type AnyProcedure = Procedure<string, any, any, any, any>;

/** In ascending order of their numbers. EP39 is not among them: it exists only with an encoding, see `unverifiedEP39`. */
export const procedures: readonly AnyProcedure[] = [BP04, BP05, BP10, BP12, BP13, BP14, BP15, EP16, EP17, EP19, EP61];
export const proceduresById: ReadonlyMap<string, AnyProcedure> = new Map(
  procedures.map((procedure) => [procedure.id, procedure]),
);
export const proceduresByNumber: ReadonlyMap<number, AnyProcedure> = new Map(
  procedures.map((procedure) => [procedure.number, procedure]),
);

/** What a declaration stands on: the guides, the ANSI standard that they build on, or a name without a layout. */
export type ProcedureSource = "guide" | "ansi-c12.19" | "name-only" | "unverified";
const sources: Readonly<Record<string, ProcedureSource>> = {
  BP04: "ansi-c12.19",
  BP05: "ansi-c12.19",
  BP10: "ansi-c12.19",
  BP12: "ansi-c12.19",
  BP13: "ansi-c12.19",
  BP14: "ansi-c12.19",
  BP15: "guide",
  EP16: "name-only",
  EP17: "guide",
  EP19: "guide",
  EP39: "unverified",
  EP61: "guide",
};

/**
 * Where the layout of a procedure comes from.
 *
 * @example
 * procedureSource("BP10") // "ansi-c12.19"
 */
export const procedureSource = (id: string): ProcedureSource => sources[id] ?? "name-only";
