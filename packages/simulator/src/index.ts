/** A virtual NES meter with a household behind it, faults for its line, and lines to read it over. */
export type { Behaviour, Ground, MeterRequest } from "./behaviour.ts";
export { ChunkQueue } from "./chunk-queue.ts";
export {
  type Delivery,
  everyFault,
  type FaultName,
  type FaultOptions,
  type FaultRates,
  Faults,
  faultNames,
  type LineFaultOptions,
  type LineFaults,
  lineFaults,
  type Passed,
} from "./faults.ts";
export { goldenMeter, goldenSequences } from "./golden.ts";
export type { MeterEvent } from "./history/events.ts";
export type { History } from "./history/history.ts";
export type { Outage, Past } from "./history/past.ts";
export { recallPast } from "./history/recall.ts";
export { type Household, type HouseholdOptions, openHousehold } from "./household/household.ts";
export { isScenarioName, type Scenario, type ScenarioName, scenarios } from "./household/scenarios.ts";
export {
  type Line,
  type LineCounts,
  type MemoryLineOptions,
  type ModelledLineOptions,
  memoryLine,
  modelledLine,
} from "./line.ts";
export { type LiveTable, Memory } from "./memory.ts";
export { MepPort, type MeterOutput, type MeterPort } from "./meter-port.ts";
export { type Random, seeded } from "./random.ts";
export { ReplayedMeter } from "./replay.ts";
export { type Served, serve } from "./serve.ts";
export { VirtualMeter, type VirtualMeterOptions } from "./virtual-meter.ts";
