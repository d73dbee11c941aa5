/** The young end of ET09, meters only: DRP/DRC records, the second sag thresholds and options. MEP guide 1.1, pp. 81-83. */
import { array, at, bool, filler, ltimeDate, niFormat1, struct, u8, u16, when } from "../../layout/index.ts";
import { pastOutages, since370, since410, since421 } from "./et09-columns.ts";

/** The offset that the guide calls A. Page 73 says that the second sag begins at A + 12; its table says A + 10 * 12. */
const a = (offset: number) => pastOutages(357 + offset);
const sag2 = (offset: number) => a(10 * 12 + offset);

export const criticalVoltage = {
  drpDrcEvents: at(
    a(0),
    when(
      since370,
      array(
        12,
        struct({
          drp: at(0, u16, "Relative duration of critical voltage, by the average voltage (DRP)", {
            vci: "M",
            unit: "0.1 %",
          }),
          drc: at(2, u16, "Relative duration of critical voltage, by the continuous voltage (DRC)", {
            vci: "M",
            unit: "0.1 %",
          }),
          timeStamp: at(4, ltimeDate, "When it was taken, give or take some seconds", { vci: "M" }),
        }),
      ),
    ),
    "Latest times that either threshold was exceeded",
  ),
  sag2TimeThreshold: at(sag2(0), when(since410, u16), "How long a sag must last by the second thresholds; 0 = any", {
    vci: "H",
    unit: "s",
  }),
  sag2Threshold: at(sag2(2), when(since410, u8), "Second sag threshold, under rated voltage", {
    vci: "H",
    unit: "%",
    value: 255,
  }),
  l1MostRecentSag2Event: at(sag2(3), when(since410, ltimeDate), "Latest sag on L1 by the second thresholds, UTC", {
    vci: "M",
  }),
  l1Sag2Events: at(sag2(9), when(since410, u16), "Sags on L1 by the second thresholds", { vci: "M" }),
  l2MostRecentSag2Event: at(sag2(11), when(since410, ltimeDate), "Latest sag on L2 by the second thresholds, UTC", {
    vci: "M",
  }),
  l2Sag2Events: at(sag2(17), when(since410, u16), "Sags on L2 by the second thresholds", { vci: "M" }),
  l3MostRecentSag2Event: at(sag2(19), when(since410, ltimeDate), "Latest sag on L3 by the second thresholds, UTC", {
    vci: "M",
  }),
  l3Sag2Events: at(sag2(25), when(since410, u16), "Sags on L3 by the second thresholds", { vci: "M" }),
  l1MostRecentSag2Voltage: at(sag2(27), when(since410, niFormat1), "Lowest voltage of that sag on L1", {
    vci: "M",
    unit: "mV",
  }),
  l2MostRecentSag2Voltage: at(sag2(31), when(since410, niFormat1), "Lowest voltage of that sag on L2", {
    vci: "M",
    unit: "mV",
  }),
  l3MostRecentSag2Voltage: at(sag2(35), when(since410, niFormat1), "Lowest voltage of that sag on L3", {
    vci: "M",
    unit: "mV",
  }),
  // Its range is printed as 0..43,1999.
  averageCurrentCalculationInterval: at(
    sag2(39),
    when(since410, u16),
    "Interval of average currents, from the full hour: divides 1 min, 1 h or 1 day",
    { vci: "F", unit: "s", value: 600 },
  ),
  earlySagSurgeEvent: at(sag2(41), when(since421, bool(0)), "Sags and surges are logged when they begin, too", {
    vci: "H",
    value: 0,
  }),
  optionsFiller1: at(sag2(41), when(since421, filler(1, 7)), "Not described"),
} as const;
