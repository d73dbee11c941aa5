/** ET09 typed a second time from the guide: path, offset, bytes, bits. MEP guide 1.1, pp. 74-83. */
import type { Printed } from "./et04-system-information.vectors.ts";

/** pp. 74-75. */
export const thresholds: readonly Printed[] = [
  ["longOutageDurationThreshold", 0, 2],
  ["sag1SurgeTimeThreshold", 2, 1],
  ["sag1Threshold", 3, 1],
  ["surgeThreshold", 4, 1],
  ["overCurrentThreshold", 5, 1],
];
/** pp. 75-76: the first of ET04.53 records of 18 bytes. */
export const outage: readonly Printed[] = [
  ["powerOn", 6, 6],
  ["resetCause", 12, 1],
  ["reserved13", 13, 1],
  ["powerOff", 14, 6],
  ["powerOffDuration", 20, 4],
];
/** pp. 76-79: offsets past ET04.53 * 18. */
export const statistics: readonly Printed[] = [
  ["l1MostRecentSag1Event", 6, 6],
  ["l1Sag1Events", 12, 2],
  ["l2MostRecentSag1Event", 14, 6],
  ["l2Sag1Events", 20, 2],
  ["l3MostRecentSag1Event", 22, 6],
  ["l3Sag1Events", 28, 2],
  ["l1MostRecentSurgeEvent", 30, 6],
  ["l1SurgeEvents", 36, 2],
  ["l2MostRecentSurgeEvent", 38, 6],
  ["l2SurgeEvents", 44, 2],
  ["l3MostRecentSurgeEvent", 46, 6],
  ["l3SurgeEvents", 52, 2],
  ["minFrequency", 54, 4],
  ["minFreqTime", 58, 6],
  ["maxFrequency", 64, 4],
  ["maxFreqTime", 68, 6],
  ["l1OverCurrentEvents", 74, 4],
  ["l2OverCurrentEvents", 78, 4],
  ["l3OverCurrentEvents", 82, 4],
  ["phaseL1Loss", 86, 1, [0, 0]],
  ["phaseL2Loss", 86, 1, [1, 1]],
  ["phaseL3Loss", 86, 1, [2, 2]],
  ["phaseLossFiller3", 86, 1, [3, 7]],
  ["l1MostRecentPhaseLossEvent", 87, 6],
  ["l1PhaseLossEvents", 93, 2],
  ["l2MostRecentPhaseLossEvent", 95, 6],
  ["l2PhaseLossEvents", 101, 2],
  ["l3MostRecentPhaseLossEvent", 103, 6],
  ["l3PhaseLossEvents", 109, 2],
  ["l1MostRecentSag1Voltage", 111, 4],
  ["l2MostRecentSag1Voltage", 115, 4],
  ["l3MostRecentSag1Voltage", 119, 4],
  ["l1MostRecentSurgeVoltage", 123, 4],
  ["l2MostRecentSurgeVoltage", 127, 4],
  ["l3MostRecentSurgeVoltage", 131, 4],
  ["shortOutageCount", 135, 4],
];
/** p. 79: from 2.12. */
export const from212: readonly Printed[] = [
  ["pqConfigurationId", 139, 4],
  ["sag1SurgeThresholdSeconds", 143, 1],
];
/** p. 80: from 3.10. */
export const from310: readonly Printed[] = [
  ["powerUpQualityHoldTime", 144, 1],
  ["overCurrentTimeThreshold", 145, 2],
];
/** p. 80: the first of three records of 70 bytes. */
export const thdRecord: readonly Printed[] = [
  ["thdTimeThreshold", 147, 2],
  ["thdThreshold", 149, 2],
];
/** pp. 80-81: the first of three records of 22 bytes, of which 18 are described. */
export const thdEvent: readonly Printed[] = [
  ["eventCount", 151, 2],
  ["eventTime", 153, 6],
  ["maxThd", 159, 2],
  ["maxThdTime", 161, 6],
  ["averageThd", 167, 2],
  ["reserved169", 169, 4],
];
/** p. 81: the first of 12 records of 10 bytes, at A, which is 357 past the outages; from 3.70. */
export const drpDrc: readonly Printed[] = [
  ["drp", 0, 2],
  ["drc", 2, 2],
  ["timeStamp", 4, 6],
];
/** pp. 81-82: past A + 10 * 12; from 4.10. */
export const from410: readonly Printed[] = [
  ["sag2TimeThreshold", 0, 2],
  ["sag2Threshold", 2, 1],
  ["l1MostRecentSag2Event", 3, 6],
  ["l1Sag2Events", 9, 2],
  ["l2MostRecentSag2Event", 11, 6],
  ["l2Sag2Events", 17, 2],
  ["l3MostRecentSag2Event", 19, 6],
  ["l3Sag2Events", 25, 2],
  ["l1MostRecentSag2Voltage", 27, 4],
  ["l2MostRecentSag2Voltage", 31, 4],
  ["l3MostRecentSag2Voltage", 35, 4],
  ["averageCurrentCalculationInterval", 39, 2],
];
/** p. 83: from 4.21. */
export const from421: readonly Printed[] = [
  ["earlySagSurgeEvent", 41, 1, [0, 0]],
  ["optionsFiller1", 41, 1, [1, 7]],
];

/** The size formula of each firmware, without 18 bytes for each outage. */
export const sizes: Readonly<Record<string, number>> = {
  "meter:2.10": 139,
  "meter:2.12": 144,
  "meter:3.00": 144,
  "meter:3.10": 357,
  "meter:3.30": 357,
  "meter:3.34": 357,
  "meter:3.40": 357,
  "meter:3.50": 357,
  "meter:3.60": 357,
  "meter:3.70": 477,
  "meter:3.80": 477,
  "meter:4.00": 477,
  "meter:4.10": 518,
  "meter:4.20": 518,
  "meter:4.21": 519,
  "meter:4.30": 519,
  "module:1.11": 357,
  "module:1.20": 357,
  "module:1.21": 357,
  "module:1.31": 357,
  "module:1.32": 357,
};
