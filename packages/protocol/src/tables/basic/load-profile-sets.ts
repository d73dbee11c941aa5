/** What the tables of the load profile share: how many data sets there are, and the flags of BT60 and BT61. */
import { all, at, atLeast, bool, either, filler, flag } from "../../layout/index.ts";
import { ET54 } from "../extended/et54-meter-status.ts";

// Older firmware leaves the flag of ET54 reserved, so the firmware is asked as well.
/** Whether there are four data sets; else there is one (MEP guide 1.1, pp. 123 and 239). */
export const multipleSets = all(atLeast({ meter: [3, 50], module: [1, 20] }), flag(ET54, "multipleLoadProfileSets"));
/** Data sets that the tables of the load profile have entries for: 4 or 1. */
export const setCount = either(multipleSets, 4, 1);

/** The first seven bytes, which BT60 (what is possible) and BT61 (what is) share but for their meaning. */
export const loadProfileFlags = {
  set1InhibitOverflow: at(4, bool(0), "Data set 1 stops when its memory is full", { vci: "F", value: false }),
  set2InhibitOverflow: at(4, bool(1), "Data set 2 stops when its memory is full", { vci: "P", value: false }),
  set3InhibitOverflow: at(4, bool(2), "Data set 3 stops when its memory is full", { vci: "F", value: false }),
  set4InhibitOverflow: at(4, bool(3), "Data set 4 stops when its memory is full", { vci: "F", value: false }),
  endReadingSupported: at(4, bool(4), "Blocks carry the readings at their end", { vci: "P", value: false }),
  endPulseSupported: at(4, bool(5), "Blocks carry the pulses at their end", { vci: "F", value: false }),
  set1ScalarDivisorEnable: at(4, bool(6), "Data set 1 has scalars and divisors", { vci: "P", value: false }),
  set2ScalarDivisorEnable: at(4, bool(7), "Data set 2 has scalars and divisors", { vci: "P", value: false }),
  set3ScalarDivisorEnable: at(4, bool(8), "Data set 3 has scalars and divisors", { vci: "F", value: false }),
  set4ScalarDivisorEnable: at(4, bool(9), "Data set 4 has scalars and divisors", { vci: "F", value: false }),
  extendedIntervalStatus: at(4, bool(10), "Each interval tells power failures and clock changes", {
    vci: "F",
    value: true,
  }),
  simpleIntervalStatus: at(4, bool(11), "Each block tells which of its intervals are recorded", {
    vci: "F",
    value: true,
  }),
  filler12: at(4, filler(12, 15), "Not used", { vci: "F" }),
  uint8Supported: at(6, bool(0), "Interval data as UINT8", { vci: "F", value: false }),
  uint16Supported: at(6, bool(1), "Interval data as UINT16", { vci: "F", value: false }),
  uint32Supported: at(6, bool(2), "Interval data as UINT32", { vci: "F", value: false }),
  int8Supported: at(6, bool(3), "Interval data as INT8", { vci: "F", value: false }),
  int16Supported: at(6, bool(4), "Interval data as INT16", { vci: "P", value: false }),
  int32Supported: at(6, bool(5), "Interval data as INT32", { vci: "F", value: true }),
  niFmat1Supported: at(6, bool(6), "Interval data as NI_FMAT1", { vci: "F", value: false }),
  niFmat2Supported: at(6, bool(7), "Interval data as NI_FMAT2", { vci: "F", value: false }),
} as const;
/** MEP guide 1.1, p. 241; 24 hours only without ANSI compliance (ET21). */
export const intervalTimes = { 84: "24 h" } as const;
