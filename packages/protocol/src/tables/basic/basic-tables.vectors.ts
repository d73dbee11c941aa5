/**
 * The basic tables typed a second time from the guides, path by path: offset, bytes, and lowest and highest bit where
 * the page prints bits. Where a printed offset is wrong, the right one stands here and a comment says what is printed.
 */
export type Printed = readonly [path: string, offset: number, size: number, low?: number, high?: number];

/** MEP guide 1.1, pp. 202-204. */
export const bt00: readonly Printed[] = [
  ["dataOrder", 0, 1, 0, 0],
  ["charFormat", 0, 1, 1, 3],
  ["filler4", 0, 1, 4, 7],
  ["timeFormat", 1, 1, 0, 2],
  ["dataAccessMethod", 1, 1, 3, 4],
  ["identificationFormat", 1, 1, 5, 5],
  ["integerFormat", 1, 1, 6, 7],
  ["nonIntegerFormat1", 2, 1, 0, 3],
  ["nonIntegerFormat2", 2, 1, 4, 7],
  ["manufacturer", 3, 4],
  ["nameplateType", 7, 1],
  ["defaultSetUsed", 8, 1],
  ["procedureParameterLength", 9, 1],
  ["responseDataLength", 10, 1],
  ["standardVersion", 11, 1],
  ["standardRevision", 12, 1],
  ["basicTablesUsedSize", 13, 1],
  ["extendedTablesUsedSize", 14, 1],
  ["basicProceduresUsedSize", 15, 1],
  ["extendedProceduresUsedSize", 16, 1],
  ["manufacturerStatusLength", 17, 1],
  ["pendingTables", 18, 1],
];

/** MEP guide 1.1, p. 205; 12, 13 and 16 from the Optical guide 1.1, p. 21 ("reserved 5..15" and "5..16" in the MEP guide). */
export const bt01: readonly Printed[] = [
  ["manufacturer", 0, 4],
  ["model", 4, 8],
  ["hardwareVersion", 12, 1],
  ["hardwareRevision", 13, 1],
  ["firmwareVersion", 14, 1],
  ["firmwareRevision", 15, 1],
  // Printed as 16 BCD digits; "field is 8 bytes in length".
  ["serialNumber", 16, 8],
];

/** MEP guide 1.1, p. 206. */
export const bt15: readonly Printed[] = [
  ["multiplier", 0, 4],
  ["offset", 4, 4],
  ["ratiosApplied", 8, 1, 0, 0],
  ["filler1", 8, 1, 1, 7],
  ["ctRatio", 9, 4],
  ["vtRatio", 13, 4],
];

/** BT20: Optical guide 1.1, pp. 22-23. BT21: MEP guide 1.1, pp. 207-208. They have the same fields. */
export const bt20: readonly Printed[] = [
  ["season", 0, 1, 0, 0],
  ["dateTime", 0, 1, 1, 1],
  ["demandResetCounter", 0, 1, 2, 2],
  ["demandResetLock", 0, 1, 3, 3],
  ["cumulativeDemand", 0, 1, 4, 4],
  ["continuousCumulativeDemand", 0, 1, 5, 5],
  ["timeRemaining", 0, 1, 6, 6],
  ["filler7", 0, 1, 7, 7],
  ["selfReadInhibitOverflow", 1, 1, 0, 0],
  ["selfReadSequenceNumber", 1, 1, 1, 1],
  ["dailySelfRead", 1, 1, 2, 2],
  ["weeklySelfRead", 1, 1, 3, 3],
  ["selfReadDemandReset", 1, 1, 4, 5],
  ["filler14", 1, 1, 6, 7],
  ["selfReads", 2, 1],
  ["summations", 3, 1],
  ["demands", 4, 1],
  ["coincidents", 5, 1],
  ["occurrences", 6, 1],
  ["tiers", 7, 1],
  ["presentDemands", 8, 1],
  ["presentValues", 9, 1],
];

/** MEP guide 1.1, pp. 230-231. */
export const bt52: readonly Printed[] = [
  ["clock", 0, 6],
  ["dayOfWeek", 6, 1, 0, 2],
  ["daylightSavingTime", 6, 1, 3, 3],
  ["greenwichMeanTime", 6, 1, 4, 4],
  ["timeZoneApplied", 6, 1, 5, 5],
  ["dstApplied", 6, 1, 6, 6],
  ["filler7", 6, 1, 7, 7],
];

/** MEP guide 1.1, p. 231. */
export const bt53: readonly Printed[] = [
  ["dstTimeEffective", 0, 3],
  ["dstTimeAdjustment", 3, 1],
  ["timeZoneOffset", 4, 2],
];

/** MEP guide 1.1, pp. 236-237: the season is bits 12..15 of the word at 7. */
export const bt55: readonly Printed[] = [
  ["clock", 0, 6],
  ["dayOfWeek", 6, 1, 0, 2],
  ["daylightSavingTime", 6, 1, 3, 3],
  ["greenwichMeanTime", 6, 1, 4, 4],
  ["timeZoneApplied", 6, 1, 5, 5],
  ["dstApplied", 6, 1, 6, 6],
  ["filler7", 6, 1, 7, 7],
  ["currentTier", 7, 2, 0, 2],
  ["filler3", 7, 2, 3, 5],
  ["tierDrive", 7, 2, 6, 7],
  ["specialSchedule", 7, 2, 8, 11],
  ["season", 7, 2, 12, 15],
];

/** ET11, MEP guide 1.1, pp. 83-86, in the order of the firmware that added the fields. */
export const et11: readonly Printed[] = [
  ["deviceCount", 0, 1],
  ["configEntrySize", 1, 1],
  ["statusEntrySize", 2, 1],
  ["onDemandQueueSize", 3, 1],
  ["onDemandEntrySize", 4, 1],
  ["dataEntrySize", 5, 2],
  ["transactionRequestLength", 7, 2],
  ["transactionResponseLength", 9, 2],
  ["onDemandWriteEntrySize", 11, 1],
  ["phaseMeasurementSize", 12, 1],
  ["configEntry2Size", 13, 1],
  // Reserved in the MEP guide; the Optical guide names them and the one at 36 (pp. 43-44).
  ["meterOneTimeReadQueueSize", 14, 1],
  ["mbusOneTimeReadQueueSize", 15, 1],
  ["meterOneTimeReadEntrySize", 16, 1],
  ["mbusOneTimeReadEntrySize", 17, 1],
  ["groupIdCount", 18, 1],
  ["harmonicCount", 19, 1],
  ["mbusMulticastLength", 20, 1],
  ["et22AlarmSize", 21, 1],
  ["mepDataSources", 22, 1],
  ["et48EntryCount", 23, 1],
  ["criticalEventBitmaps", 24, 1],
  ["et57EntryCount", 25, 1],
  ["relaySwitches", 26, 1],
  ["mepDataAlertSources", 27, 1],
  ["ramTransactionRequestLength", 28, 2],
  ["ramTransactionResponseLength", 30, 2],
  ["moduleRecordCount", 32, 1],
  ["moduleRecordSize", 33, 1],
  ["mepChannelCount", 34, 1],
  ["reserved35", 35, 1],
  ["et17BitmapSize", 36, 2],
  ["errorScreenCount", 38, 1],
];
/** Bytes of ET11; pp. 85-86 name the firmware for 27, 32 and 38. */
export const et11Sizes: Readonly<Record<string, number>> = {
  "meter:3.10": 24,
  "meter:3.30": 27,
  "meter:3.34": 27,
  "meter:3.40": 28,
  "meter:3.46": 28,
  "meter:3.50": 32,
  "meter:3.60": 32,
  "meter:3.70": 32,
  "meter:3.80": 32,
  "meter:4.00": 38,
  "meter:4.10": 38,
  "meter:4.20": 38,
  "meter:4.30": 39,
  "module:1.11": 27,
  "module:1.20": 32,
  "module:1.21": 32,
  "module:1.31": 32,
  "module:1.32": 32,
};

/**
 * BT22 with 3 summations, 9 demands, 2 coincidents (MEP guide 1.1, p. 209): demands at BT21.3 = 3, flags at
 * BT21.3 + BT21.4 = 12 in (9 + 7) / 8 = 2 bytes, coincidents at 14 and 16.
 */
export const bt22: readonly Printed[] = [
  ["summationSources.0", 0, 1],
  ["summationSources.1", 1, 1],
  ["summationSources.2", 2, 1],
  ["demandSelect.0", 3, 1],
  ["demandSelect.1", 4, 1],
  ["demandSelect.2", 5, 1],
  ["demandSelect.3", 6, 1],
  ["demandSelect.4", 7, 1],
  ["demandSelect.5", 8, 1],
  ["demandSelect.6", 9, 1],
  ["demandSelect.7", 10, 1],
  ["demandSelect.8", 11, 1],
  ["minMaxFlags", 12, 2],
  ["coincidentSelect.0", 14, 1],
  ["coincidentSelect.1", 15, 1],
  ["coincidentDemand.0", 16, 1],
  ["coincidentDemand.1", 17, 1],
];

/**
 * BT23 with every option, 2 summations, 1 demand, 1 coincident, 2 occurrences, 1 tier (MEP guide 1.1, pp. 213-217):
 * A = 1, B = 1 + 4 * 2 = 9; times at B, cumulative at B + 5 * 2, continuous at B + 5 * 2 + 4, demands at B + 5 * 2 + 8;
 * C = 9 + 26 = 35, D = 35 + 8 = 43.
 */
export const bt23Full: readonly Printed[] = [
  ["demandResets", 0, 1],
  ["total.summations.0", 1, 4],
  ["total.summations.1", 5, 4],
  ["total.demands.0.eventTimes.0", 9, 5],
  ["total.demands.0.eventTimes.1", 14, 5],
  ["total.demands.0.cumulativeDemand", 19, 4],
  ["total.demands.0.continuousCumulativeDemand", 23, 4],
  ["total.demands.0.demands.0", 27, 4],
  ["total.demands.0.demands.1", 31, 4],
  ["total.coincidents.0.values.0", 35, 4],
  ["total.coincidents.0.values.1", 39, 4],
  ["tiers.0.summations.0", 43, 4],
  ["tiers.0.summations.1", 47, 4],
  ["tiers.0.demands.0.eventTimes.0", 51, 5],
  ["tiers.0.demands.0.eventTimes.1", 56, 5],
  ["tiers.0.demands.0.cumulativeDemand", 61, 4],
  ["tiers.0.demands.0.continuousCumulativeDemand", 65, 4],
  ["tiers.0.demands.0.demands.0", 69, 4],
  ["tiers.0.demands.0.demands.1", 73, 4],
  ["tiers.0.coincidents.0.values.0", 77, 4],
  ["tiers.0.coincidents.0.values.1", 81, 4],
];
/** The same without reset counter, dates and cumulative values: what is absent takes no bytes. */
export const bt23Bare: readonly Printed[] = [
  ["total.summations.0", 0, 4],
  ["total.summations.1", 4, 4],
  ["total.demands.0.demands.0", 8, 4],
  ["total.demands.0.demands.1", 12, 4],
  ["total.coincidents.0.values.0", 16, 4],
  ["total.coincidents.0.values.1", 20, 4],
  ["tiers.0.summations.0", 24, 4],
  ["tiers.0.summations.1", 28, 4],
  ["tiers.0.demands.0.demands.0", 32, 4],
  ["tiers.0.demands.0.demands.1", 36, 4],
  ["tiers.0.coincidents.0.values.0", 40, 4],
  ["tiers.0.coincidents.0.values.1", 44, 4],
];

/** BT27 with 2 present demands and 2 present values (MEP guide 1.1, p. 220). */
export const bt27: readonly Printed[] = [
  ["presentDemandSources.0", 0, 1],
  ["presentDemandSources.1", 1, 1],
  ["presentValueSources.0", 2, 1],
  ["presentValueSources.1", 3, 1],
];

/** BT28 with 2 present demands that tell the time remaining, and 2 values (MEP guide 1.1, pp. 221-222): A = 3. */
export const bt28Timed: readonly Printed[] = [
  ["presentDemands.0.timeRemaining", 0, 3],
  ["presentDemands.0.value", 3, 4],
  ["presentDemands.1.timeRemaining", 7, 3],
  ["presentDemands.1.value", 10, 4],
  // "(A+4)*BT21.8 + number" forgets that a value has 4 bytes.
  ["presentValues.0", 14, 4],
  ["presentValues.1", 18, 4],
];
/** The same without the time remaining: A = 0, and the value stands at 0 although 3 is printed. */
export const bt28: readonly Printed[] = [
  ["presentDemands.0.value", 0, 4],
  ["presentDemands.1.value", 4, 4],
  ["presentValues.0", 8, 4],
  ["presentValues.1", 12, 4],
];

/** Bytes with factory dimensions on firmware 3.70 and 4.30, the keys that read and write, and the page that says so. */
export const facts: Readonly<
  Record<string, readonly [size370: number, size430: number, read: string, write: string, page: string]>
> = {
  BT01: [24, 24, "basic", "never", "p. 205"],
  BT15: [17, 17, "basic", "advanced", "p. 206"],
  BT20: [10, 10, "basic", "never", "p. 265"],
  BT21: [10, 10, "basic", "never", "p. 206"],
  BT22: [11, 19, "basic", "never", "p. 209"],
  BT23: [220, 380, "basic", "advanced", "p. 214"],
  BT27: [55, 84, "basic", "never", "p. 220"],
  BT28: [220, 336, "basic", "never", "p. 221"],
  BT52: [7, 7, "basic", "never", "p. 230"],
  BT53: [6, 6, "basic", "advanced", "p. 231"],
  BT55: [9, 9, "basic", "never", "pp. 235-236"],
  ET11: [32, 39, "basic", "never", "p. 83"],
};

/**
 * Tables as they leave the factory, put together from the values that the guides print. Manufacturer padding, model,
 * hardware version and serial number are invented, as are the four 85 in BT22 (apparent energies have no source id).
 */
export const factory = {
  "meter:3.70": {
    BT00: "022a884e4553200200ff0c01000a0d020c0903",
    BT01: "4e45532038333333312d3349100038cc0000000012345678",
    BT20: "3f0efd0f081001080837",
    BT21: "030c0c0b000000040037",
    BT22: "00010203040506071a1b1c",
    BT27:
      "08090a0b0c0d0e0f1011121314151617181951525354" +
      "68696a6bb9babbbcbdbebfc0c1c2c3c4c5c6c7cacbcccdcecfd0d1d2d3d4d5d6d7",
    BT52: "0402100f3b3711",
    BT53: "0200003c3c00",
    ET11: "054224050605028003f906191016030411110a0a4178060a0a10500a05010103",
  },
  "meter:4.30": {
    BT00: "022a884e4553200200ff0c01000a14020c0904",
    BT01: "4e45532038333333342d3349100043c50000000012345678",
    BT20: "3f0efd13081001080854",
    BT21: "030c0c13000000040054",
    BT22: "00010203040506071a1b1c6c6d6e6f55555555",
    BT27:
      "08090a0b0c0d0e0f1011121314151617181951525354" +
      "68696a6bb9babbbcbdbebfc0c1c2c3c4c5c6c7cacbcccdcecfd0d1d2d3d4d5d6d7" +
      "d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4",
    BT52: "0402100f3b3711",
    BT53: "0200003c3c00",
    ET11: "064224050605028003f906191016030411110a0a4178060a0a10500a050101030607020ae20403",
  },
} as const;

/** What a meter with demand and firmware 3.1x to 3.4x answers in the printed transaction (MEP guide 1.1, pp. 54-56). */
export const printed = {
  /** Bytes 0 to 9. */
  et11: "054224050605020103f9",
  bt20: "3f0efd0f08100104081a",
  bt21: "3f0e0c0f08000104081a",
  /** BT52 of Appendix A (p. 256) without its last byte, which was not read. */
  bt52: "0402100f3b37",
  /** Eleven summations of BT23, read alone (p. 22). */
  bt23: "0000000000000000000000000000000008000000030000000000000000000000000000000000000006000000",
} as const;
