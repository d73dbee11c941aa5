/** Read NES meters: a session, a meter with typed tables, live readings. */

export { firmwareOf } from "@meterport/protocol/tables/firmware";
export { type ConnectOptions, connect } from "./connect.ts";
export { type Identity, identify } from "./identity.ts";
export { type LiveRead, LiveReader, openLive } from "./live.ts";
export { type CallOptions, Meter, type Wanted, type Wants } from "./meter.ts";
export { type Outcome, orThrow } from "./outcome.ts";
export type { RawProcedureResponse } from "./procedure-call.ts";
export type { ProcedureOptions } from "./procedure-caller.ts";
export { type ByteRange, joinRanges } from "./ranges.ts";
export { type Rc4Security, rc4, type Security } from "./security.ts";
export { type Counters, type RequestOptions, Session, type SessionEvent, type SessionOptions } from "./session.ts";
export { type FieldValue, type WriteOptions, type WriteResult, writeLabel } from "./table-writer.ts";
export type { Step, Steps } from "./transaction-steps.ts";
export type { StepOutcomes, TransactionOptions } from "./transactions.ts";
export { admit, type WearLimit, type WearState, wearLimits, wears } from "./wear.ts";
export { memoryWearStore, type WearStore } from "./wear-budget.ts";
export type { TableWrite } from "./write-plan.ts";
