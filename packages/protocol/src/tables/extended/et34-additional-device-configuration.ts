import { array, at, dim, reserved, struct, type TableValue, table, u8, u16, uint } from "../../layout/index.ts";
import { ET11 } from "./et11-mfg-dimension.ts";

/** MEP guide 1.1, pp. 112-113. Entries stand in the order of ET13. */
export const ET34 = table(
  "ET34",
  0x0822,
  "Additional M-Bus/MEP Device Configuration",
  { read: "basic", write: "advanced" },
  {
    devices: at(
      0,
      array(
        dim(ET11, "deviceCount"),
        struct({
          reserved0: at(0, reserved(2), "Reserved"),
          groupMask: at(2, u8, "Multicast groups that the device is in, one bit each; M-Bus only", { vci: "H" }),
          reserved3: at(3, reserved(1), "Reserved"),
          loadProfilePollRate: at(4, u16, "Longest time between polls for the load profile", {
            vci: "H",
            value: 60,
            unit: "min",
          }),
          controlMdt: at(6, u8, "Data type of ET57 that ET58 shows; 0 = none", { vci: "H", value: 0 }),
          commandMonitorMdt: at(7, u8, "Data type of ET57 whose commands are watched; 0 = none", {
            vci: "H",
            value: 0,
          }),
          timeStampMdt: at(8, u8, "Data type of ET57 that is the time stamp; 0 = none", { vci: "H", value: 0 }),
          hourLocatorStart: at(9, uint(0, 4), "First bit of the hours in the time stamp, counted from 1", {
            vci: "H",
            value: 0,
          }),
          hourLocatorCount: at(9, uint(5, 7), "Bits of the hours; 0 = as M-Bus has them", { vci: "H", value: 0 }),
          minuteLocatorStart: at(10, uint(0, 4), "First bit of the minutes in the time stamp, counted from 1", {
            vci: "H",
            value: 0,
          }),
          minuteLocatorCount: at(10, uint(5, 7), "Bits of the minutes; 0 = as M-Bus has them", { vci: "H", value: 0 }),
          loadProfilePollWait: at(11, u8, "Wait after the end of an interval before the poll", {
            vci: "H",
            value: 0,
            unit: "s",
          }),
          loadProfilePollRetryAttempts: at(12, u8, "Repetitions of a failed poll, 0..254", { vci: "H", value: 0 }),
          // The guide prints no unit.
          loadProfilePollRetryWait: at(13, u8, "Wait before each repetition", { vci: "H", value: 0 }),
          // Printed as ARRAY[7] at 14-21 (p. 113): these are 8 bytes, and ET11 gives entries of 22.
          reserved14: at(14, reserved(8), "Reserved"),
        }),
        dim(ET11, "configEntry2Size"),
      ),
      "One entry per M-Bus device and MEP client",
    ),
  },
);
export type ET34 = TableValue<typeof ET34>;
