import { deviceBaudRates } from "../../baud-rates.ts";
import {
  array,
  at,
  bool,
  dim,
  filler,
  ltimeDate,
  reserved,
  struct,
  type TableValue,
  table,
  u8,
  u16,
  u32,
} from "../../layout/index.ts";
import { ET11 } from "./et11-mfg-dimension.ts";

/** MEP guide 1.1, pp. 89-95. Entries stand in the order of ET13. */
export const ET14 = table(
  "ET14",
  0x080e,
  "MEP/M-Bus Device Status",
  { read: "basic", write: "never" },
  {
    autoDiscovery: at(0, bool(0), "M-Bus auto-discovery runs; else normal polling", { vci: "M" }),
    filler1: at(0, filler(1, 7), "Not printed"),
    reserved1: at(1, reserved(4), "Reserved", { vci: "M" }),
    device1Occupied: at(5, bool(0), "M-Bus device 1 is there", { vci: "M" }),
    device2Occupied: at(5, bool(1), "M-Bus device 2 is there", { vci: "M" }),
    device3Occupied: at(5, bool(2), "M-Bus device 3 is there", { vci: "M" }),
    device4Occupied: at(5, bool(3), "M-Bus device 4 is there", { vci: "M" }),
    device5Occupied: at(5, bool(4), "MEP client 1 is there", { vci: "M" }),
    device6Occupied: at(5, bool(5), "MEP client 2 is there", { vci: "M", since: "meter 4.00" }),
    filler6: at(5, filler(6, 7), "Not printed"),
    devices: at(
      6,
      array(
        dim(ET11, "deviceCount"),
        struct(
          {
            // Page 91 ends the third range at 2099, pages 28 and 31 at 2999.
            deviceHandle: at(
              6,
              u16,
              "Id of the device: 1..999 M-Bus, 1000..1999 MEP client 1, 2000..2999 MEP client 2",
              {
                vci: "M",
              },
            ),
            deviceStatus: at(8, u8, "State; for MEP clients only while ET51 monitors MEP health", {
              vci: "M",
              names: { 0: "empty", 1: "M-Bus up", 2: "M-Bus down", 3: "MEP up", 4: "MEP down" },
            }),
            baudRate: at(9, u8, "Baud rate in use", { vci: "M", names: deviceBaudRates }),
            billingReadLength: at(
              10,
              u16,
              "Length of the latest billing read in ET16, time stamp and headers included",
              {
                vci: "M",
                unit: "byte",
              },
            ),
            readAttempts: at(12, u32, "Requests of any kind that were tried", { vci: "M" }),
            readAnswers: at(16, u32, "Answers to billing, status and on-demand reads", { vci: "M" }),
            billingDataCollected: at(20, bool(0), "Latched alarm: a scheduled billing read is in ET16", { vci: "M" }),
            appErrorResponse: at(20, bool(1), "Not supported", { vci: "M" }),
            newDeviceAlarm: at(20, bool(2), "Latched alarm: a status read found a new device alarm", { vci: "M" }),
            billingReadOverflow: at(20, bool(3), "Latched alarm: not all billing data had room", { vci: "M" }),
            failedCommsOnRead: at(20, bool(4), "Latched alarm: M-Bus request or MEP health monitor timed out", {
              vci: "M",
            }),
            serialNumberMismatch: at(20, bool(5), "Latched alarm: billing data of another serial number; M-Bus only", {
              vci: "M",
            }),
            firmwareSwitchoverSuccess: at(20, bool(6), "Latched alarm: MEP firmware switchover succeeded", {
              vci: "M",
            }),
            firmwareSwitchoverFailure: at(20, bool(7), "Latched alarm: MEP firmware switchover failed", { vci: "M" }),
            filler8: at(20, filler(8, 15), "Reserved"),
            primaryAddress: at(22, u8, "M-Bus primary address", { vci: "M", since: "meter 4.30" }),
            reserved23: at(23, reserved(6), "Reserved date", { vci: "M" }),
            deviceAlarms: at(29, u8, "Alarms of the device itself, latched until EP18 clears them", { vci: "M" }),
            statusRead: at(30, ltimeDate, "Latest successful status read, local time", { vci: "M" }),
            lastReadAttempt: at(36, ltimeDate, "Latest attempt of a billing read, local time", { vci: "M" }),
          },
          { from: 6 },
        ),
        dim(ET11, "statusEntrySize"),
      ),
      "One entry per M-Bus device and MEP client",
    ),
  },
);
export type ET14 = TableValue<typeof ET14>;
