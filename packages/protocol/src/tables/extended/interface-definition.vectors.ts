/** ET36, ET42, ET57, ET58 and ET75 typed a second time from the MEP guide 1.1: path, offset, bytes, bits. */
export type Row = readonly [path: string, offset: number, size: number, low?: number, high?: number];

/** Pp. 114-115, first of the logs; the next stands 17 bytes on. */
export const et36Log: readonly Row[] = [
  ["tableNumber", 1, 2, 0, 10],
  ["extendedTable", 1, 2, 11, 11],
  ["procedureFlag", 1, 2, 12, 12],
  ["filler13", 1, 2, 13, 15],
  ["entrySize", 3, 2],
  ["maxEntries", 5, 2],
  ["currentEntries", 7, 2],
  ["lengthIncluded", 9, 1, 0, 0],
  ["filler1", 9, 1, 1, 7],
  ["reserved10", 10, 8],
];

/** Pp. 117-121, the fixed section. */
export const et42Fixed: readonly Row[] = [
  ["tableLength", 0, 2],
  ["fixedSectionLength", 2, 1],
  ["logListSize", 3, 1],
  ["icaNak", 4, 2, 0, 0],
  ["billingLoadProfileFormat2", 4, 2, 1, 1],
  ["filler2", 4, 2, 2, 15],
  ["c1219Compliance", 6, 2],
  ["billingInterfaceDefinitionNumber", 8, 2],
  ["demandResetCounter", 10, 1, 0, 0],
  ["cumulativeDemand", 10, 1, 1, 1],
  ["continuousCumulativeDemand", 10, 1, 2, 2],
  ["demandConfigured", 10, 1, 3, 3],
  ["unreadLogEntriesBitmapEnabled", 10, 1, 4, 4],
  ["filler5", 10, 1, 5, 7],
  ["selfReads", 11, 1],
  ["summations", 12, 1],
  ["demands", 13, 1],
  ["coincidentValues", 14, 1],
  ["occurrences", 15, 1],
  ["tiers", 16, 1],
  ["presentDemands", 17, 1],
  ["presentValues", 18, 1],
  ["demandSubInterval", 19, 1],
  ["demandMultiplier", 20, 1],
  ["tierSize", 21, 2],
  ["blockSize", 23, 4],
  ["blocks", 27, 2],
  ["channels", 29, 1],
  ["intervalDuration", 30, 1],
  ["intervalSize", 31, 1],
  ["options", 32, 1],
  ["intervalsPerBlock", 33, 2],
  ["blockStartHour", 35, 1],
  ["blockStartMinute", 36, 1],
  ["historyLogEventNumber", 37, 1, 0, 0],
  ["historyLogDateTime", 37, 1, 1, 1],
  ["historyLogSequenceNumber", 37, 1, 2, 2],
  ["historyLogInhibitOverflow", 37, 1, 3, 3],
  ["eventLogInhibitOverflow", 37, 1, 4, 4],
  ["historyLogFiller5", 37, 1, 5, 7],
  ["historyLogCount", 38, 2],
  ["historyLogEntrySize", 40, 1],
];
/** Pp. 121-123 with FSL = 41 and these counts: 7 logs, 2 demands, 3 coincident values, 2 channels, 1 MDT. */
export const et42Variable: readonly Row[] = [
  ["logs.0.count", 41, 1], // FSL
  ["logs.0.entrySize", 42, 2], // FSL + 1
  ["logs.1.count", 44, 1], // FSL + 3
  ["logs.1.entrySize", 45, 2],
  ["logs.2.count", 47, 1], // FSL + 6
  ["logs.2.entrySize", 48, 2],
  ["logs.3.count", 50, 1], // FSL + 9
  ["logs.3.entrySize", 51, 2],
  ["logs.4.count", 53, 1], // FSL + 12
  ["logs.4.entrySize", 54, 2],
  ["logs.5.count", 56, 1], // FSL + 15
  ["logs.5.entrySize", 57, 2],
  ["logs.6.count", 59, 1], // FSL + 18
  ["logs.6.entrySize", 60, 2],
  ["demandSources.0", 62, 1], // FSL + 3 * LLS
  ["demandSources.1", 63, 1],
  ["coincidentSources.0", 64, 1], // + demands
  ["coincidentSources.1", 65, 1],
  ["coincidentSources.2", 66, 1],
  ["loadProfileExtendedSources.0", 67, 2], // + coincident values
  ["loadProfileExtendedSources.1", 69, 2],
  ["mdttCurrentEntries", 71, 1], // + 2 * channels
  ["mdttEntries.0.entryType", 72, 1, 0, 1],
  ["mdttEntries.0.mdt", 72, 1, 2, 6],
  ["mdttEntries.0.special", 72, 1, 7, 7],
  ["mdttEntries.0.drh.0", 73, 1],
  ["mdttEntries.0.drh.1", 74, 1],
  ["mdttEntries.0.drh.2", 75, 1],
  ["dataSet2Active", 76, 1, 0, 0], // A
  ["dataSet3Active", 76, 1, 1, 1],
  ["dataSet4Active", 76, 1, 2, 2],
  ["filler3", 76, 1, 3, 7],
];
/** Pp. 123-124: the sizes of a data set's fields, one after another, and of the required section. */
export const et42Set: readonly Row[] = [
  ["blockSize", 0, 4],
  ["blocks", 4, 2],
  ["channels", 6, 1],
  ["intervalDuration", 7, 1],
  ["intervalSize", 8, 1],
  ["options", 9, 1],
  ["intervalsPerBlock", 10, 2],
  ["blockStartHour", 12, 1],
  ["blockStartMinute", 13, 1],
];
export const et42Required: readonly Row[] = [
  ["requiredSectionLength", 0, 1],
  ["et74EntryCount", 1, 2],
  ["et77EntryCount", 3, 1],
  ["et79EntryCount", 4, 2],
  ["energyRegisterUnit", 6, 1],
  ["accumulatorRolloverDigit", 7, 1],
];

/** P. 170; the next entry stands 4 bytes on. */
export const et57Entry: readonly Row[] = [
  ["entryType", 0, 1, 0, 1],
  ["mdt", 0, 1, 2, 6],
  ["special", 0, 1, 7, 7],
  ["drh.0", 1, 1],
  ["drh.1", 2, 1],
  ["drh.2", 3, 1],
];
/** P. 171; the next entry stands 20 bytes on. */
export const et58Entry: readonly Row[] = [
  ["controlStatus", 0, 1],
  ["reserved1", 1, 19],
];

/** Pp. 184-185. */
export const et75Head: readonly Row[] = [
  ["order", 0, 1, 0, 0],
  ["overflow", 0, 1, 1, 1],
  ["listType", 0, 1, 2, 2],
  ["inhibitOverflow", 0, 1, 3, 3],
  ["filler4", 0, 1, 4, 7],
  ["validEntries", 1, 1],
  ["lastEntryElement", 2, 1],
  ["lastEntrySequenceNumber", 3, 2],
  ["unreadEntries", 5, 1],
];
/** Fields of the first entry whose offsets are printed (pp. 185-186), in the columns before and from meter 4.0. */
export const et75First: Readonly<Record<"others" | "generation4", readonly Row[]>> = {
  others: [
    ["timestamp", 6, 5],
    ["extendedSourceIds.0", 11, 2],
    ["demandSources.0", 43, 1],
    ["demandSubInterval", 51, 1],
    ["demandIntervalMultiplier", 52, 1],
    ["displayConfiguration.0.idCode", 53, 4],
    ["displayConfiguration.0.idDpState", 57, 1],
    ["displayConfiguration.0.fieldsAfterDp", 58, 1, 0, 2],
    ["displayConfiguration.0.fieldsBeforeDp", 58, 1, 3, 6],
    ["displayConfiguration.0.zeroSuppression", 58, 1, 7, 7],
    ["displayConfiguration.15.zeroSuppression", 148, 1, 7, 7], // 58 + 15 * 6
  ],
  generation4: [
    ["timestamp", 6, 5],
    ["extendedSourceIds.0", 11, 2],
    ["demandSources.0", 43, 1],
    ["demandSubInterval", 51, 1],
    ["demandIntervalMultiplier", 52, 1],
    ["displayConfiguration.0.idCode", 53, 5],
    ["displayConfiguration.0.idDpState", 58, 1],
    ["displayConfiguration.0.fieldsAfterDp", 59, 1, 0, 2],
    ["displayConfiguration.0.fieldsBeforeDp", 59, 1, 3, 6],
    ["displayConfiguration.0.zeroSuppression", 59, 1, 7, 7],
    ["displayConfiguration.15.zeroSuppression", 164, 1, 7, 7], // 59 + 15 * 7
  ],
};

/** Meters as they leave the factory; the two differ in the summations, present values, tier and ET75 entry. */
const et36Of = (et75: string): string =>
  `07
   1f08 e800 ff00 0200 00 0000000000000000
   2008 0d02 ff00 0800 01 0000000000000000
   2608 2300 ff00 0a00 00 0000000000000000
   2908 0000 ff00 0000 01 0000000000000000
   2d08 0d02 fd00 0400 01 0000000000000000
   4b08 ${et75}00 fd00 0000 00 0000000000000000
   5108 0c00 fd00 0a00 00 0000000000000000
   00`;
const et42Of = (summations: string, presentValues: string, tier: string, et75: string): string =>
  `6600 29 07 0300 0000 0000 10 0c ${summations} 00 00 00 04 00 ${presentValues} 00 00 ${tier}00
   31070000 3c00 04 0f 13 00 6000 00 00 06 6400 02
   02e800 080d02 0a2300 000000 040d02 00${et75}00 0a0c00
   0000 0100 0200 0300 01 050c933a 01
   f8000000 1e00 02 3c 0a 00 1800 00 00 0000 0140
   08 0800 00 3200 01 09`;
export const factory = {
  "meter:3.70": { et36: et36Of("8f"), et42: et42Of("0b", "37", "2c", "8f") },
  "meter:4.30": { et36: et36Of("9f"), et42: et42Of("13", "54", "4c", "9f") },
} as const;
