/** ET55 from A + 40 on, meters from 4.0 only: MEP and optical port, tamper, locks (MEP guide 1.1, pp. 165-169). */
import { array, at, bool, filler, i16, u8, u16, uint, when } from "../../layout/index.ts";
import { generation4, pastThresholdsOf4 } from "./et55-columns.ts";

export const portFields = {
  houseIconControl: at(
    pastThresholdsOf4(40),
    when(generation4, uint(0, 1)),
    "MEP client that controls the house icon",
    {
      value: 0,
      names: { 0: "none", 1: "MEP1", 2: "MEP2" },
    },
  ),
  mbusDiscoveryAutoConfirmation: at(
    pastThresholdsOf4(40),
    when(generation4, bool(2)),
    "M-Bus devices are confirmed as they are discovered",
    { value: 0, since: "meter 4.30" },
  ),
  mepFlagsFiller3: at(pastThresholdsOf4(40), when(generation4, filler(3, 7)), "Reserved"),
  enableOpticalDosTimer: at(pastThresholdsOf4(41), when(generation4, bool(0)), "Optical sessions are limited in time", {
    vci: "H",
    value: false,
  }),
  disableOpticalPort: at(pastThresholdsOf4(41), when(generation4, bool(1)), "No communication over the optical port", {
    vci: "H",
    value: false,
  }),
  opticalFiller2: at(pastThresholdsOf4(41), when(generation4, filler(2, 7)), "Reserved"),
  opticalSessionTimeout: at(pastThresholdsOf4(42), when(generation4, u16), "Longest optical session", {
    vci: "H",
    unit: "s",
    value: 600,
  }),
  opticalSessionHoldOff: at(pastThresholdsOf4(44), when(generation4, u16), "Pause after a session that was cut off", {
    vci: "H",
    unit: "s",
    value: 300,
  }),
};

export const tamperFields = {
  externalTamper1InUse: at(pastThresholdsOf4(46), when(generation4, bool(0)), "External tamper channel 1 is active", {
    vci: "H",
    value: 1,
  }),
  externalTamper2InUse: at(pastThresholdsOf4(46), when(generation4, bool(1)), "External tamper channel 2 is active", {
    vci: "H",
    value: 1,
  }),
  externalTamperFiller2: at(pastThresholdsOf4(46), when(generation4, filler(2, 7)), "Not described"),
  tamperAdc: at(
    pastThresholdsOf4(47),
    when(generation4, array(3, i16)),
    "Rising ADC levels: below the first both tamper inputs are connected, then only 2, then only 1, then none",
    { vci: "H" },
  ),
  externalTamperDuration: at(
    pastThresholdsOf4(53),
    when(generation4, u8),
    "How long external tamper lasts before the alarm, 0 = off",
    { vci: "H", unit: "s", value: 5 },
  ),
  // The page repeats the name of byte 104, with the two covers exchanged.
  generalCoverRemovedDetectionThreshold2: at(
    pastThresholdsOf4(54),
    when(generation4, u16),
    "How long the upper cover is off before the alarm; on 4.0X the terminal cover",
    { vci: "H", unit: "s", value: 10 },
  ),
  magneticTamperDuration: at(
    pastThresholdsOf4(56),
    when(generation4, u16),
    "How long magnetic tamper lasts before the alarm, 0 = off",
    { vci: "H", unit: "s", value: 10 },
  ),
};

export const calculationFields = {
  // The page prints sqrt(w*w = var*var) for 1.
  vaCalculationMethod: at(
    pastThresholdsOf4(58),
    when(generation4, u8),
    "How apparent power and energy are calculated",
    {
      vci: "H",
      value: 0,
      names: { 0: "Vrms * Irms", 1: "sqrt(W * W + var * var)" },
    },
  ),
  bevLoadProfileLockMode: at(
    pastThresholdsOf4(59),
    when(generation4, bool(0)),
    "The primary load profile is locked for billing, billing registers are kept out of the others",
    { vci: "H", value: 0 },
  ),
  // The container is printed as UINT16, its other bits not at all.
  lockedFlagsFiller1: at(pastThresholdsOf4(59), when(generation4, filler(1, 15)), "Not described"),
  reverseEnergyAlarmCurrentThresholdMsb: at(
    pastThresholdsOf4(61),
    when(generation4, u8),
    "Bits 16..23 of the reverse energy current threshold; the page cites that one as ET54.138",
    { vci: "H", value: 0 },
  ),
};
