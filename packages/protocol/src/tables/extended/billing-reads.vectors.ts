/** ET15, ET16, ET34, ET45, ET71, ET74, ET80, ET81 typed a second time from the guide: path, offset, bytes, bits. */
import type { Printed } from "./et04-system-information.vectors.ts";

/** pp. 96-97, for 5 requests of 6 bytes and 5 messages of 25; the multicast message has 64 bytes. */
export const et15Pointers: readonly Printed[] = [
  ["writePointer", 0, 1, [0, 3]],
  ["readPointer", 0, 1, [4, 7]],
];
export const et15Request: readonly Printed[] = [
  ["transactionNbr", 1, 2],
  ["deviceHandleOrGroupMask", 3, 2],
  ["requestType", 5, 1],
  ["result", 6, 1],
];
export const et15Write: readonly Printed[] = [
  ["writeDataLength", 31, 1],
  ["writeData", 32, 24],
];
export const et15Multicast: readonly Printed[] = [
  ["multicastDataLength", 156, 1],
  ["multicastDataMessage", 157, 64],
];

/** pp. 98-99. */
export const readHead: readonly Printed[] = [
  ["readTime", 0, 6],
  ["dataOrder", 6, 1, [0, 0]],
  ["responseType", 6, 1, [1, 1]],
  ["keyAvailability", 6, 1, [2, 2]],
  ["authentication", 6, 1, [3, 4]],
  ["securityFailed", 6, 1, [5, 5]],
  ["responseFiller6", 6, 1, [6, 7]],
];
/** pp. 99-100, in 517 bytes. */
export const readVariable: readonly Printed[] = [
  ["response.variable.length", 7, 1],
  ["response.variable.serialNumber", 8, 4],
  ["response.variable.manufacturerId", 12, 2],
  ["response.variable.version", 14, 1],
  ["response.variable.medium", 15, 1],
  ["response.variable.accessNumber", 16, 1],
  ["response.variable.applicationError", 17, 1, [0, 1]],
  ["response.variable.powerLow", 17, 1, [2, 2]],
  ["response.variable.permanentError", 17, 1, [3, 3]],
  ["response.variable.temporaryError", 17, 1, [4, 4]],
  ["response.variable.manufacturerStatus", 17, 1, [5, 7]],
  ["response.variable.signature", 18, 2],
  ["response.variable.dataRecords", 20, 497],
];
/** pp. 100-101, in 517 bytes. */
export const readFixed: readonly Printed[] = [
  ["response.fixed.length", 7, 1],
  ["response.fixed.serialNumber", 8, 4],
  ["response.fixed.accessNumber", 12, 1],
  ["response.fixed.countersBinary", 13, 1, [0, 0]],
  ["response.fixed.countersAtFixedDate", 13, 1, [1, 1]],
  ["response.fixed.powerLow", 13, 1, [2, 2]],
  ["response.fixed.permanentError", 13, 1, [3, 3]],
  ["response.fixed.temporaryError", 13, 1, [4, 4]],
  ["response.fixed.manufacturerStatus", 13, 1, [5, 7]],
  ["response.fixed.mediumUnit", 14, 2],
  ["response.fixed.counter1", 16, 4],
  ["response.fixed.counter2", 20, 4],
  ["response.fixed.reserved24", 24, 493],
];
/** p. 101, in 517 bytes. */
export const readMep: readonly Printed[] = [
  ["response.mep.readCount", 7, 2],
  ["response.mep.length", 9, 2],
  ["response.mep.data", 11, 506],
];

/** pp. 112-113: entries of 22 bytes; the last run is printed as ARRAY[7] at 14-21. */
export const et34Entry: readonly Printed[] = [
  ["reserved0", 0, 2],
  ["groupMask", 2, 1],
  ["reserved3", 3, 1],
  ["loadProfilePollRate", 4, 2],
  ["controlMdt", 6, 1],
  ["commandMonitorMdt", 7, 1],
  ["timeStampMdt", 8, 1],
  ["hourLocatorStart", 9, 1, [0, 4]],
  ["hourLocatorCount", 9, 1, [5, 7]],
  ["minuteLocatorStart", 10, 1, [0, 4]],
  ["minuteLocatorCount", 10, 1, [5, 7]],
  ["loadProfilePollWait", 11, 1],
  ["loadProfilePollRetryAttempts", 12, 1],
  ["loadProfilePollRetryWait", 13, 1],
  ["reserved14", 14, 8],
];

/** pp. 125-126, 182, 191: the first byte of a log. */
const logFlags: readonly Printed[] = [
  ["order", 0, 1, [0, 0]],
  ["overflow", 0, 1, [1, 1]],
  ["listType", 0, 1, [2, 2]],
  ["inhibitOverflow", 0, 1, [3, 3]],
  ["filler4", 0, 1, [4, 7]],
];
/** pp. 126, 192. */
export const shortHeader: readonly Printed[] = [
  ...logFlags,
  ["validEntries", 1, 1],
  ["lastEntryElement", 2, 1],
  ["lastEntrySequenceNumber", 3, 2],
  ["unreadEntries", 5, 1],
];
/** p. 183. */
export const longHeader: readonly Printed[] = [
  ...logFlags,
  ["validEntries", 1, 2],
  ["lastEntryElement", 3, 2],
  ["lastEntrySequenceNumber", 5, 2],
  ["unreadEntries", 7, 2],
];
/** pp. 126-127: the first entry; a read of 517 bytes follows at 14. */
export const et45Entry: readonly Printed[] = [
  ["length", 6, 2],
  ["identifier", 8, 2, [0, 10]],
  ["namespace", 8, 2, [11, 15]],
  ["handle", 10, 2],
  ["executionStatus", 12, 1],
  ["result", 13, 1],
];
/** p. 183: the first entry; a read of 517 bytes follows at 17. */
export const et74Entry: readonly Printed[] = [
  ["length", 9, 2],
  ["reserved11", 11, 2],
  ["handle", 13, 2],
  ["executionStatus", 15, 1],
  ["result", 16, 1],
];
/** p. 192: the first entry, of 12 bytes. */
export const et81Entry: readonly Printed[] = [
  ["start", 6, 6],
  ["end", 12, 6],
];

/** pp. 180-181: entries of 13 bytes. */
export const et71Entry: readonly Printed[] = [
  ["deltaDataMonitorSource", 0, 2],
  ["configuredDelta", 2, 2],
  ["comparisonValue", 4, 4],
  ["sampledDataValue", 8, 4],
  ["sourceIdInvalid", 12, 1, [0, 0]],
  ["filler1", 12, 1, [1, 7]],
];
/** pp. 190-191. */
export const et80: readonly Printed[] = [
  ["averagePowerEnabled", 0, 1],
  ["averagePowerControlSubInterval", 1, 2],
  ["averagePowerControlIntervalMultiplier", 3, 1],
  ["averagePowerDisconnectThreshold", 4, 4],
];

/** Factory values: ET71 pp. 180-181 (one entry), ET80 pp. 190-191. */
export const et71Factory = "ff000000000000000000000000";
export const et80Factory = "0001000f00000000";
/** The queue of the printed transaction, pp. 55-56: five billing reads that succeeded. */
export const et15Example = "00420001000201450001000201480001000201" + "0300f80302014b0001000201";
/** ET36 with 4 entries of 525 bytes in ET45 and 10 of 12 in ET81. */
export const et36Default = [
  "07",
  "1f08e800ff000200000000000000000000",
  "20080d02ff000800010000000000000000",
  "26082300ff000a00000000000000000000",
  "29080000ff000000010000000000000000",
  "2d080d02fd000400010000000000000000",
  "4b088f00fd000000000000000000000000",
  "51080c00fd000a00000000000000000000",
  "00",
].join("");
