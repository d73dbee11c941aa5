/** ET54 typed a second time from pp. 139-145 of the MEP guide 1.1: path, offset, bytes, lowest and highest bit. */
export type Row = readonly [path: string, offset: number, size: number, low?: number, high?: number];

/** Every firmware has these. */
export const first68: readonly Row[] = [
  ["icaNak", 0, 2, 0, 0],
  ["billingLoadProfileFormat2", 0, 2, 1, 1],
  ["multipleLoadProfileSets", 0, 2, 2, 2],
  ["filler3", 0, 2, 3, 5],
  ["energyUnitChange", 0, 2, 6, 6],
  ["lcdFiveDigitValueIds", 0, 2, 7, 7],
  ["multipleMepClients", 0, 2, 8, 8],
  ["filler9", 0, 2, 9, 15],
  ["reserved2", 2, 17],
  ["loadProfileDisabled", 19, 2, 0, 0],
  ["flagsFiller1", 19, 2, 1, 15],
  ["reserved21", 21, 23], // printed 20..43
  ["overPowerThresholdExceeded", 44, 1, 0, 0],
  ["stepTariffInUse", 44, 1, 1, 1],
  ["tierDriveFiller2", 44, 1, 2, 7],
  ["reserved45", 45, 17],
  ["controlRelay1RandomOperationPending", 62, 1],
  ["controlRelay1RandomDuration", 63, 2],
  ["controlRelay1RandomStartDuration", 65, 2],
  ["reserved67", 67, 1],
];
export const from360: readonly Row[] = [
  ["miswiringReason", 68, 1],
  ["et74EntryCount", 69, 2],
  ["welmec112Compliance", 71, 1, 0, 0],
  ["deltaTimeSynchronizationStatus", 71, 1, 1, 2],
  ["timeFiller3", 71, 1, 3, 5],
  ["pushButtonCloseTemporarilyLocked", 71, 1, 6, 6],
  ["timeFiller7", 71, 1, 7, 7],
  ["timeAdjustmentInInterval", 72, 4],
];
export const from370: readonly Row[] = [
  ["lastStepTariffReset", 76, 3],
  ["et77EntryCount", 79, 1],
  ["et79EntryCount", 80, 2],
];
export const from380: readonly Row[] = [
  ["unicastKeyUsageCount", 82, 4],
  ["broadcastKeyUsageCount", 86, 4],
  ["supportedSecurityModes", 90, 1],
];
/** The first of the module records. */
export const moduleRecord: readonly Row[] = [
  ["reserved91", 91, 1],
  ["reserved92", 92, 1],
  ["reserved93", 93, 1],
  ["reserved94", 94, 1],
  ["reserved95", 95, 2], // printed UINT32
  ["filler0", 97, 1, 0, 0],
  ["filler1", 97, 1, 1, 7],
];
/** Offsets without the module records (ET11.32 * ET11.33), as printed. */
export const from400: readonly Row[] = [
  ["reservedPastModules", 91, 4],
  ["externalTamperInputRawAdc", 95, 2],
  ["mepTxLocked", 97, 1],
  ["mepTxLockChannel", 98, 1],
];
export const from410: readonly Row[] = [["procedureExtendedFailureCode", 99, 4]];
export const from430: readonly Row[] = [
  ["controlRelay2RandomOperationPending", 103, 1],
  ["controlRelay2RandomDuration", 104, 2],
  ["controlRelay2RandomStartDuration", 106, 2],
];

/** Bytes by firmware; M = 6 * 7 module record bytes. */
export const sizes: Readonly<Record<string, number>> = {
  "meter:3.10": 68,
  "meter:3.13": 91,
  "meter:3.30": 68,
  "meter:3.34": 68,
  "meter:3.40": 68,
  "meter:3.50": 68,
  "meter:3.60": 76,
  "meter:3.70": 82,
  "meter:3.80": 91,
  "meter:4.00": 99 + 42,
  "meter:4.10": 103 + 42,
  "meter:4.20": 103 + 42,
  "meter:4.30": 108 + 42,
  "module:1.11": 68,
  "module:1.20": 82,
  "module:1.21": 82,
  "module:1.31": 82,
  "module:1.32": 82,
};
