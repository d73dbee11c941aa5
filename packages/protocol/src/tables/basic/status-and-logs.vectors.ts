/**
 * Tables of alarms, procedures, displays, calendars and logs typed a second time from the guides: path, offset, bytes,
 * and lowest and highest bit where the page prints bits. Where a printed offset is wrong, the right one stands here.
 */
export type Printed = readonly [path: string, offset: number, size: number, low?: number, high?: number];

/** Single bits of words of `size` bytes at `offset`, from bit 0 on. */
const bits = (offset: number, size: number, names: string): Printed[] =>
  names.split(" ").map((name, bit) => [name, offset, size, bit, bit]);

/** BT03 with BT00.17 = 9: Optical guide 1.1, pp. 47-49. */
export const bt03: readonly Printed[] = [
  ...bits(0, 1, "meteringMode testMode meterShopMode"),
  ["filler3", 0, 1, 3, 7],
  ...bits(
    1,
    2,
    "unprogrammed configurationError systemReset ramFailure romFailure nonVolatileMemoryFailure clockError " +
      "measurementError lowBattery lowLossPotential demandOverload powerFailure coverRemoved reverseEnergy " +
      "dataBackupIncomplete disconnectSwitchError",
  ),
  ...bits(
    3,
    1,
    "loadProfileSet2UnreadEntries loadProfileSet3UnreadEntries loadProfileSet4UnreadEntries neutralCurrentDeviation",
  ),
  ["filler4", 3, 1, 4, 7],
  ...bits(
    4,
    1,
    "loadProfileOverflow selfReadOccurred loadDisconnectChangedState controlRelay1Open phaseLoss phaseInversion " +
      "plcConfigFailure generalError",
  ),
  ...bits(
    5,
    1,
    "invalidPassword remoteCommunicationsInactive currentOnMissingPhase pulseInput1Tamper pulseInput2Tamper " +
      "softwareCrcError codeBankChanged loadProfileBackfillFailed",
  ),
  ...bits(
    6,
    1,
    "mepInstalledOrRemoved mbusAlarm mbusAutoDiscoveryComplete phaseRotationChanged prepayCreditExhausted " +
      "prepayWarningAcknowledged eventLogOverflowPending mfgLogEntryAvailable",
  ),
  ...bits(
    7,
    1,
    "dimensionChange magneticTamperDetected accessLockoutOverride powerQualityEventDetected eventLogUnreadEntries " +
      "thdStateChanged loadProfile1UnreadEntries loadSideVoltageDetected",
  ),
  ...bits(
    8,
    1,
    "unbalancedVoltageDetected passwordTableWrittenTo passwordExpirationPending p2pSecurity " +
      "firmwareSeparationViolation modemError g3Alarm g3EventLogged",
  ),
  ["controlRelay2Open", 9, 1, 0, 0],
  ["filler9", 9, 1, 1, 7],
  // 4 + BT00.17 = 13 bytes.
  ["reserved10", 10, 3],
];

/** BT04 with 10 and 13 bytes of sets and 2 pending tables: Optical guide 1.1, p. 13. A record has 8 bytes. */
export const bt04: readonly Printed[] = [
  ["basicPending", 0, 10],
  ["extendedPending", 10, 13],
  ["lastActivation", 10 + 13, 5],
  ["activationCount", 10 + 13 + 5, 1],
  ["pendingActivations.0.eventCode", 10 + 13 + 6, 1, 0, 3],
  ["pendingActivations.0.selfReadFlag", 10 + 13 + 6, 1, 4, 4],
  ["pendingActivations.0.demandResetFlag", 10 + 13 + 6, 1, 5, 5],
  ["pendingActivations.0.filler6", 10 + 13 + 6, 1, 6, 7],
  ["pendingActivations.0.eventStorage", 10 + 13 + 7, 5],
  ["pendingActivations.0.tableId", 10 + 13 + 12, 2, 0, 11],
  ["pendingActivations.0.stillPending", 10 + 13 + 12, 2, 12, 12],
  ["pendingActivations.0.filler13", 10 + 13 + 12, 2, 13, 15],
  ["pendingActivations.1.eventCode", 37, 1, 0, 3],
  ["pendingActivations.1.selfReadFlag", 37, 1, 4, 4],
  ["pendingActivations.1.demandResetFlag", 37, 1, 5, 5],
  ["pendingActivations.1.filler6", 37, 1, 6, 7],
  ["pendingActivations.1.eventStorage", 38, 5],
  ["pendingActivations.1.tableId", 43, 2, 0, 11],
  ["pendingActivations.1.stillPending", 43, 2, 12, 12],
  ["pendingActivations.1.filler13", 43, 2, 13, 15],
];

/** BT08, ET59 and ET85 up to the data: MEP guide 1.1, pp. 58-59, 171-172. */
export const response: readonly Printed[] = [
  ["procedure", 0, 2, 0, 11],
  ["filler12", 0, 2, 12, 15],
  ["sequence", 2, 1],
  ["result", 3, 1],
];

/** The descriptor in front of a pending table: Optical guide 1.1, p. 12. */
export const descriptor: readonly Printed[] = [
  ["descriptor.eventCode", 0, 1, 0, 3],
  ["descriptor.selfReadFlag", 0, 1, 4, 4],
  ["descriptor.demandResetFlag", 0, 1, 5, 5],
  ["descriptor.filler6", 0, 1, 6, 7],
  ["descriptor.eventStorage", 1, 5],
];
/** ET47, MEP guide 1.1, pp. 128-129, after the 6 bytes of the descriptor. */
export const et6191: readonly Printed[] = [
  ...descriptor,
  ["contents.tariff", 6 + 0, 1],
  ["contents.cancellation", 6 + 1, 1],
  ["contents.overrideDuration", 6 + 2, 4],
  ["contents.cancellationTime", 6 + 6, 6],
  ["contents.calendarId", 6 + 12, 4],
];

/** BT24 and BT25 with 1 summation, no demand, 1 tier: MEP guide 1.1, p. 218. */
export const bt24: readonly Printed[] = [
  ["timeAndDate", 0, 5],
  ["season", 5, 1],
  ["registerData.total.summations.0", 6, 4],
  ["registerData.tiers.0.summations.0", 10, 4],
];

/** The head of BT26 (MEP guide 1.1, p. 219), ET31 (pp. 110-111) and ET41 (p. 116). */
export const shortHeader: readonly Printed[] = [
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
/** The first entry of BT26 (p. 220) and ET31 (p. 111) without demand. BT26 prints 8, 13 and 14 all the same. */
export const selfRead: readonly Printed[] = [
  ["timeAndDate", 6, 5],
  ["season", 11, 1],
  ["registerData.total.summations.0", 12, 4],
  ["registerData.tiers.0.summations.0", 16, 4],
];
/** The same with 1 demand and a count of its resets. */
export const selfReadDemand: readonly Printed[] = [
  ["bidn", 6, 2],
  ["timeAndDate", 6 + 2, 5],
  ["season", 11 + 2, 1],
  ["registerData.demandResets", 12 + 2, 1],
  ["registerData.total.summations.0", 15, 4],
  ["registerData.total.demands.0.eventTimes.0", 19, 5],
  ["registerData.total.demands.0.demands.0", 24, 4],
  ["registerData.tiers.0.summations.0", 28, 4],
  ["registerData.tiers.0.demands.0.eventTimes.0", 32, 5],
  ["registerData.tiers.0.demands.0.demands.0", 37, 4],
];
/** The first entry of ET41, p. 117. */
export const demandReset: readonly Printed[] = [
  ["length", 6, 2],
  ["resetReason", 8, 1],
  ["bidn", 9, 2],
  ["timeAndDate", 11, 5],
  ["season", 16, 1],
  ["registerData.total.summations.0", 17, 4],
  ["registerData.tiers.0.summations.0", 21, 4],
];

/** MEP guide 1.1, pp. 226-227. */
export const bt30: readonly Printed[] = [
  ...bits(0, 1, "onTime offTime holdTime"),
  ["filler3", 0, 1, 3, 7],
  ["displaySources", 1, 2],
  ["widthDisplaySources", 3, 1],
  ["primaryListItems", 4, 2],
  ["primaryLists", 6, 1],
  ["secondaryListItems", 7, 2],
  ["secondaryLists", 9, 1],
];

/** BT33 with one list of two sources: MEP guide 1.1, pp. 227-228. */
export const bt33: readonly Printed[] = [
  ["primaryDisplayLists.0.onTime", 0, 1, 0, 3],
  ["primaryDisplayLists.0.offTime", 0, 1, 4, 7],
  ["primaryDisplayLists.0.holdTime", 1, 1, 0, 3],
  ["primaryDisplayLists.0.defaultList", 1, 1, 4, 7],
  ["primaryDisplayLists.0.listItems", 2, 1],
  ["displaySources.0", 3, 2],
  ["displaySources.1", 5, 2],
];

/** MEP guide 1.1, pp. 228-230. */
export const bt50: readonly Printed[] = [
  ...bits(0, 1, "touSelfRead seasonSelfRead seasonDemandReset seasonChangeArmed sortDates anchorDate"),
  ["filler6", 0, 1, 6, 7],
  ...bits(
    1,
    1,
    "daylightSavingTimeAuto separateWeekDays separateSummationDemands sortTierSwitches capableOfTimeZoneOffset",
  ),
  ["filler5", 1, 1, 5, 7],
  ["seasons", 2, 1, 0, 3],
  ["specialSchedules", 2, 1, 4, 7],
  ["nonRecurringDates", 3, 1],
  ["recurringDates", 4, 1],
  ["tierSwitches", 5, 2],
  ["calendarTableSize", 7, 2],
];

/** BT54 of 25 single dates, 23 recurring ones, 200 switches, 12 seasons, the first of each: MEP guide 1.1, pp. 232-235. */
export const bt54: readonly Printed[] = [
  ["nonRecurringDates.0.date", 0, 2],
  ["nonRecurringDates.0.action", 2, 1, 0, 4],
  ["nonRecurringDates.0.demandReset", 2, 1, 5, 5],
  ["nonRecurringDates.0.selfRead", 2, 1, 6, 6],
  ["nonRecurringDates.0.filler7", 2, 1, 7, 7],
  ["recurringDates.0.date", 25 * 3, 2],
  ["recurringDates.0.action", 77, 1, 0, 4],
  ["recurringDates.0.demandReset", 77, 1, 5, 5],
  ["recurringDates.0.selfRead", 77, 1, 6, 6],
  ["recurringDates.0.touFormat", 77, 1, 7, 7],
  ["tierSwitches.0.tier", 25 * 3 + 23 * 3, 2, 0, 2],
  ["tierSwitches.0.filler3", 144, 2, 3, 4],
  ["tierSwitches.0.minute", 144, 2, 5, 10],
  ["tierSwitches.0.hour", 144, 2, 11, 15],
  ["tierSwitches.0.schedule", 146, 1],
  ["seasonSchedules.0.saturday", 25 * 3 + 23 * 3 + 200 * 3, 1],
  ["seasonSchedules.0.sunday", 745, 1],
  ["seasonSchedules.0.weekday", 746, 1],
  ["seasonSchedules.0.specialSchedule0", 747, 1],
  ["seasonSchedules.0.specialSchedule1", 748, 1],
  ["calendarId", 25 * 3 + 23 * 3 + 200 * 3 + 12 * 5, 4],
];
/** The end of it where each weekday has its own schedule: "expanded by 4", in another order (p. 234). */
export const bt54Separate: readonly Printed[] = [
  ["weekdaySeasonSchedules.0.sunday", 744, 1],
  ["weekdaySeasonSchedules.0.monday", 745, 1],
  ["weekdaySeasonSchedules.0.tuesday", 746, 1],
  ["weekdaySeasonSchedules.0.wednesday", 747, 1],
  ["weekdaySeasonSchedules.0.thursday", 748, 1],
  ["weekdaySeasonSchedules.0.friday", 749, 1],
  ["weekdaySeasonSchedules.0.saturday", 750, 1],
  ["weekdaySeasonSchedules.0.specialSchedule0", 751, 1],
  ["weekdaySeasonSchedules.0.specialSchedule1", 752, 1],
  ["calendarId", 744 + 12 * 9, 4],
];

const logBits = [
  ...bits(0, 1, "eventNumber historyDateTime historySequenceNumber historyInhibitOverflow eventInhibitOverflow"),
  ["filler5", 0, 1, 5, 7],
] as const;
const logEnd = [
  ["historyDataLength", 3, 1],
  ["eventDataLength", 4, 1],
  ["historyEntries", 5, 2],
  ["eventEntries", 7, 2],
] as const;
/** Optical guide 1.1, p. 52. */
export const bt70: readonly Printed[] = [...logBits, ["standardEvents", 1, 1], ["manufacturerEvents", 2, 1], ...logEnd];
/** Optical guide 1.1, p. 53. */
export const bt71: readonly Printed[] = [
  ...logBits,
  ["standardEventBytes", 1, 1],
  ["manufacturerEventBytes", 2, 1],
  ...logEnd,
];

/** BT74 (MEP guide 1.1, pp. 247-249) and ET79 (pp. 187-189) up to their first record, with 2 bytes of argument. */
export const eventLog: readonly Printed[] = [
  ["order", 0, 1, 0, 0],
  ["overflow", 0, 1, 1, 1],
  ["listType", 0, 1, 2, 2],
  ["inhibitOverflow", 0, 1, 3, 3],
  ["filler4", 0, 1, 4, 7],
  ["validEntries", 1, 2],
  ["lastEntryElement", 3, 2],
  ["lastEntrySequenceNumber", 5, 4],
  ["unreadEntries", 9, 2],
  ["historyRecords.0.time", 11, 6],
  ["historyRecords.0.sequenceNumber", 17, 2],
  ["historyRecords.0.userId", 19, 2],
  ["historyRecords.0.event", 21, 2, 0, 11],
  ["historyRecords.0.filler12", 21, 2, 12, 15],
  ["historyRecords.0.argument", 23, 2],
];

/**
 * Sizes with factory dimensions on meters 3.70 and 4.30; 0 where the firmware has no such table. Logs as adjusted: 12
 * one-time reads, 4 demand resets, 50 entries in the alternate event log.
 */
export const sizes: Readonly<Record<string, readonly [number, number]>> = {
  BT03: [13, 13],
  BT04: [53, 68],
  BT24: [226, 386],
  BT25: [226, 386],
  BT26: [2718, 4638],
  BT30: [10, 10],
  BT33: [63, 63],
  BT50: [9, 9],
  BT54: [808, 808],
  BT70: [9, 9],
  BT71: [9, 9],
  BT74: [1411, 1411],
  BT4150: [814, 814],
  ET31: [2718, 4638],
  ET41: [930, 1570],
  ET79: [711, 711],
  ET6191: [22, 22],
};

/** Tables from the factory, put together from the values that the guides print; alike on 3.70 and 4.30. */
export const factory = {
  BT30: "01c203021e0001000000",
  /** One list, the three sources that are printed. */
  BT33: "061003002001200000",
  BT50: "03182c1917c8002803",
  BT70: "064098" + "0202" + "c800" + "0000",
  BT71: "060813" + "0202" + "6400" + "0000",
} as const;
