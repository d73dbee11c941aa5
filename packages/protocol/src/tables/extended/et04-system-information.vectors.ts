/** ET04 typed a second time from the guide: path, offset, bytes, bits. MEP guide 1.1, pp. 62-73. */
export type Printed = readonly [
  path: string,
  offset: number,
  size: number,
  bits?: readonly [low: number, high: number],
];

const always: readonly Printed[] = [
  // pp. 62-63
  ["sequenceNumber", 0, 4],
  ["transceiverId", 4, 6],
  ["subnetId", 10, 1],
  ["nodeId", 11, 1],
  ["explicitMessageReceived", 12, 1, [0, 0]],
  ["forceNeuronConfiguration", 12, 1, [1, 1]],
  ["requestNeuronState", 12, 1, [2, 2]],
  ["disablePlcEncryption", 12, 1, [3, 3]],
  ["disableNeuronEepromLock", 12, 1, [4, 4]],
  ["neuronPhase", 12, 1, [5, 7]],
  // p. 64
  ["ratedFrequency", 13, 1],
  ["programId", 14, 8],
  ["selfIdentification", 22, 30],
  ["pkAccess", 52, 1],
  ["maxPowerOutagesRecorded", 53, 1],
  ["reserved54", 54, 1],
  ["maxTeRegisters", 55, 1],
  ["registrationCurrent", 56, 2],
  ["maxCurrent", 58, 2],
  ["ratedVoltage", 60, 2],
  // pp. 64-66
  ["inactiveVoltageL1", 62, 1, [0, 0]],
  ["inactiveVoltageL2", 62, 1, [1, 1]],
  ["inactiveVoltageL3", 62, 1, [2, 2]],
  ["separateInactivePhases", 62, 1, [3, 3]],
  ["inactiveCurrentL1", 62, 1, [4, 4]],
  ["inactiveCurrentL2", 62, 1, [5, 5]],
  ["inactiveCurrentL3", 62, 1, [6, 6]],
  ["filler7", 62, 1, [7, 7]],
  ["dstOffTimeDelta", 63, 2],
  ["selfReadHour", 65, 1],
  ["selfReadMinute", 66, 1],
  ["stopModeConfig", 67, 1],
  ["reserved68", 68, 3],
  ["rkAccessDisabled", 71, 1, [0, 0]],
  ["testPoint", 71, 1, [1, 1]],
  // p. 67
  ["testPointConfirmed", 71, 1, [2, 2]],
  ["lpUseSkipped", 71, 1, [3, 3]],
  ["filler4", 71, 1, [4, 7]],
  ["neuronState", 72, 1],
  ["phaseRotation", 73, 1],
  ["plcCommInactiveTimeThreshold", 74, 2],
  ["broadcastReceipt", 76, 6],
  ["broadcastBase", 82, 4],
  // p. 68
  ["broadcastDelta", 86, 2],
  ["reverseEnergyAlarmCurrentThreshold", 88, 2],
  ["plcSignalQualityStatus", 90, 1],
  // p. 69
  ["autoDiscoveryTa", 91, 2],
  ["autoDiscoveryTo", 93, 2],
  ["autoDiscoveryDisable", 95, 1],
  ["amplifierGainDetectSensitivity", 96, 2],
  ["eventsOutageThreshold", 98, 2],
  ["nvmSize", 100, 2],
  ["safeImageLocked", 102, 1],
  ["mepSequenceNumber", 103, 4],
  ["reserved107", 107, 2],
  ["premisePowerGeneration", 109, 1],
  ["powerOutageDetectionThreshold", 110, 1],
  // pp. 70-71
  ["phaseLossThreshold", 111, 1],
  ["meterForm", 112, 1],
  ["clockErrorTier", 113, 1],
  ["reserved114", 114, 2],
  ["idtVersion", 116, 1],
  ["tiltTimer", 117, 1],
  ["minimumRegistrationCurrent", 118, 2],
  ["registrationCurrentFraction", 120, 1],
  ["constantPhaseLossAlarm", 121, 1, [0, 0]],
  ["filler1", 121, 1, [1, 7]],
  ["powerUpWaitTime", 122, 1],
];
/** pp. 72-73: meters 3.13, and from 3.80 on. */
const keyCounters: readonly Printed[] = [
  ["maxKeyUsageCount", 123, 4],
  ["securityMode", 127, 1],
  ["fcmMessageCount", 128, 1],
];
/** p. 73: meters from 4.0 on. */
const generation4: readonly Printed[] = [
  ["mepSequenceNumbers.0", 129, 4],
  ["mepSequenceNumbers.1", 133, 4],
  ["reverseEnergyAlarmTimeMilliseconds", 137, 1],
  ["reverseEnergyAlarmTimeSeconds", 138, 2],
];

/** Leaves by size of the table. */
export const leavesBySize: Readonly<Record<number, readonly Printed[]>> = {
  123: always,
  129: [...always, ...keyCounters],
  140: [...always, ...keyCounters, ...generation4],
};

/** The guide's values, for a meter of 50 Hz and 128 KiB: offset, bytes in hexadecimal, path, value. */
export const factory: readonly (readonly [offset: number, bytes: string, path: string, value: number])[] = [
  [13, "32", "ratedFrequency", 50],
  [53, "0a", "maxPowerOutagesRecorded", 10],
  [55, "04", "maxTeRegisters", 4],
  [56, "1000", "registrationCurrent", 16],
  [58, "6400", "maxCurrent", 100],
  [60, "e600", "ratedVoltage", 230],
  [88, "e803", "reverseEnergyAlarmCurrentThreshold", 1000],
  [100, "8000", "nvmSize", 128],
  [110, "48", "powerOutageDetectionThreshold", 72],
  [111, "3d", "phaseLossThreshold", 61],
  [116, "01", "idtVersion", 1],
  [117, "1e", "tiltTimer", 30],
  [118, "1100", "minimumRegistrationCurrent", 17],
  [120, "11", "registrationCurrentFraction", 17],
  [123, "40420f00", "maxKeyUsageCount", 1000000],
  [127, "02", "securityMode", 2],
  [138, "0a00", "reverseEnergyAlarmTimeSeconds", 10],
];
