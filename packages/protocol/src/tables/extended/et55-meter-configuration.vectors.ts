/**
 * ET55 typed a second time from pp. 146-169 of the MEP guide 1.1: both offset columns as printed (3.X and modules, 4.0
 * and later; -1 where not applicable), bytes, lowest and highest bit.
 */
export type ColumnRow = readonly [
  path: string,
  generation3: number,
  generation4: number,
  size: number,
  low?: number,
  high?: number,
];

export const beforeByte127: readonly ColumnRow[] = [
  ["reserved0", 0, 0, 3],
  ["tariffFiller0", 3, 3, 1, 0, 0],
  ["consumptionBasedTariffEnabled", 3, 3, 1, 1, 1],
  ["tariffFiller2", 3, 3, 1, 2, 4],
  ["stepTariffEnabled", 3, 3, 1, 5, 5],
  ["tariffFiller6", 3, 3, 1, 6, 7], // not printed
  ["deltaTimeAdjustmentIncrement", 4, -1, 1], // printed at 1 for 4.0, inside 0..2
  ["reserved4", -1, 4, 1], // printed as one with the next for 4.0: 4..13
  ["reserved5", 5, 5, 9],
  ["signalStrengthThreshold", 14, 14, 1],
  ["plcActiveTimeout", 15, 15, 2],
  ["reserved17", 17, 17, 3], // printed 17..51
  ["plcFailedAuthenticationLockoutThreshold", 20, 20, 1],
  ["plcFailedAuthenticationLockoutDuration", 21, 21, 1],
  ["opticalFailedAuthenticationLockoutThreshold", 22, 22, 1],
  ["opticalFailedAuthenticationLockoutDuration", 23, 23, 1],
  ["reserved24", 24, 24, 28],
  ["lcdMessageId", 52, 52, 4], // 4 + X
  ["lcdMessageIdDecimalPoints", 56, 57, 1],
  ["lcdMessageText", 57, 58, 8],
  ["lcdMessageDisplayStart", 65, 66, 6],
  ["lcdMessageDisplayEnd", 71, 72, 6],
  ["disableMessageOverride", 77, 78, 1, 0, 0],
  ["messageOverridden", 77, 78, 1, 1, 1],
  ["disableMessageInScrollingList", 77, 78, 1, 2, 2],
  ["messageFiller3", 77, 78, 1, 3, 7], // not printed
  ["phaseLossThreshold", 78, 79, 2],
  ["disableFiller0", 80, 81, 1, 0, 0],
  ["disableConsumptionBasedTariff", 80, 81, 1, 1, 1],
  ["disableFiller2", 80, 81, 1, 2, 2],
  ["disableStepTariff", 80, 81, 1, 3, 3],
  ["disableFiller4", 80, 81, 1, 4, 7], // not printed
  ["overPowerThreshold", 81, 82, 4],
  ["overPowerTimeThreshold", 85, 86, 2],
  ["overPowerThresholdTier", 87, 88, 1],
  ["overPowerSource", 88, 89, 1],
  ["reserved89", 89, 90, 4],
  ["transformerSecondaryRatedCurrent", 93, 94, 1],
  ["clockErrorCalendarId", 94, 95, 4],
  ["overPowerCalendarId", 98, 99, 4],
  ["reserved102", 102, 103, 1],
  ["generalCoverRemovedDetectionThreshold", 103, 104, 2],
  ["powerQualityCoverRemovedDetectionThreshold", 105, 106, 2],
  ["coverTamperPhaseLoss", 107, 108, 2, 0, 0],
  ["coverTamperCurrentWithoutVoltage", 107, 108, 2, 1, 1],
  ["coverTamperSubsequentPowerOutage", 107, 108, 2, 2, 2],
  ["coverTamperPrecedingPowerOutage", 107, 108, 2, 3, 3],
  ["coverTamperFiller4", 107, 108, 2, 4, 15],
  ["primaryLoadProfileIndex", 109, 110, 1],
  ["highFrequencyNoiseDetectionThreshold", 110, 111, 2],
  ["highFrequencyNoiseDetectionTimeThreshold", 112, 113, 2],
  ["earthFaultDetectionCurrentThreshold", 114, 115, 2],
  ["reserved116", 116, 117, 1],
  ["earthFaultTimeThreshold", 117, 118, 2],
  ["brokenMvConductorDetectionTimeThreshold", 119, 120, 2],
  ["zeroFaultDetectionTimeThreshold", 121, 122, 2],
  ["normalVoltageUpperLimit", 123, 124, 1],
  ["normalVoltageLowerLimit", 124, 125, 1],
  ["lowVoltageHigherLimit", 125, 126, 1],
  ["voltageFluctuationLimit", 126, 127, 1],
];
export const beforeThresholds: readonly ColumnRow[] = [
  ["reserved127", 127, 128, 1], // not printed
  ["prepayTierRates.0", 128, 129, 4],
  ["prepayTierRates.1", 132, 133, 4],
  ["prepayTierRates.2", 136, 137, 4],
  ["prepayTierRates.3", 140, 141, 4],
  ["reverseEnergyAlarmCurrentThreshold", 144, 145, 2],
  // The step tariff thresholds follow, at 146 or 147.
];

export type PastRow = readonly [path: string, pastA: number, size: number, low?: number, high?: number];

/** A + n; A = 146 or 147 + 4 * (BT20.7 - 1). */
export const pastThresholds: readonly PastRow[] = [
  ["stepTariffSource", 0, 1],
  ["stepTariffTouId", 1, 4],
  ["stepTariffResetDay", 5, 1],
  ["stepTariffResetHour", 6, 1],
  ["stepTariffResetMinute", 7, 1],
  ["stepTariffResetSecond", 8, 1],
  ["reservedPastThresholds9", 9, 1],
  ["consecutiveRmsVoltageMainsCycles", 10, 2],
  ["averageRmsVoltageSeconds", 12, 2],
  ["averageRmsVoltagesForNlcNlp", 14, 2],
  ["deltaAdsup", 16, 4],
  ["deltaAdinf", 20, 4],
  ["deltaPrsup", 24, 4],
  ["deltaPrinf", 28, 4],
  ["mvdDetectionTimeLowerLimit", 32, 2],
  ["mvdDetectionTimeUpperLimit", 34, 2],
  ["mvdSagLowThreshold", 36, 1],
  ["mvdSagHighThreshold", 37, 1],
  ["mvdSwellLowThreshold", 38, 1],
  ["energyRegisterUnit", 39, 1],
];
/** From 4.0. */
export const pastEnergyUnit: readonly PastRow[] = [
  ["houseIconControl", 40, 1, 0, 1],
  ["mbusDiscoveryAutoConfirmation", 40, 1, 2, 2],
  ["mepFlagsFiller3", 40, 1, 3, 7],
  ["enableOpticalDosTimer", 41, 1, 0, 0],
  ["disableOpticalPort", 41, 1, 1, 1],
  ["opticalFiller2", 41, 1, 2, 7],
  ["opticalSessionTimeout", 42, 2],
  ["opticalSessionHoldOff", 44, 2],
  ["externalTamper1InUse", 46, 1, 0, 0],
  ["externalTamper2InUse", 46, 1, 1, 1],
  ["externalTamperFiller2", 46, 1, 2, 7], // not printed
  ["tamperAdc.0", 47, 2],
  ["tamperAdc.1", 49, 2],
  ["tamperAdc.2", 51, 2],
  ["externalTamperDuration", 53, 1],
  ["generalCoverRemovedDetectionThreshold2", 54, 2],
  ["magneticTamperDuration", 56, 2],
  ["vaCalculationMethod", 58, 1],
  ["bevLoadProfileLockMode", 59, 2, 0, 0],
  ["lockedFlagsFiller1", 59, 2, 1, 15], // not printed
  ["reverseEnergyAlarmCurrentThresholdMsb", 61, 1],
];

/** Bytes by firmware, for 8 tiers. */
export const sizes: Readonly<Record<string, number>> = {
  "meter:3.10": 127,
  "meter:3.30": 127,
  "meter:3.34": 127,
  "meter:3.40": 127,
  "meter:3.50": 127,
  "meter:3.60": 127,
  "meter:3.70": 214,
  "meter:3.80": 214,
  "meter:4.00": 237,
  "meter:4.10": 237,
  "meter:4.20": 237,
  "meter:4.30": 237,
  "module:1.11": 127,
  "module:1.20": 214,
  "module:1.21": 214,
  "module:1.31": 214,
  "module:1.32": 214,
};

/** Factory values (pp. 146-169): [offset of 3.X, offset of 4.0, bytes]; null where the column has none. */
export const factoryValues: readonly (readonly [number | null, number | null, readonly number[]])[] = [
  [4, null, [1]],
  [15, 15, [60, 0]],
  [78, 79, [10, 0]],
  [93, 94, [1]],
  [103, 104, [10, 0, 10, 0]],
  [119, 120, [0x58, 0x02, 10, 0, 115, 85, 60, 5]],
  [144, 145, [0xe8, 0x03]],
];
/** The same past A, of which the last four from 4.0 on. */
export const factoryValuesPastA: readonly (readonly [number, readonly number[]])[] = [
  [5, [1]],
  [10, [15, 0, 0x58, 0x02, 0xf0, 0x03]],
  [32, [1, 0, 180, 0, 10, 90, 110, 1]],
  [42, [0x58, 0x02, 0x2c, 0x01]],
  [46, [3]],
  [53, [5, 10, 0, 10, 0]],
];
