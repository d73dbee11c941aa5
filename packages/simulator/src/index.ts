/**
 * A virtual NES meter with a household behind it, faults for its line, and lines to read it over.
 *
 * Its UART that older meters share with the optical port is in `…/optical/shared-uart`, its past in `…/meter/recall`.
 */

export type { Behaviour, DefaultAnswer, MeterRequest } from "./behaviour.ts";
export { type LiveTable, Memory } from "./contents/memory.ts";
export type { History } from "./history/history.ts";
export type { Outage, Past } from "./history/past.ts";
export { type Household, type HouseholdOptions, openHousehold } from "./household/household.ts";
export { isScenarioName, type Scenario, type ScenarioName, scenarios } from "./household/scenarios.ts";
export type { LineCondition, LineScript, LineStep } from "./line/condition.ts";
export { everyFault, type FaultName, type FaultRates, Faults, faultNames } from "./line/faults.ts";
export { type Line, type MemoryLineOptions, type ModelledLineOptions, memoryLine, modelledLine } from "./line/line.ts";
export { type LineCounts, LineModel, type LineModelOptions } from "./line/line-model.ts";
export { ReplayedMeter } from "./line/replay.ts";
export { type Served, serve } from "./line/serve.ts";
export { VirtualMeter, type VirtualMeterOptions } from "./meter/virtual-meter.ts";
export { MepPort, type MeterOutput, type MeterPort } from "./meter-port.ts";
export { type OpticalKeys, OpticalPort } from "./optical/optical-port.ts";
export { type Random, seeded } from "./random.ts";
