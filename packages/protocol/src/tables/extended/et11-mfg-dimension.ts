import { at, atLeast, reserved, type TableValue, table, u8, u16, when } from "../../layout/index.ts";

// Optical guide 1.1, pp. 43-44, says since when for every block: 24 bytes, 27 from 3.30, 28 from 3.40, 32 from 3.50, 38
// from 4.0, 39 from 4.20; the MEP guide says 4.30 for the last. Modules follow the meters of their time: 1.20 is like 3.70.
const since330 = atLeast({ meter: [3, 30], module: [1, 11] });
const since340 = atLeast({ meter: [3, 40], module: [1, 20] });
const since350 = atLeast({ meter: [3, 50], module: [1, 20] });
const since400 = atLeast({ meter: [4, 0] });

/** MEP guide 1.1, pp. 83-86; the Optical guide (pp. 43-44) names what is reserved there at 14 to 17, 32, 33 and 36. */
export const ET11 = table(
  "ET11",
  0x080b,
  "MFG Dimension Table",
  { read: "basic", write: "never" },
  {
    deviceCount: at(0, u8, "MEP clients and M-Bus devices supported: 5, or 6 from firmware 4.0", {
      vci: "P",
      value: 5,
    }),
    configEntrySize: at(1, u8, "Bytes in one entry of ET13", { vci: "P", value: 66 }),
    statusEntrySize: at(2, u8, "Bytes in one entry of ET14", { vci: "P", value: 36 }),
    onDemandQueueSize: at(3, u8, "Entries in the on-demand request queue", { vci: "P", value: 5 }),
    onDemandEntrySize: at(4, u8, "Bytes in one entry of ET15", { vci: "P", value: 6 }),
    dataEntrySize: at(5, u16, "Bytes in one entry of ET16", { vci: "P", value: 517 }),
    transactionRequestLength: at(7, u16, "Bytes in ET52: 768, or 896 from meter 3.50 and module 1.20", {
      vci: "P",
      value: 896,
    }),
    transactionResponseLength: at(9, u16, "Bytes in ET53", { vci: "P", value: 1785 }),
    onDemandWriteEntrySize: at(11, u8, "Longest on-demand write with its length byte, per device", {
      vci: "P",
      value: 25,
    }),
    phaseMeasurementSize: at(12, u8, "Bytes of measurement data per phase", { vci: "P", value: 16 }),
    configEntry2Size: at(13, u8, "Bytes in one entry of ET34", { vci: "P", value: 22 }),
    meterOneTimeReadQueueSize: at(14, u8, "Entries in the one-time read queue of the meter (ET19)", {
      vci: "P",
      value: 3,
    }),
    mbusOneTimeReadQueueSize: at(15, u8, "Entries in the one-time read queue of M-Bus devices (ET20)", {
      vci: "P",
      value: 4,
    }),
    meterOneTimeReadEntrySize: at(16, u8, "Bytes in one entry of ET19", { vci: "P", value: 17 }),
    mbusOneTimeReadEntrySize: at(17, u8, "Bytes in one entry of ET20", { vci: "P", value: 17 }),
    groupIdCount: at(18, u8, "Group ids that can be assigned", { vci: "P", value: 10 }),
    harmonicCount: at(19, u8, "Harmonics that are calculated", { vci: "P", value: 10 }),
    mbusMulticastLength: at(20, u8, "Longest M-Bus multicast message", { vci: "P", value: 65, unit: "byte" }),
    et22AlarmSize: at(21, u8, "Bytes in the first array of ET22", { vci: "P", value: 120 }),
    mepDataSources: at(22, u8, "Data sources in ET50: 6, or 20 on modules from 1.11", { vci: "P", value: 6 }),
    et48EntryCount: at(23, u8, "Entries in ET48", { vci: "P", value: 10 }),
    criticalEventBitmaps: at(24, when(since330, u8), "Bitmasks for critical events", { vci: "P", value: 10 }),
    et57EntryCount: at(25, when(since330, u8), "M-Bus data types that can be defined", { vci: "P", value: 16 }),
    relaySwitches: at(26, when(since330, u8), "Switches in the relay calendar of each control relay (ET61)", {
      vci: "P",
      value: 80,
    }),
    mepDataAlertSources: at(27, when(since340, u8), "Delta data alert sources in ET71", { vci: "P", value: 10 }),
    ramTransactionRequestLength: at(28, when(since350, u16), "Bytes in the RAM-only transaction request table", {
      vci: "P",
      value: 261,
    }),
    ramTransactionResponseLength: at(30, when(since350, u16), "Bytes in the RAM-only transaction response table", {
      vci: "P",
      value: 769,
    }),
    // ET54 (MEP guide 1.1, p. 143) uses both as the dimensions of its module records.
    moduleRecordCount: at(32, when(since400, u8), "Firmware module records in ET54", { vci: "P", value: 6 }),
    moduleRecordSize: at(33, when(since400, u8), "Bytes in one module record of ET54", { vci: "P", value: 7 }),
    mepChannelCount: at(34, when(since400, u8), "MEP clients supported", { vci: "P", value: 2 }),
    reserved35: at(35, when(since400, reserved(1)), "For the device's own use"),
    et17BitmapSize: at(36, when(since400, u16), "Bytes in the verification bitmap of ET17", { vci: "P", value: 1250 }),
    errorScreenCount: at(38, when(atLeast({ meter: [4, 30] }), u8), "Error and caution screens on the display", {
      vci: "P",
      value: 3,
    }),
  },
);
export type ET11 = TableValue<typeof ET11>;
