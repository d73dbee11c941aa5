/**
 * A program as a device of the grid: registered at a meter and asked by the head-end, on the meter's display, alerted when a
 * source changes, and asking for the devices behind the meter to be read. All of it needs a connection that may write.
 */
export { nextTransaction, type ReadNow, type ReadNowOptions, readDeviceNow } from "./children/read-device-now.ts";
export { type ArmOptions, armDelta, checkDelta, readDelta } from "./delta/arm-delta.ts";
export type { DeltaEntry, DeltaWish } from "./delta/delta-entries.ts";
export { type DeltaEvent, DeltaWatch } from "./delta/delta-watch.ts";
export type { CellName, Cells, FoundDisplay, LoneIcon } from "./display/display-cells.ts";
export {
  type DisplayInput,
  DisplayKeeper,
  type DisplayKeeperOptions,
  type DisplayMemory,
  type DisplayOutput,
  type WantedDisplay,
} from "./display/display-keeper.ts";
export type { DisplayItem } from "./display/display-places.ts";
export { DisplayRunner, type DisplayRunnerOptions } from "./display/display-runner.ts";
export { recordedClientSources } from "./display/recorded-sources.ts";
export type {
  Answer,
  Ask,
  FieldPath,
  FileRules,
  FileStep,
  RoleAction,
  RoleInput,
  RoleOptions,
  Step,
  StepFailure,
} from "./role/actions.ts";
export { DeviceRole, type RolePhase } from "./role/device-role.ts";
export { type DeviceEvent, deviceEventText, type FileObstacle, type Obstacle } from "./role/events.ts";
export type { FileProgress } from "./role/file-progress.ts";
export type { FileSink, ImageMac } from "./role/file-store.ts";
export type { RequestState, RoleMemory, ServedRequest } from "./role/memory.ts";
export {
  type Answerer,
  type DeviceOptions,
  type DeviceStore,
  type RunningDevice,
  runDevice,
} from "./role/run-device.ts";
export { nextTransactionNumber } from "./role/transaction-numbers.ts";
