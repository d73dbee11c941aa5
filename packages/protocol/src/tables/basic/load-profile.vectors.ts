/** BT60 to BT67, ET21 and ET66 typed a second time from the MEP guide 1.1: path, offset, bytes, lowest and highest bit. */
export type Row = readonly [path: string, offset: number, size: number, low?: number, high?: number];

/** Pp. 237-239 and 240-241, up to the data sets. */
export const bt60Head: readonly Row[] = [
  ["memoryLength", 0, 4],
  ["set1InhibitOverflow", 4, 2, 0, 0],
  ["set2InhibitOverflow", 4, 2, 1, 1],
  ["set3InhibitOverflow", 4, 2, 2, 2],
  ["set4InhibitOverflow", 4, 2, 3, 3],
  ["endReadingSupported", 4, 2, 4, 4],
  ["endPulseSupported", 4, 2, 5, 5],
  ["set1ScalarDivisorEnable", 4, 2, 6, 6],
  ["set2ScalarDivisorEnable", 4, 2, 7, 7],
  ["set3ScalarDivisorEnable", 4, 2, 8, 8],
  ["set4ScalarDivisorEnable", 4, 2, 9, 9],
  ["extendedIntervalStatus", 4, 2, 10, 10],
  ["simpleIntervalStatus", 4, 2, 11, 11],
  ["filler12", 4, 2, 12, 15],
  ["uint8Supported", 6, 1, 0, 0],
  ["uint16Supported", 6, 1, 1, 1],
  ["uint32Supported", 6, 1, 2, 2],
  ["int8Supported", 6, 1, 3, 3],
  ["int16Supported", 6, 1, 4, 4],
  ["int32Supported", 6, 1, 5, 5],
  ["niFmat1Supported", 6, 1, 6, 6],
  ["niFmat2Supported", 6, 1, 7, 7],
];
/** Printed for the first data set; the next stands 6 bytes on. */
export const bt60Set: readonly Row[] = [
  ["blocks", 7, 2],
  ["intervals", 9, 2],
  ["channels", 11, 1],
  ["maximumIntervalTime", 12, 1],
];
/** P. 242, for a set of two channels, without and with scalars. */
export const bt62Two: readonly Row[] = [
  ["channelSettings.0.endReading", 0, 1, 0, 0],
  ["channelSettings.0.filler1", 0, 1, 1, 7],
  ["channelSettings.0.intervalSource", 1, 1],
  ["channelSettings.0.endReadingSource", 2, 1],
  ["channelSettings.1.endReading", 3, 1, 0, 0],
  ["channelSettings.1.filler1", 3, 1, 1, 7],
  ["channelSettings.1.intervalSource", 4, 1],
  ["channelSettings.1.endReadingSource", 5, 1],
  ["format", 6, 1],
];
export const bt62Scaled: readonly Row[] = [
  ["scalars.0", 7, 2],
  ["scalars.1", 9, 2],
  ["divisors.0", 11, 2],
  ["divisors.1", 13, 2],
];
/** Pp. 243-244; the next data set stands 13 bytes on. */
export const bt63Set: readonly Row[] = [
  ["blockOrder", 0, 1, 0, 0],
  ["overflow", 0, 1, 1, 1],
  ["listType", 0, 1, 2, 2],
  ["blockInhibitOverflow", 0, 1, 3, 3],
  ["intervalOrder", 0, 1, 4, 4],
  ["activeMode", 0, 1, 5, 5],
  ["testMode", 0, 1, 6, 6],
  ["filler7", 0, 1, 7, 7],
  ["validBlocks", 1, 2],
  ["lastBlock", 3, 2],
  ["lastBlockSequenceNumber", 5, 4],
  ["unreadBlocks", 9, 2],
  ["validIntervals", 11, 2],
];
/** P. 245, two intervals of three channels; the 12 bytes that the page adds for end readings are there with them only. */
export const bt64Block: readonly Row[] = [
  ["endTime", 0, 5],
  ["simpleStatus", 5, 1],
  ["intervals.0.extendedStatus", 6, 2],
  ["intervals.0.values.0", 8, 4],
  ["intervals.0.values.1", 12, 4],
  ["intervals.0.values.2", 16, 4],
  ["intervals.1.extendedStatus", 20, 2],
  ["intervals.1.values.0", 22, 4],
  ["intervals.1.values.1", 26, 4],
  ["intervals.1.values.2", 30, 4],
];
export const bt64EndReadings: readonly Row[] = [
  ["endReadings.0", 5, 4],
  ["endReadings.1", 9, 4],
  ["endReadings.2", 13, 4],
];

const eight = (path: string, offset: number, size: number): Row[] =>
  [0, 1, 2, 3, 4, 5, 6, 7].map((i): Row => [`${path}.${i}`, offset + i * size, size]);
/** Pp. 101-104, with the firmware cuts of the Optical guide, pp. 41-43. */
export const et21Set: readonly Row[] = [
  ["currentBlockAddress", 0, 4],
  ["currentIntervalAddress", 4, 4],
  ["blockSize", 8, 4],
  ["blockHeaderSize", 12, 2],
  ["validBlocks", 14, 2],
  ["validIntervals", 16, 2],
  ["lastBlockIndex", 18, 2],
  ["lastIntervalNumber", 20, 2],
  ["simpleStatusOffset", 22, 1],
  ["simpleStatusSize", 23, 1],
  ["interval0Offset", 24, 1],
  ["intervalSize", 25, 1],
  ["channel0Offset", 26, 1],
  ["extendedStatusCommon", 27, 1],
  ["channels", 28, 1],
  ["intervalTime", 29, 1],
  ...eight("sources", 30, 1),
  ...eight("placeholders", 38, 4),
  ...eight("sourcesExpansion", 70, 1),
  ["loadProfileConfigurationId", 78, 4],
  ["mepBillingStartChannel", 82, 1],
  ["blockStartTime", 83, 6],
  ["blockStartHour", 89, 1],
  ["blockStartMinute", 90, 1],
  ["intervalInProgress", 91, 2],
  ["endReadings", 93, 1, 0, 0],
  ["scalarDivisor", 93, 1, 1, 1],
  ["dataReference", 93, 1, 2, 2],
  ["ansiCompliance", 93, 1, 3, 3],
  ["filler4", 93, 1, 4, 7],
  ["intervalEndTimeUtc", 94, 6],
  ["reserved100", 100, 1], // not printed
  ["intervalEndTimeLocal", 101, 6],
  ["maxMemoryLength", 107, 4],
  ["nvmfOccurred", 111, 1, 0, 0],
  ["filler1", 111, 1, 1, 7],
  ["reserved112", 112, 19],
];
/** Bytes of one entry of ET21. */
export const et21Sizes: Readonly<Record<string, number>> = {
  "meter:2.00": 38,
  "meter:2.12": 83,
  "meter:3.10": 94,
  "meter:3.30": 107,
  "meter:3.34": 107,
  "meter:3.40": 107,
  "meter:3.50": 131,
  "meter:3.60": 131,
  "meter:3.70": 131,
  "meter:3.80": 131,
  "meter:4.00": 131,
  "meter:4.10": 131,
  "meter:4.20": 131,
  "meter:4.30": 131,
  "module:1.11": 107,
  "module:1.20": 131,
  "module:1.21": 131,
  "module:1.31": 131,
  "module:1.32": 131,
};

/** A meter as it leaves the factory: 4 channels every 15 minutes for 60 days, 2 every hour for 30. */
export const factory = {
  bt60: "80990100 000c 20 3a25a00510ff 3a25a00510ff 3a25a00510ff 3a25a00510ff",
  bt61: "80990100 000c 20 3c006000040f 1e001800023c 000000000000 000000000000",
  bt62: "000000 000100 000200 000300 20 000000 007000 20 20 20",
} as const;
