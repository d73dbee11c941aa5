/**
 * ET23, ET29, ET46, ET47 and ET61 typed a second time from pp. 104-110, 127-129 and 173 of the MEP guide 1.1: path,
 * offset, bytes, lowest and highest bit. Of lists the first element, of the port matrices every one.
 */
export type Row = readonly [path: string, offset: number, size: number, low?: number, high?: number];

const head23: readonly Row[] = [
  ["lonTalkMessagesReceived", 0, 4],
  ["lonTalkMessagesValidated", 4, 4],
  ["reserved8", 8, 86], // 8...93
  ["disconnectInternalStatus", 94, 1],
  ["activeCalendarId", 95, 4],
];
export const et23: Record<string, readonly Row[]> = {
  "meter:3.10": [...head23, ["reserved99", 99, 87]], // 99...185
  "meter:3.80": [...head23, ["reserved99", 99, 87]],
  "module:1.32": [...head23, ["reserved99", 99, 87]],
  "meter:4.00": [...head23, ["reserved99", 99, 119]], // 99...217
  "meter:4.30": [...head23, ["reserved99", 99, 119]],
};

const first20: readonly Row[] = [
  ["s0KyzOutput", 0, 3, 0, 0],
  ["pulseInput1", 0, 3, 1, 1],
  ["pulseInput2", 0, 3, 2, 2],
  ["filler3", 0, 3, 3, 4],
  ["disconnectAndBuzzer", 0, 3, 5, 5],
  ["controlRelay1", 0, 3, 6, 6],
  ["controlRelay2", 0, 3, 7, 7],
  ["mbusModule", 0, 3, 8, 8],
  ["coverTamper", 0, 3, 9, 9],
  ["mepClient1Port", 0, 3, 10, 10],
  ["disconnectSensor", 0, 3, 11, 11],
  ["magneticTamper", 0, 3, 12, 12],
  ["highFrequencyNoiseDetectionDisabled", 0, 3, 13, 13],
  ["twoLineDisconnect", 0, 3, 14, 14],
  ["noMetering", 0, 3, 15, 15],
  ["noLcd", 0, 3, 16, 16],
  ["externalCt", 0, 3, 17, 17],
  ["backupPower", 0, 3, 18, 18],
  ["externalDisconnectFeedback", 0, 3, 19, 19],
  ["externalVoltage", 0, 3, 20, 20],
  ["voltageSignalAdcInverted", 0, 3, 21, 21],
  ["nonLatchingRelay", 0, 3, 22, 22],
  ["mepClient2Port", 0, 3, 23, 23],
  ["reserved3", 3, 2], // printed 2...4
  ["singlePhase", 5, 1, 0, 0],
  ["polyphase", 5, 1, 1, 1],
  ["configurationFiller2", 5, 1, 2, 5],
  ["pulseRelayForDisconnect", 5, 1, 6, 6],
  ["powerBoostRelay", 5, 1, 7, 7],
  ["reserved6", 6, 14], // 6...19
];
const from20: readonly Row[] = [
  ["reserved20", 20, 4], // 20...23
  ["commAssignmentMatrix1.0.board", 24, 1],
  ["commAssignmentMatrix1.0.port", 25, 1],
  ["commAssignmentMatrix1.0.sequenceNumber", 26, 1],
  ["commAssignmentMatrix1.1.board", 27, 1],
  ["commAssignmentMatrix1.1.port", 28, 1],
  ["commAssignmentMatrix1.1.sequenceNumber", 29, 1],
  ["commAssignmentMatrix1.2.board", 30, 1],
  ["commAssignmentMatrix1.2.port", 31, 1],
  ["commAssignmentMatrix1.2.sequenceNumber", 32, 1],
  ["twoDisconnectSensors", 33, 4, 0, 0],
  ["disconnectToggleButton", 33, 4, 1, 1],
  ["extendedFiller2", 33, 4, 2, 2],
  ["backlightLcd", 33, 4, 3, 3],
  ["buzzer", 33, 4, 4, 4],
  ["batteryType", 33, 4, 5, 6],
  ["earthFault", 33, 4, 7, 7],
  ["externalTamperInput1", 33, 4, 8, 8],
  ["externalTamperInput2", 33, 4, 9, 9],
  ["s0PulseOutput2", 33, 4, 10, 10],
  ["securityChip", 33, 4, 11, 11],
  ["lastGaspModule", 33, 4, 12, 12],
  ["controlRelay1Type", 33, 4, 13, 13],
  ["controlRelay2Type", 33, 4, 14, 14],
  ["extendedFiller15", 33, 4, 15, 31],
  ["reserved37", 37, 10], // 37...46
  ["lineSensor", 47, 1, 0, 4],
  ["neutralSensor", 47, 1, 5, 7],
  ["commAssignmentMatrix2.0.board", 48, 1],
  ["commAssignmentMatrix2.0.port", 49, 1],
  ["commAssignmentMatrix2.0.logicalPortNumber", 50, 1], // printed 0
  ["commAssignmentMatrix2.1.board", 51, 1],
  ["commAssignmentMatrix2.1.port", 52, 1],
  ["commAssignmentMatrix2.1.logicalPortNumber", 53, 1], // printed 0
];
export const et29: Record<string, readonly Row[]> = {
  "meter:3.10": first20,
  "meter:3.80": first20,
  "module:1.32": first20,
  "meter:4.00": [...first20, ...from20],
  "meter:4.30": [...first20, ...from20],
};

const first13: readonly Row[] = [
  ["reserved0", 0, 11], // 0..10
  ["disconnectControlType", 11, 1],
  ["reserved12", 12, 1],
];
const from370: readonly Row[] = [
  ["prepayNegativeCredit", 13, 4],
  ["maximumDisconnectOpenTime", 17, 6],
];
export const et46: Record<string, readonly Row[]> = {
  "meter:3.60": first13,
  "module:1.11": first13,
  "meter:3.70": [...first13, ...from370],
  "module:1.20": [...first13, ...from370],
  "meter:4.30": [...first13, ...from370],
};

const all47: readonly Row[] = [
  ["tariff", 0, 1],
  ["cancellation", 1, 1],
  ["overrideDuration", 2, 4],
  ["cancellationTime", 6, 6],
  ["calendarId", 12, 4],
];
export const et47: Record<string, readonly Row[]> = {
  "meter:3.10": all47,
  "meter:4.30": all47,
  "module:1.11": all47,
};

const all61: readonly Row[] = [
  ["relays.0.switches.0.relayState", 0, 2, 0, 0],
  ["relays.0.switches.0.filler1", 0, 2, 1, 4],
  ["relays.0.switches.0.minute", 0, 2, 5, 10],
  ["relays.0.switches.0.hour", 0, 2, 11, 15],
];
export const et61: Record<string, readonly Row[]> = {
  "meter:3.30": all61,
  "meter:4.30": all61,
  "module:1.11": all61,
};

/** Bytes of each table by firmware. */
export const sizes: Record<string, Record<string, number>> = {
  ET23: {
    "meter:3.10": 186,
    "meter:3.70": 186,
    "meter:3.80": 186,
    "module:1.32": 186,
    "meter:4.00": 218,
    "meter:4.30": 218,
  },
  ET29: { "meter:3.10": 20, "meter:3.70": 20, "meter:3.80": 20, "module:1.32": 20, "meter:4.00": 54, "meter:4.30": 54 },
  ET46: {
    "meter:3.10": 13,
    "meter:3.60": 13,
    "module:1.11": 13,
    "meter:3.70": 23,
    "module:1.20": 23,
    "module:1.32": 23,
    "meter:4.30": 23,
  },
  ET47: { "meter:3.10": 16, "meter:3.70": 16, "meter:4.30": 16, "module:1.20": 16 },
  ET61: { "meter:3.30": 320, "meter:3.70": 320, "meter:4.30": 320, "module:1.11": 320 },
};
