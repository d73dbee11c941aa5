/**
 * M-Bus telegrams: records and whole telegrams of EN 13757-3 and 13757-7 into values, values into telegrams, and what a meter
 * keeps of its devices. Bytes that are wrong are told in the result, and never make it throw; only writing throws.
 */
export {
  type MbusAddress,
  type MbusApplication,
  type MbusApplicationOptions,
  type MbusFrame,
  type MbusProblem,
  mbusApplication,
  mbusFrame,
} from "./application.ts";
export { type MbusProfile, type MbusProfilePoint, mbusProfiles } from "./compact-profiles.ts";
export { manufacturerOf, mediumOf } from "./device.ts";
export { type MbusEncryption, mbusEncryption } from "./encryption.ts";
export { channelBytes, type MbusDataType, mbusDataTypes, mbusTypedValue } from "./kept/data-types.ts";
export { type MbusTelegram, mbusFurtherTelegrams, mbusTelegram } from "./kept/telegram.ts";
export type { MbusPhase } from "./modifiers.ts";
export {
  type MbusDoubt,
  type MbusRecord,
  type MbusRecordOptions,
  type MbusRecords,
  mbusHeader,
  mbusRecords,
  mbusValue,
} from "./records.ts";
export type { MbusStatus } from "./status.ts";
export {
  buildMbusFrame,
  buildMbusTelegram,
  encodeMbusRecord,
  encodeMbusRecords,
  type MbusAnswer,
  type MbusValue,
} from "./telegram-builder.ts";
export { type MbusTimePoint, mbusTime, mbusTimePoint } from "./times.ts";
