/** ET55 from byte 128 (129) to A + 39: step tariff, voltage statistics, energy unit (MEP guide 1.1, pp. 160-165). */
import { array, at, reserved, u8, u16, u32, when } from "../../layout/index.ts";
import { column, pastThresholds, since370, stepTariffThresholdCount } from "./et55-columns.ts";

export const stepTariffFields = {
  prepayTierRates: at(column(128, 129), when(since370, array(4, u32)), "Prepaid credit used in tiers 5 to 8", {
    vci: "H",
    unit: "Wh/kWh",
    value: 0,
  }),
  reverseEnergyAlarmCurrentThreshold: at(
    column(144, 145),
    when(since370, u16),
    "Current that, at rated voltage, makes the power at which reverse energy shows; from 4.0 the lower 16 bits",
    { vci: "F", unit: "mA", value: 1000 },
  ),
  stepTariffThresholds: at(
    column(146, 147),
    when(since370, array(stepTariffThresholdCount, u32)),
    "Energy at which each step begins, in energy register units, 0 = unused",
    { vci: "H", unit: "energyRegisterUnit * Wh", value: 0 },
  ),
  stepTariffSource: at(pastThresholds(0), when(since370, u8), "Energy that is compared", {
    vci: "H",
    value: 0,
    names: { 0: "forward active", 1: "reverse active", 2: "forward + reverse", 3: "forward - reverse" },
  }),
  stepTariffTouId: at(pastThresholds(1), when(since370, u32), "TOU calendar id under the step tariff", {
    vci: "H",
    value: 0,
  }),
  stepTariffResetDay: at(pastThresholds(5), when(since370, u8), "Day of the month, 1..28, that starts over", {
    vci: "H",
    value: 1,
  }),
  stepTariffResetHour: at(pastThresholds(6), when(since370, u8), "Hour of that, local time", { vci: "H", value: 0 }),
  stepTariffResetMinute: at(pastThresholds(7), when(since370, u8), "Minute of that", { vci: "H", value: 0 }),
  stepTariffResetSecond: at(pastThresholds(8), when(since370, u8), "Second of that", { vci: "H", value: 0 }),
  reservedPastThresholds9: at(pastThresholds(9), when(since370, reserved(1)), "Reserved"),
};

export const voltageStatisticsFields = {
  consecutiveRmsVoltageMainsCycles: at(
    pastThresholds(10),
    when(since370, u16),
    "Mains cycles per RMS voltage, 10..800",
    { unit: "cycle", value: 15 },
  ),
  averageRmsVoltageSeconds: at(
    pastThresholds(12),
    when(since370, u16),
    "Time per average voltage: divides a minute, an hour or a day evenly",
    { unit: "s", value: 600 },
  ),
  averageRmsVoltagesForNlcNlp: at(
    pastThresholds(14),
    when(since370, u16),
    "Average voltages that nlc and nlp are made of, never 0",
    { value: 1008 },
  ),
  deltaAdsup: at(pastThresholds(16), when(since370, u32), "Upper limit of the proper voltage range", {
    unit: "mV",
    value: 0,
  }),
  deltaAdinf: at(pastThresholds(20), when(since370, u32), "Lower limit of the proper voltage range", {
    unit: "mV",
    value: 0,
  }),
  deltaPrsup: at(pastThresholds(24), when(since370, u32), "Above delta ADSUP, upper limit of the medium range", {
    unit: "mV",
    value: 0,
  }),
  deltaPrinf: at(pastThresholds(28), when(since370, u32), "Beyond delta ADINF, lower limit of the medium range", {
    unit: "mV",
    value: 0,
  }),
  mvdDetectionTimeLowerLimit: at(
    pastThresholds(32),
    when(since370, u16),
    "Shortest momentary voltage disturbance (MVD)",
    { unit: "cycle", value: 1 },
  ),
  mvdDetectionTimeUpperLimit: at(pastThresholds(34), when(since370, u16), "Longest momentary voltage disturbance", {
    unit: "cycle",
    value: 180,
  }),
  mvdSagLowThreshold: at(pastThresholds(36), when(since370, u8), "Low end of a sag, an interruption below it", {
    unit: "% of rated",
    value: 10,
  }),
  mvdSagHighThreshold: at(pastThresholds(37), when(since370, u8), "High end of a sag", {
    unit: "% of rated",
    value: 90,
  }),
  mvdSwellLowThreshold: at(pastThresholds(38), when(since370, u8), "Low end of a swell", {
    unit: "% of rated",
    value: 110,
  }),
  // ET42 (p. 124) refers to this field as ET55.A+3.
  energyRegisterUnit: at(pastThresholds(39), when(since370, u8), "What one count of Wh and varh registers is worth", {
    unit: "Wh",
    value: 1,
    names: { 1: "1 Wh/varh", 10: "10 Wh/varh", 100: "100 Wh/varh" },
  }),
};
