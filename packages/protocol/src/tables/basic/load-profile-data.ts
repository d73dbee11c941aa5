/** The one layout of BT64 to BT67. MEP guide 1.1, pp. 244-247. */
import {
  array,
  at,
  bitBytes,
  bytes,
  either,
  entryDim,
  flag,
  i32,
  nibbles,
  niFormat1,
  plus,
  stimeDate,
  struct,
  times,
  when,
} from "../../layout/index.ts";
import { BT61 } from "./bt61-actual-load-profile.ts";

/** Flags in the first number of an interval's `extendedStatus`, which hold for all its channels (p. 246). */
export const intervalStatus = { daylightSaving: 1, powerFail: 2, clockForward: 4, clockBackward: 8 } as const;

/** Values of the other numbers of `extendedStatus`, one per channel (pp. 246-247). */
export const channelStatus = {
  ok: 0,
  /** From meter 3.70 and module 1.20. */
  overflow: 1,
  partialInterval: 2,
  longInterval: 3,
  /** The value is 0. With ANSI compliance (ET21) it stands for 8, 11 and 15, too. */
  skipped: 4,
  testMode: 5,
  /** The value is still encrypted. */
  decryptionFailure: 8,
  clockError: 9,
  deviceMissing: 10,
  /** The device has not had a new value since the interval before. */
  notCurrent: 11,
  /** The customer has opted out; the value is 0. From meter 3.70 and module 1.20. */
  optedOut: 12,
  /** Nothing was read from the device yet, or ever. */
  placeholder: 15,
} as const;
const channelStatusNames = {
  1: "overflow",
  2: "partial interval",
  3: "long interval",
  4: "skipped",
  5: "test mode",
  8: "decryption failure",
  9: "clock error",
  10: "device missing",
  11: "not current",
  12: "opted out",
  15: "placeholder",
} as const;

/** Fields of the table for data set `set` + 1. */
export const loadProfileData = (set: 0 | 1 | 2 | 3) => {
  const channels = entryDim(BT61, "dataSets", set, "channels");
  const intervals = entryDim(BT61, "dataSets", set, "intervals");
  const endReadings = flag(BT61, "endReadingSupported");
  // A nibble for all channels and one for each: the guide's (channels / 2) + 1, rounded down.
  const statusSize = bitBytes(plus(4, times(4, channels)));
  // Page 245 adds the end readings to the offsets after them even where there are none, which is everywhere; ET21
  // (bytes 22, 24 and 26) gives the true ones.
  const pastReadings = either(endReadings, plus(5, times(4, channels)), 5);
  // Printed from the start of the block, as if for interval 0: these two count from the start of the interval.
  const interval = struct({
    extendedStatus: at(0, nibbles(statusSize), "Flags for all channels, then the status of each channel", {
      vci: "M",
      names: channelStatusNames,
    }),
    values: at(statusSize, array(channels, i32), "Value of each channel at the end of the interval", { vci: "M" }),
  });
  return {
    blocks: at(
      0,
      array(
        entryDim(BT61, "dataSets", set, "blocks"),
        struct({
          endTime: at(0, stimeDate, "End of the newest interval in the block, UTC", { vci: "M" }),
          endReadings: at(5, when(endReadings, array(channels, niFormat1)), "Each channel at the end of the block"),
          simpleStatus: at(
            pastReadings,
            bytes(bitBytes(intervals)),
            "A bit per interval, lowest first: 1 = recorded; what is not may hold anything",
            { vci: "M" },
          ),
          intervals: at(
            plus(pastReadings, bitBytes(intervals)),
            array(intervals, interval),
            "Oldest first; only those count whose simple status is set",
          ),
        }),
      ),
      "The blocks of the data set; the newest is BT63's last block",
    ),
  } as const;
};
