/**
 * What a meter remembers: load profile, events, outages, billing, and what it reports about tariffs, alarms, power quality
 * and its devices. Separate from the main entry, so that a program that only wants live readings stays small.
 */
export { type AlarmChanges, AlarmTracker, type TrackedAlarm } from "./alarm-tracker.ts";
export { type Alarms, type DeviceAlarms, type MeterAlarms, readAlarms } from "./alarms.ts";
export {
  type BillingKind,
  type BillingOptions,
  type BillingSnapshot,
  billingKinds,
  type ResetReason,
  readBilling,
} from "./billing.ts";
export {
  type Activation,
  type CalendarOptions,
  type CalendarReading,
  type LocalTimeRules,
  type RelaySwitch,
  type RelaySwitches,
  readCalendar,
} from "./calendar.ts";
export { type ChildChannel, childChannel, childChannels } from "./child-channels.ts";
export {
  type ConsumptionInterval,
  type ConsumptionOptions,
  type ConsumptionState,
  type ConsumptionValue,
  consumption,
} from "./consumption.ts";
export {
  type ControlOutput,
  type ControlState,
  type OutputName,
  type OutputState,
  readControlState,
  type TariffOverride,
} from "./control-state.ts";
export { type CommandMonitor, type DeviceControl, matchedSlot } from "./device-control.ts";
export {
  type DisplayCharacters,
  type DisplayMessages,
  readDisplayMessages,
  type ScheduledMessage,
} from "./display-messages.ts";
export { type EventLogName, type EventsOptions, type LogEvent, readEvents } from "./events.ts";
export { type DeviceQuery, findDevice } from "./find-device.ts";
export {
  type ChannelState,
  type ChannelValue,
  type DiscardedBlock,
  LoadProfile,
  type LoadProfileInterval,
  openLoadProfile,
  type ProfileChannel,
  type ProfileExtent,
  type ReadIntervalsOptions,
} from "./load-profile.ts";
export { type Device, type DeviceRead, readDevices } from "./mbus.ts";
export { type MeterTime, meterLocalTime, meterTime, meterTimeOf } from "./meter-time.ts";
export { type Outage, type OutagesOptions, readOutages } from "./outages.ts";
export {
  type CriticalVoltage,
  type Distortion,
  type Happened,
  type PhaseQuality,
  type PowerQuality,
  type QualityPhase,
  readPowerQuality,
  type VoltageEvent,
} from "./power-quality.ts";
export type { PresentTariff } from "./present-tariff.ts";
export type { Believed, Doubt } from "./quality.ts";
export { ageOfRead } from "./read-age.ts";
export {
  type ReadSchedule,
  type ReadTimes,
  readScheduleOf,
  type StoredSchedule,
  scheduleText,
} from "./read-schedule.ts";
export { type RecurringOptions, type RecurringRead, readRecurring } from "./recurring.ts";
export { type Demands, type PresentDemand, type PresentRegisters, readDemands, readRegisters } from "./registers.ts";
export type { LogOptions, LogProgress } from "./ring.ts";
export type { CoincidentValue, DemandValue, RegisterBlock, Registers, RegisterValue } from "./snapshot.ts";
export { type NextSwitch, nextSwitch, type TariffEvent, TariffWatch } from "./tariff-watch.ts";
