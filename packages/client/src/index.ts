/** Read NES meters: a session, a meter with typed tables, live readings. */

export { firmwareOf } from "@meterport/protocol/tables/firmware";
export { type ConnectOptions, connect } from "./connect.ts";
export { type LiveRead, LiveReader, openLive } from "./live/live.ts";
export { type Identity, identify } from "./meter/identity.ts";
export { type CallOptions, Meter, type Wanted, type Wants } from "./meter/meter.ts";
export { type Outcome, orThrow } from "./meter/outcome.ts";
export type { RawProcedureResponse } from "./meter/procedure/procedure-call.ts";
export type { ProcedureOptions } from "./meter/procedure/procedure-caller.ts";
export { type ByteRange, joinRanges } from "./meter/read/ranges.ts";
export type { Step, Steps } from "./meter/transaction/transaction-steps.ts";
export type { StepOutcomes, TransactionOptions } from "./meter/transaction/transactions.ts";
export { type FieldValue, type WriteOptions, type WriteResult, writeLabel } from "./meter/write/table-writer.ts";
export { admit, type WearLimit, type WearState, wearLimits, wears } from "./meter/write/wear.ts";
export { memoryWearStore, type WearStore } from "./meter/write/wear-budget.ts";
export type { TableWrite } from "./meter/write/write-plan.ts";
export { type Rc4Security, rc4, type Security } from "./session/security.ts";
export {
  type Counters,
  type RequestOptions,
  Session,
  type SessionEvent,
  type SessionOptions,
} from "./session/session.ts";
