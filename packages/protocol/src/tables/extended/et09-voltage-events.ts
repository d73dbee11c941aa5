/** Sag, surge, frequency, over-current and phase loss statistics of ET09, since they were reset. MEP guide 1.1, pp. 76-79. */
import { at, bool, filler, i32, ltimeDate, niFormat1, u8, u16, u32, when } from "../../layout/index.ts";
import { pastOutages, since212 } from "./et09-columns.ts";

export const voltageEvents = {
  l1MostRecentSag1Event: at(pastOutages(6), ltimeDate, "Latest sag on L1 by the first thresholds, UTC", { vci: "M" }),
  l1Sag1Events: at(pastOutages(12), u16, "Sags on L1 by the first thresholds", { vci: "M" }),
  l2MostRecentSag1Event: at(pastOutages(14), ltimeDate, "Latest sag on L2 by the first thresholds, UTC", { vci: "M" }),
  l2Sag1Events: at(pastOutages(20), u16, "Sags on L2 by the first thresholds", { vci: "M" }),
  l3MostRecentSag1Event: at(pastOutages(22), ltimeDate, "Latest sag on L3 by the first thresholds, UTC", { vci: "M" }),
  l3Sag1Events: at(pastOutages(28), u16, "Sags on L3 by the first thresholds", { vci: "M" }),
  l1MostRecentSurgeEvent: at(pastOutages(30), ltimeDate, "Latest surge on L1, UTC", { vci: "M" }),
  l1SurgeEvents: at(pastOutages(36), u16, "Surges on L1", { vci: "M" }),
  l2MostRecentSurgeEvent: at(pastOutages(38), ltimeDate, "Latest surge on L2, UTC", { vci: "M" }),
  l2SurgeEvents: at(pastOutages(44), u16, "Surges on L2", { vci: "M" }),
  l3MostRecentSurgeEvent: at(pastOutages(46), ltimeDate, "Latest surge on L3, UTC", { vci: "M" }),
  l3SurgeEvents: at(pastOutages(52), u16, "Surges on L3", { vci: "M" }),
  minFrequency: at(pastOutages(54), i32, "Lowest frequency", { vci: "M", unit: "mHz" }),
  minFreqTime: at(pastOutages(58), ltimeDate, "When the frequency was lowest, UTC", { vci: "M" }),
  maxFrequency: at(pastOutages(64), i32, "Highest frequency", { vci: "M", unit: "mHz" }),
  maxFreqTime: at(pastOutages(68), ltimeDate, "When the frequency was highest, UTC", { vci: "M" }),
  // The guide refers to the threshold as ET09.3, which is the sag threshold: it is ET09.5.
  l1OverCurrentEvents: at(pastOutages(74), u32, "Over-currents on L1", { vci: "M" }),
  l2OverCurrentEvents: at(pastOutages(78), u32, "Over-currents on L2", { vci: "M" }),
  l3OverCurrentEvents: at(pastOutages(82), u32, "Over-currents on L3", { vci: "M" }),
  phaseL1Loss: at(pastOutages(86), bool(0), "L1 is lost, by the thresholds of ET04 and ET55", { vci: "M" }),
  phaseL2Loss: at(pastOutages(86), bool(1), "L2 is lost; meters only", { vci: "M" }),
  phaseL3Loss: at(pastOutages(86), bool(2), "L3 is lost; meters only", { vci: "M" }),
  phaseLossFiller3: at(pastOutages(86), filler(3, 7), "Not described"),
  l1MostRecentPhaseLossEvent: at(pastOutages(87), ltimeDate, "Latest phase loss on L1, UTC", { vci: "M" }),
  l1PhaseLossEvents: at(pastOutages(93), u16, "Phase losses on L1", { vci: "M" }),
  l2MostRecentPhaseLossEvent: at(pastOutages(95), ltimeDate, "Latest phase loss on L2, UTC", { vci: "M" }),
  l2PhaseLossEvents: at(pastOutages(101), u16, "Phase losses on L2", { vci: "M" }),
  l3MostRecentPhaseLossEvent: at(pastOutages(103), ltimeDate, "Latest phase loss on L3, UTC", { vci: "M" }),
  l3PhaseLossEvents: at(pastOutages(109), u16, "Phase losses on L3", { vci: "M" }),
  l1MostRecentSag1Voltage: at(pastOutages(111), niFormat1, "Lowest voltage of the latest sag on L1", {
    vci: "M",
    unit: "mV",
  }),
  l2MostRecentSag1Voltage: at(pastOutages(115), niFormat1, "Lowest voltage of the latest sag on L2", {
    vci: "M",
    unit: "mV",
  }),
  l3MostRecentSag1Voltage: at(pastOutages(119), niFormat1, "Lowest voltage of the latest sag on L3", {
    vci: "M",
    unit: "mV",
  }),
  l1MostRecentSurgeVoltage: at(pastOutages(123), niFormat1, "Highest voltage of the latest surge on L1", {
    vci: "M",
    unit: "mV",
  }),
  l2MostRecentSurgeVoltage: at(pastOutages(127), niFormat1, "Highest voltage of the latest surge on L2", {
    vci: "M",
    unit: "mV",
  }),
  l3MostRecentSurgeVoltage: at(pastOutages(131), niFormat1, "Highest voltage of the latest surge on L3", {
    vci: "M",
    unit: "mV",
  }),
  shortOutageCount: at(pastOutages(135), u32, "Outages shorter than the threshold of long ones", { vci: "M" }),
  pqConfigurationId: at(pastOutages(139), when(since212, u32), "Whatever the host calls these thresholds", {
    vci: "H",
  }),
  sag1SurgeThresholdSeconds: at(
    pastOutages(143),
    when(since212, u8),
    "Added to the minutes that a sag or surge must last",
    { vci: "H", unit: "s" },
  ),
} as const;
