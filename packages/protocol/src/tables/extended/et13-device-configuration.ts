import { deviceBaudRates } from "../../baud-rates.ts";
import {
  array,
  at,
  bool,
  bytes,
  dim,
  entryBelow,
  filler,
  minus,
  not,
  struct,
  type TableValue,
  table,
  text,
  u8,
  u16,
  when,
} from "../../layout/index.ts";
import { ET11 } from "./et11-mfg-dimension.ts";

/** Entries 0 to 3 are M-Bus devices, 4 is MEP client 1 on all meters, 5 is MEP client 2. */
const mbus = entryBelow(4);
const mep = not(mbus);

/** MEP guide 1.1, pp. 86-89. */
export const ET13 = table(
  "ET13",
  0x080d,
  "MEP/M-Bus Device Configuration",
  { read: "basic", write: "advanced" },
  {
    devices: at(
      0,
      array(
        dim(ET11, "deviceCount"),
        struct({
          billingDay: at(0, u8, "Day of the billing read, local; 0 = first; 29 to 31 would skip months", {
            vci: "H",
            names: {
              32: "Sunday",
              33: "Monday",
              34: "Tuesday",
              35: "Wednesday",
              36: "Thursday",
              37: "Friday",
              38: "Saturday",
              39: "off, with frequency 2",
            },
          }),
          billingHour: at(1, u8, "Hour of the billing read, local, 0..23", { vci: "H" }),
          billingMinute: at(2, u8, "Minute of the billing read, 0..59", { vci: "H" }),
          billingFrequency: at(3, u8, "How often a billing read happens", {
            vci: "H",
            names: { 0: "hourly", 1: "daily", 2: "weekly", 3: "monthly", 4: "never" },
          }),
          statusInterval: at(4, u16, "M-Bus: time between status reads; 0 = with billing reads only", {
            vci: "H",
            unit: "min",
          }),
          baudRate: at(6, u8, "Wanted baud rate", { vci: "H", names: deviceBaudRates }),
          deviceAlarmBitmask: at(7, u8, "Device alarms that are urgent", { vci: "H" }),

          customerId: at(8, when(mbus, text(20)), "Customer identification", { vci: "H", identifies: "all" }),
          appResetParameter: at(28, when(mbus, u8), "Goes with an application reset: which telegrams are sent", {
            vci: "H",
          }),
          securityKeyLength: at(29, when(mbus, u8), "Bytes of the key; 7 or fewer = no key", { vci: "H" }),
          securityKey: at(30, when(mbus, bytes(32)), "The key; its first 8 bytes read as zeros", {
            vci: "H",
            identifies: "all",
            secret: true,
          }),
          ta: at(62, when(mbus, u16), "Added to the turn-around time of 330 bit times", { vci: "H", unit: "bit" }),
          to: at(64, when(mbus, u16), "Added to the turn-around time of 50 ms", { vci: "H", unit: "ms" }),

          scheduledRead: at(8, when(mep, bool(0)), "Alert: a billing read period has elapsed", { vci: "M" }),
          onDemandRequest: at(8, when(mep, bool(1)), "Alert: a request waits in ET15", { vci: "M" }),
          filler2: at(8, when(mep, filler(2, 2)), "Internal", { vci: "M" }),
          mbusChange: at(8, when(mep, bool(3)), "Alert: an M-Bus control value changed, or new load profile data", {
            vci: "M",
          }),
          deltaData: at(8, when(mep, bool(4)), "Alert: a source that ET71 watches changed", {
            vci: "M",
            since: "meter 3.40",
          }),
          filler5: at(8, when(mep, filler(5, 7)), "Unused"),
          downlinkData: at(
            9,
            when(mep, bytes(minus(dim(ET11, "configEntrySize"), 9))),
            "Non-urgent data for the client",
            {
              vci: "H",
              identifies: "all",
            },
          ),
        }),
        dim(ET11, "configEntrySize"),
      ),
      "One entry per M-Bus device and MEP client",
    ),
  },
);
export type ET13 = TableValue<typeof ET13>;
