/** ET03, ET13, ET14, ET50, ET51, ET70 typed a second time from the guide: path, offset, bytes, bits. */
import type { Printed } from "./et04-system-information.vectors.ts";

/** p. 62; the second reserved run is printed at 138, within the CRC. */
export const et03: readonly Printed[] = [
  ["utilitySerialNumber", 0, 30],
  ["reserved30", 30, 107],
  ["imageCrc", 137, 2],
  ["reserved139", 139, 4],
];

/** pp. 86-88: each entry. */
const et13Entry: readonly Printed[] = [
  ["billingDay", 0, 1],
  ["billingHour", 1, 1],
  ["billingMinute", 2, 1],
  ["billingFrequency", 3, 1],
  ["statusInterval", 4, 2],
  ["baudRate", 6, 1],
  ["deviceAlarmBitmask", 7, 1],
];
/** p. 88: entries 0 to 3. */
export const et13Mbus: readonly Printed[] = [
  ...et13Entry,
  ["customerId", 8, 20],
  ["appResetParameter", 28, 1],
  ["securityKeyLength", 29, 1],
  ["securityKey", 30, 32],
  ["ta", 62, 2],
  ["to", 64, 2],
];
/** pp. 88-89: entries from 4 on, of 66 bytes. */
export const et13Mep: readonly Printed[] = [
  ...et13Entry,
  ["scheduledRead", 8, 1, [0, 0]],
  ["onDemandRequest", 8, 1, [1, 1]],
  ["filler2", 8, 1, [2, 2]],
  ["mbusChange", 8, 1, [3, 3]],
  ["deltaData", 8, 1, [4, 4]],
  ["filler5", 8, 1, [5, 7]],
  ["downlinkData", 9, 57],
];

/** p. 90. */
export const et14Head: readonly Printed[] = [
  ["autoDiscovery", 0, 1, [0, 0]],
  ["filler1", 0, 1, [1, 7]],
  ["reserved1", 1, 4],
  ["device1Occupied", 5, 1, [0, 0]],
  ["device2Occupied", 5, 1, [1, 1]],
  ["device3Occupied", 5, 1, [2, 2]],
  ["device4Occupied", 5, 1, [3, 3]],
  ["device5Occupied", 5, 1, [4, 4]],
  ["device6Occupied", 5, 1, [5, 5]],
  ["filler6", 5, 1, [6, 7]],
];
/** pp. 90-95: printed for the first entry, at offsets of the table. */
export const et14First: readonly Printed[] = [
  ["deviceHandle", 6, 2],
  ["deviceStatus", 8, 1],
  ["baudRate", 9, 1],
  ["billingReadLength", 10, 2],
  ["readAttempts", 12, 4],
  ["readAnswers", 16, 4],
  ["billingDataCollected", 20, 2, [0, 0]],
  ["appErrorResponse", 20, 2, [1, 1]],
  ["newDeviceAlarm", 20, 2, [2, 2]],
  ["billingReadOverflow", 20, 2, [3, 3]],
  ["failedCommsOnRead", 20, 2, [4, 4]],
  ["serialNumberMismatch", 20, 2, [5, 5]],
  ["firmwareSwitchoverSuccess", 20, 2, [6, 6]],
  ["firmwareSwitchoverFailure", 20, 2, [7, 7]],
  ["filler8", 20, 2, [8, 15]],
  ["primaryAddress", 22, 1],
  ["reserved23", 23, 6],
  ["deviceAlarms", 29, 1],
  ["statusRead", 30, 6],
  ["lastReadAttempt", 36, 6],
];

/** pp. 130-132, with the number of data sources (ET11.22) put in. */
export const et50Entry = (sources: number): readonly Printed[] => [
  ["identification", 0, 30],
  ["mepDeviceRegistered", 30, 1, [0, 0]],
  ["et59Response", 30, 1, [1, 1]],
  ["mbusAlerts", 30, 1, [2, 2]],
  ["deltaDataAlerts", 30, 1, [3, 3]],
  ["filler4", 30, 1, [4, 7]],
  ...Array.from({ length: sources }, (_, i): Printed => [`iconDisplayControl.${i}`, 31 + 2 * i, 2]),
  ...Array.from({ length: sources }, (_, i): Printed => [`dataForDisplay.${i}`, 31 + 2 * sources + 4 * i, 4]),
  ["houseIcon", 31 + 6 * sources, 1, [0, 3]],
  ["shortBar", 31 + 6 * sources, 1, [4, 7]],
  ["mediumBar", 32 + 6 * sources, 1, [0, 3]],
  ["longBar", 32 + 6 * sources, 1, [4, 7]],
  ["reserved33", 33 + 6 * sources, 2],
];

/** pp. 134-136; bytes 8 and 9 came with 3.40 and 3.70. */
export const et51Entry: readonly Printed[] = [
  ["enableOpticalDosTimer", 0, 1, [0, 0]],
  ["monitorMepHealth", 0, 1, [1, 1]],
  ["resetDeviceDownMep", 0, 1, [2, 2]],
  ["resetMepNow", 0, 1, [3, 3]],
  ["filler4", 0, 1, [4, 6]],
  ["disableMep", 0, 1, [7, 7]],
  ["healthTimeout", 1, 2],
  ["onDemandTimeout", 3, 1],
  ["opticalSessionTimeout", 4, 2],
  ["opticalSessionHoldOff", 6, 2],
  ["mepDownResetDuration", 8, 1],
  ["deactivateHan", 9, 1, [0, 0]],
  ["filler1", 9, 1, [1, 7]],
];

/** p. 180. */
export const et70: readonly Printed[] = [
  ["reserved0", 0, 142],
  ["commChannelIndex", 142, 1],
  ["reserved143", 143, 13],
];

/** ET51 with the values of pp. 134-136. */
export const et51Factory = "013c001e58022c010100";

/** ET14 from its start as the example on p. 56 reads it: slots 1 and 5 taken, the first a 2400 baud M-Bus device. */
export const et14Example = "00000000001101000104" + "2f00";
