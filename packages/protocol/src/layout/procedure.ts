/** A procedure: the parameters that go into BT07 and the data that come back in BT08, ET59 or ET85. */
import type { Layout } from "./layout.ts";
import type { Gate } from "./profile.ts";
import type { KeyLevel } from "./table.ts";

export interface ProcedureInfo<Id extends string = string> {
  readonly id: Id;
  /** The 12 bits on the wire: BPn is n, EPn is 2048 + n. */
  readonly number: number;
  readonly title: string;
  readonly access: { readonly call: KeyLevel };
  /** Results whose meaning is this procedure's own, in place of the general one. */
  readonly results: Readonly<Record<number, string>>;
  /** The result that says: not done yet, read the response again; `undefined` where each result is final. */
  readonly unfinished: number | undefined;
  /** Devices and firmware that have the procedure; everything where absent. */
  readonly since: Gate | undefined;
}
export interface Procedure<Id extends string, Q, QE, R, RE> extends ProcedureInfo<Id> {
  /** Parameters: BT07 from byte 3 on. */
  readonly request: Layout<Q, QE>;
  /** Response data: BT08, ET59 or ET85 from byte 4 on. */
  readonly response: Layout<R, RE>;
}

export interface ProcedureOptions {
  readonly results?: Readonly<Record<number, string>>;
  readonly unfinished?: number;
  readonly since?: Gate;
}

/**
 * Declares a procedure as its pages of the guide show it. The guide counts offsets from the start of BT07 and of the
 * response table: `struct({ … }, { from: 3 })` for the request, `{ from: 4 }` for the response.
 */
export const procedure = <const Id extends string, Q, QE, R, RE>(
  id: Id,
  number: number,
  title: string,
  access: ProcedureInfo["access"],
  layouts: { readonly request: Layout<Q, QE>; readonly response: Layout<R, RE> },
  options: ProcedureOptions = {},
): Procedure<Id, Q, QE, R, RE> => ({
  ...layouts,
  id,
  number,
  title,
  access,
  results: options.results ?? {},
  unfinished: options.unfinished,
  since: options.since,
});
