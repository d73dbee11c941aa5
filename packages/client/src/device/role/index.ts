/** A program as a device of the grid: registered at a meter, asked by the head-end. */
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
} from "./actions.ts";
export { DeviceRole, type RolePhase } from "./device-role.ts";
export { type DeviceEvent, deviceEventText, type FileObstacle, type Obstacle } from "./events.ts";
export type { FileProgress } from "./file-progress.ts";
export type { FileSink, ImageMac } from "./file-store.ts";
export type { RequestState, RoleMemory, ServedRequest } from "./memory.ts";
export { type Answerer, type DeviceOptions, type DeviceStore, type RunningDevice, runDevice } from "./run-device.ts";
export { nextTransactionNumber } from "./transaction-numbers.ts";
