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
export type { Device, RegisterValues } from "./model/device.ts";
export {
  type Interval,
  type IntervalQuality,
  type IntervalSource,
  intervalQualities,
  intervalSources,
  replaces,
  type StoredInterval,
} from "./model/interval.ts";
export { type JournalChange, type JournalEntry, type JournalPage, journalKinds } from "./model/journal-entry.ts";
export { type EventOrigin, eventOrigins, type PointEvent } from "./model/point-event.ts";
export type {
  BadLinkState,
  LinkHealth,
  LinkState,
  LiveAnswer,
  MeterDetail,
  MeterIdentity,
  MeterSummary,
} from "./model/point-model.ts";
export type { Proof } from "./model/proof.ts";
export { type RegisterReason, type RegisterState, registerReasons } from "./model/register-state.ts";
export type { MeterChange, MeterView } from "./points/meter-view.ts";
export { PointLoop, type PointLoopOptions } from "./points/point-loop.ts";
export { staleAfter } from "./points/staleness.ts";
export { type Log, silentLog } from "./ports/log.ts";
export type { MeterSource, MeterTask } from "./ports/meter-source.ts";
export type * from "./ports/store.ts";
