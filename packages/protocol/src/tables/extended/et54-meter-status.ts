import {
  all,
  any,
  array,
  at,
  atLeast,
  bool,
  date,
  dimOr,
  filler,
  i32,
  not,
  plus,
  reserved,
  struct,
  type TableValue,
  table,
  times,
  u8,
  u16,
  u32,
  uint,
  when,
} from "../../layout/index.ts";
import { ET11 } from "./et11-mfg-dimension.ts";

// Firmware 3.13 has the key counters of 3.80 (p. 143), so it has the bytes before them too, whatever they mean there.
// The guide adds that 3.13 gives these fields to partial reads only: a full read may stop short of them.
const only313 = all(atLeast({ meter: [3, 13] }), not(atLeast({ meter: [3, 14] })));
// Bytes 69 and 70 came with module 1.20; byte 71 is printed with module 1.30, but stands before ET79's count of 1.20.
const since360 = any(only313, atLeast({ meter: [3, 60], module: [1, 20] }));
// The guide says since when for ET79 (p. 187) and the step tariff (p. 160) only; the three fields end one block.
const since370 = any(only313, atLeast({ meter: [3, 70], module: [1, 20] }));
const since380 = any(only313, atLeast({ meter: [3, 80] }));
const since400 = atLeast({ meter: [4, 0] });
const since410 = atLeast({ meter: [4, 10] });
const since430 = atLeast({ meter: [4, 30] });

const moduleRecordCount = dimOr(ET11, "moduleRecordCount", 0);
const moduleRecordSize = dimOr(ET11, "moduleRecordSize", 0);
const pastModules = (offset: number) => plus(offset, times(moduleRecordCount, moduleRecordSize));

const pending = { 0: "none pending", 1: "pending" };

/** MEP guide 1.1, pp. 138-145. */
export const ET54 = table(
  "ET54",
  0x0836,
  "Meter Status",
  { read: "basic", write: "never" },
  {
    // Reserved on p. 139; pp. 118 and 124 name both bits, and the source ids of load profiles depend on the second.
    icaNak: at(0, bool(0), "ICA NAK is on, recurring reads of MEP devices into ET16 are off", { vci: "H" }),
    billingLoadProfileFormat2: at(
      0,
      bool(1),
      "Every billing and load profile format is understood, extended source ids too",
      { vci: "H" },
    ),
    multipleLoadProfileSets: at(0, bool(2), "ET42 describes several load profile data sets"),
    filler3: at(0, filler(3, 5), "Reserved"),
    energyUnitChange: at(0, bool(6), "Energy units other than 1 Wh and 1 varh are possible, see ET55", {
      vci: "H",
      value: 1,
      since: "meter 3.70, module 1.20",
    }),
    lcdFiveDigitValueIds: at(0, bool(7), "Value ids on the display have 5 digits instead of 4", {
      vci: "H",
      value: 1,
      since: "meter 4.00",
    }),
    multipleMepClients: at(0, bool(8), "More than one MEP client is served, as many as ET11 says", {
      vci: "H",
      value: 1,
      since: "meter 4.00",
    }),
    filler9: at(0, filler(9, 15), "Reserved"),
    reserved2: at(2, reserved(17), "Reserved"),
    loadProfileDisabled: at(19, bool(0), "The customer has opted out of load profiles", { vci: "M" }),
    flagsFiller1: at(19, filler(1, 15), "Reserved"),
    // Printed as 20..43 (p. 140), although the flags before it are a UINT16.
    reserved21: at(21, reserved(23), "Reserved"),
    overPowerThresholdExceeded: at(44, bool(0), "Tier drive 3 of BT55: power was above its threshold for long enough", {
      vci: "M",
      value: false,
    }),
    stepTariffInUse: at(44, bool(1), "Tier drive 3 of BT55: the step tariff decides the tier", { vci: "M" }),
    tierDriveFiller2: at(44, filler(2, 7), "Not described"),
    reserved45: at(45, reserved(17), "Reserved"),
    controlRelay1RandomOperationPending: at(62, u8, "A randomized operation of relay 1 is waiting", {
      vci: "M",
      names: pending,
    }),
    controlRelay1RandomDuration: at(63, u16, "Time left until relay 1 operates", { vci: "M", unit: "s" }),
    controlRelay1RandomStartDuration: at(65, u16, "Random delay drawn for the pending or last operation of relay 1", {
      vci: "M",
      unit: "s",
    }),
    reserved67: at(67, reserved(1), "Reserved"),
    miswiringReason: at(68, when(since360, u8), "What looks wrong in the wiring", {
      vci: "M",
      names: { 0: "none", 1: "low voltage on a phase", 2: "high voltage on a phase", 4: "phases in phase" },
      since: "meter 3.60",
    }),
    et74EntryCount: at(69, when(since360, u16), "Entries in ET74", {
      vci: "M",
      value: 0,
      since: "meter 3.60, module 1.20",
    }),
    welmec112Compliance: at(71, when(since360, bool(0)), "Welmec 11.2 rules are active", {
      vci: "M",
      value: 0,
      since: "meter 3.60, module 1.30",
    }),
    deltaTimeSynchronizationStatus: at(
      71,
      when(since360, uint(1, 2)),
      "Clock adjustment in the current load profile interval",
      {
        vci: "M",
        value: 0,
        names: { 0: "none", 1: "ongoing", 2: "done" },
        since: "meter 3.60, module 1.30",
      },
    ),
    timeFiller3: at(71, when(since360, filler(3, 5)), "Reserved"),
    pushButtonCloseTemporarilyLocked: at(
      71,
      when(since360, bool(6)),
      "The push button cannot close the disconnect yet",
      {
        vci: "M",
        value: 0,
        since: "meter 4.00",
      },
    ),
    timeFiller7: at(71, when(since360, filler(7, 7)), "Not described"),
    timeAdjustmentInInterval: at(72, when(since360, i32), "Clock adjustment so far in the load profile interval", {
      vci: "M",
      value: 0,
      unit: "s",
      since: "meter 3.60",
    }),
    lastStepTariffReset: at(76, when(since370, date), "Day of the latest step tariff reset", { vci: "M", value: 0 }),
    et77EntryCount: at(79, when(since370, u8), "Entries of the secondary display list in ET77", {
      vci: "M",
      value: 0,
    }),
    et79EntryCount: at(80, when(since370, u16), "Entries of the alternate event log in ET79; 0 where it is off", {
      vci: "M",
      value: 0,
      since: "meter 3.70, module 1.20",
    }),
    unicastKeyUsageCount: at(82, when(since380, u32), "Uses of the unicast key, failed ones too", {
      vci: "M",
      value: 0,
    }),
    broadcastKeyUsageCount: at(86, when(since380, u32), "Uses of the broadcast key, failed ones too", {
      vci: "M",
      value: 0,
    }),
    supportedSecurityModes: at(90, when(since380, u8), "PLC security modes as a bitmap: bit 0 RC4, bit 2 AES-128 PSK", {
      vci: "F",
      value: 0x05,
    }),
    moduleRecords: at(
      91,
      when(
        since400,
        array(
          moduleRecordCount,
          struct(
            {
              reserved91: at(91, reserved(1), "Reserved"),
              reserved92: at(92, reserved(1), "Reserved"),
              reserved93: at(93, reserved(1), "Reserved"),
              reserved94: at(94, reserved(1), "Reserved"),
              // Printed as UINT32 (p. 143); the next offset and the record size in ET11 leave two bytes.
              reserved95: at(95, reserved(2), "Reserved"),
              filler0: at(97, filler(0, 0), "Reserved"),
              filler1: at(97, filler(1, 7), "Reserved"),
            },
            { from: 91 },
          ),
          moduleRecordSize,
        ),
      ),
      "For the device's own use",
    ),
    reservedPastModules: at(pastModules(91), when(since400, reserved(4)), "Reserved"),
    externalTamperInputRawAdc: at(pastModules(95), when(since400, u16), "ADC reading of the external tamper input", {
      vci: "M",
    }),
    mepTxLocked: at(pastModules(97), when(since400, u8), "ET52 and ET53 are locked for one client (EP61)", {
      vci: "M",
      value: 0,
    }),
    mepTxLockChannel: at(pastModules(98), when(since400, u8), "Which MEP client holds that lock", {
      vci: "M",
      value: 0,
      names: { 0: "none", 1: "MEP1", 2: "MEP2" },
    }),
    procedureExtendedFailureCode: at(
      pastModules(99),
      when(since410, u32),
      "Why a procedure failed: its number in the upper 16 bits, its own code in the lower",
      { vci: "M", value: 0 },
    ),
    controlRelay2RandomOperationPending: at(
      pastModules(103),
      when(since430, u8),
      "A randomized operation of relay 2 is waiting",
      { vci: "M", names: pending },
    ),
    controlRelay2RandomDuration: at(pastModules(104), when(since430, u16), "Time left until relay 2 operates", {
      vci: "M",
      unit: "s",
    }),
    controlRelay2RandomStartDuration: at(
      pastModules(106),
      when(since430, u16),
      "Random delay drawn for the pending or last operation of relay 2",
      { vci: "M", unit: "s" },
    ),
  },
);
export type ET54 = TableValue<typeof ET54>;
