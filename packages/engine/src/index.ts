/** Polls metering points, guards their values, and keeps the one snapshot that everything else reads. */
export {
  emptyGuard,
  type GuardEvent,
  type Guarded,
  type GuardLimits,
  type GuardState,
  guard,
  limitsForFuse,
} from "./guard/guard.ts";
export { type RegisterKey, registerKeys } from "./guard/measured.ts";
export { type HistoryGrid, type HistoryRequest, historyGrid } from "./history/history-grid.ts";
export type { HistoryPoint } from "./history/history-point.ts";
export type {
  BadLinkState,
  LinkHealth,
  LinkState,
  LiveAnswer,
  MeterDetail,
  MeterIdentity,
  MeterSummary,
} from "./model/point-model.ts";
export type { MeterChange, MeterView } from "./points/meter-view.ts";
export { PointLoop, type PointLoopOptions } from "./points/point-loop.ts";
export { staleAfter } from "./points/staleness.ts";
export { type Log, silentLog } from "./ports/log.ts";
export type { MeterSource } from "./ports/meter-source.ts";
export type { LastRegisters, Retention, Store, StoredEvent } from "./ports/store.ts";
