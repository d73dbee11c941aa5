/**
 * Reads NES meters: a meter with typed tables over any byte pipe, and live readings.
 *
 * Parts that not every program needs have their own path, so that a page in a browser stays small: `…/session/tls`,
 * `…/security/auto` and `…/session/optical` for other kinds of security, `…/supervision/supervisor` for a link that
 * recovers, and below `…/readers/` the load profile, events, outages, billing, alarms and M-Bus devices.
 */
export { type ConnectOptions, connect } from "./connect.ts";
export { type LiveRead, LiveReader, openLive } from "./live/live.ts";
export type { Capabilities, Capability, TableCapability } from "./meter/capabilities.ts";
export { type Identity, identify, type ProfileSource } from "./meter/identity.ts";
export { type CallOptions, Meter, type Wanted, type Wants } from "./meter/meter.ts";
export { type Outcome, orThrow } from "./meter/outcome.ts";
export type { RawProcedureResponse } from "./meter/procedure/procedure-call.ts";
export type { ProcedureOptions } from "./meter/procedure/procedure-caller.ts";
export type { Step, Steps } from "./meter/transaction/transaction-steps.ts";
export type { StepOutcomes, TransactionOptions, TransactionPlan } from "./meter/transaction/transactions.ts";
export type { FieldValue, WriteOptions, WriteResult } from "./meter/write/table-writer.ts";
export { type WearLimit, type WearState, wearLimits } from "./meter/write/wear.ts";
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
