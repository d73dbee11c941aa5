/** A virtual NES meter with a household behind it, faults for its line, and lines to read it over. */

export type { Behaviour, Ground, MeterRequest } from "./behaviour.ts";
export { type LiveTable, Memory } from "./contents/memory.ts";
export type { MeterEvent } from "./history/events.ts";
export type { History } from "./history/history.ts";
export type { Outage, Past } from "./history/past.ts";
export { type Household, type HouseholdOptions, openHousehold } from "./household/household.ts";
export { isScenarioName, type Scenario, type ScenarioName, scenarios } from "./household/scenarios.ts";
export { ChunkQueue } from "./line/chunk-queue.ts";
export type { LineCondition, LineScript, LineStep } from "./line/condition.ts";
export { everyFault, type FaultName, type FaultRates, Faults, faultNames } from "./line/faults.ts";
export { type Line, type MemoryLineOptions, type ModelledLineOptions, memoryLine, modelledLine } from "./line/line.ts";
export { type LineCounts, LineModel, type LineModelOptions } from "./line/line-model.ts";
export { ReplayedMeter } from "./line/replay.ts";
export { type Served, serve } from "./line/serve.ts";
export { goldenMeter, goldenSequences } from "./meter/golden.ts";
export { recallPast } from "./meter/recall.ts";
export { VirtualMeter, type VirtualMeterOptions } from "./meter/virtual-meter.ts";
export { MepPort, type MeterOutput, type MeterPort } from "./meter-port.ts";
export { type OpticalKeys, OpticalPort } from "./optical/optical-port.ts";
export { SharedUart } from "./optical/shared-uart.ts";
export { type Random, seeded } from "./random.ts";
