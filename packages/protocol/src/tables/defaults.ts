/**
 * The dimensions of a device as it leaves the factory, by profile: what stands in for a meter that cannot be asked, in
 * `tables`, in `explain` and behind the virtual meter.
 */
import { type Profile, reaches } from "../layout/index.ts";
import type { BT20 } from "./basic/bt20-dimension-register.ts";
import type { BT21 } from "./basic/bt21-actual-register.ts";
import type { ET11 } from "./extended/et11-mfg-dimension.ts";
import { type LogDimensions, logDimensions } from "./log-dimensions.ts";

/** What the layouts of registers and of the MEP tables depend on. */
export interface RegisterDimensions {
  readonly profile: Profile;
  readonly BT20: BT20;
  readonly BT21: BT21;
  readonly ET11: ET11;
}
/** What the layouts of tables may depend on. */
export type Dimensions = RegisterDimensions & LogDimensions;

/** Present values of BT28 by firmware: the list of pp. 221-226 says since when each one exists. */
const presentValueCount = (profile: Profile): number => {
  if (reaches(profile, { meter: [4, 30], module: [1, 32] })) return 84;
  if (reaches(profile, { meter: [4, 10] })) return 75;
  if (reaches(profile, { meter: [4, 0] })) return 72;
  if (reaches(profile, { meter: [3, 70], module: [1, 20] })) return 55;
  // What modules before 1.20 have is not documented: 41 is what their meters had.
  if (reaches(profile, { meter: [3, 50], module: [0, 0] })) return 41;
  if (reaches(profile, { meter: [3, 10] })) return 26;
  // Optical guide 1.1, p. 56.
  return reaches(profile, { meter: [2, 12] }) ? 22 : 18;
};

const flags = {
  season: true,
  dateTime: true,
  timeRemaining: false,
  selfReadInhibitOverflow: false,
  dailySelfRead: true,
  weeklySelfRead: true,
  selfReadDemandReset: 0,
} as const;

/**
 * Factory dimensions without demand: 4 tiers, 11 summations (19 from firmware 4.0).
 *
 * @example
 * defaultDimensions({ family: "meter", firmware: [3, 70] }).BT21.presentValues // 55
 */
export const defaultDimensions = (profile: Profile): Dimensions => {
  const generation4 = reaches(profile, { meter: [4, 0] });
  const since350 = reaches(profile, { meter: [3, 50], module: [1, 20] });
  const presentValues = presentValueCount(profile);
  const et11: ET11 = {
    deviceCount: generation4 ? 6 : 5,
    configEntrySize: 66,
    statusEntrySize: 36,
    onDemandQueueSize: 5,
    onDemandEntrySize: 6,
    dataEntrySize: 517,
    transactionRequestLength: since350 ? 896 : 768,
    transactionResponseLength: 1785,
    onDemandWriteEntrySize: 25,
    phaseMeasurementSize: 16,
    configEntry2Size: 22,
    meterOneTimeReadQueueSize: 3,
    mbusOneTimeReadQueueSize: 4,
    meterOneTimeReadEntrySize: 17,
    mbusOneTimeReadEntrySize: 17,
    groupIdCount: 10,
    harmonicCount: 10,
    mbusMulticastLength: 65,
    et22AlarmSize: 120,
    mepDataSources: profile.family === "module" ? 20 : 6,
    et48EntryCount: 10,
    ...(reaches(profile, { meter: [3, 30], module: [1, 11] })
      ? { criticalEventBitmaps: 10, et57EntryCount: 16, relaySwitches: 80 }
      : {}),
    ...(reaches(profile, { meter: [3, 40], module: [1, 20] }) ? { mepDataAlertSources: 10 } : {}),
    ...(since350 ? { ramTransactionRequestLength: 261, ramTransactionResponseLength: 769 } : {}),
    ...(generation4
      ? {
          moduleRecordCount: 6,
          moduleRecordSize: 7,
          mepChannelCount: 2,
          reserved35: Uint8Array.of(10),
          et17BitmapSize: 1250,
        }
      : {}),
    ...(reaches(profile, { meter: [4, 30] }) ? { errorScreenCount: 3 } : {}),
  };
  const since310 = reaches(profile, { meter: [3, 10], module: [0, 0] });
  const since212 = reaches(profile, { meter: [2, 12], module: [0, 0] });
  const bt21: BT21 = {
    ...flags,
    demandResetCounter: false,
    demandResetLock: false,
    cumulativeDemand: false,
    continuousCumulativeDemand: false,
    selfReadSequenceNumber: false,
    selfReads: 12,
    summations: generation4 ? 19 : 11,
    demands: 0,
    coincidents: 0,
    occurrences: 0,
    tiers: 4,
    presentDemands: 0,
    presentValues,
  };
  const bt20: BT20 = {
    ...flags,
    // Demand came with 3.10 (optical guide, p. 22).
    demandResetCounter: since310,
    demandResetLock: since310,
    cumulativeDemand: since310,
    continuousCumulativeDemand: since310,
    selfReadSequenceNumber: true,
    selfReads: since310 ? 253 : reaches(profile, { meter: [3, 0] }) ? 214 : 24,
    summations: generation4 ? 19 : 15,
    demands: 8,
    coincidents: 16,
    occurrences: 1,
    tiers: reaches(profile, { meter: [3, 70], module: [1, 20] }) ? 8 : 4,
    presentDemands: 8,
    presentValues,
    // Before 2.12 no BT21 says what is in use: BT20 is what the registers are read by, and can say nothing else.
    ...(since212 ? {} : bt21),
  };
  const registers: RegisterDimensions = { profile, BT20: bt20, BT21: bt21, ET11: et11 };
  return { ...registers, ...logDimensions(registers) };
};
