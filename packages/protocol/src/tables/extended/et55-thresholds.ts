/** ET55 from byte 78 (79) to 127 (128): tariff by consumption, covers, noise, voltages (MEP guide 1.1, pp. 152-160). */
import { at, bool, filler, i16, reserved, u8, u16, u32, when } from "../../layout/index.ts";
import { column, since370 } from "./et55-columns.ts";

export const consumptionTariffFields = {
  phaseLossThreshold: at(column(78, 79), u16, "How long a phase is lost before it is logged", {
    vci: "H",
    unit: "s",
    value: 10,
  }),
  // The page leaves the control of these bits empty (p. 152); both settings are the host's like the enabling bits of byte 3.
  disableFiller0: at(column(80, 81), filler(0, 0), "Reserved, set from the factory"),
  disableConsumptionBasedTariff: at(column(80, 81), bool(1), "Consumption-based tariff off whatever byte 3 says", {
    vci: "H",
    value: false,
  }),
  disableFiller2: at(column(80, 81), filler(2, 2), "Reserved"),
  disableStepTariff: at(column(80, 81), bool(3), "Step tariff off whatever byte 3 says", { vci: "H", value: false }),
  disableFiller4: at(column(80, 81), filler(4, 7), "Not described"),
  overPowerThreshold: at(column(81, 82), u32, "Power above which the consumption-based tariff starts", {
    vci: "H",
    unit: "W",
    value: 0,
  }),
  overPowerTimeThreshold: at(column(85, 86), u16, "How long power stays above before it does", {
    vci: "H",
    unit: "s",
    value: 0,
  }),
  overPowerThresholdTier: at(column(87, 88), u8, "Tier of the consumption-based tariff", { vci: "H", value: 0 }),
  overPowerSource: at(column(88, 89), u8, "Power that is compared, before the CT ratio", {
    vci: "H",
    value: 0,
    names: { 0: "forward + reverse", 1: "forward", 2: "forward - reverse" },
  }),
  reserved89: at(column(89, 90), reserved(4), "Reserved"),
  transformerSecondaryRatedCurrent: at(column(93, 94), u8, "Rated current at the secondary side of the CT", {
    vci: "H",
    value: 1,
  }),
  clockErrorCalendarId: at(column(94, 95), u32, "Calendar id on the display after a clock error", {
    vci: "H",
    value: 0,
  }),
  overPowerCalendarId: at(column(98, 99), u32, "Calendar id on the display under the consumption-based tariff", {
    vci: "H",
    value: 0,
  }),
  reserved102: at(column(102, 103), reserved(1), "Reserved"),
};

export const alarmThresholdFields = {
  generalCoverRemovedDetectionThreshold: at(
    column(103, 104),
    u16,
    "How long the terminal cover is off before the alarm, 0 = never; on 4.0X the upper cover",
    { vci: "H", unit: "s", value: 10 },
  ),
  powerQualityCoverRemovedDetectionThreshold: at(
    column(105, 106),
    u16,
    "How long a selected power quality event lasts to confirm a removed cover, 0 = off; not for 4.0 and later",
    { vci: "H", unit: "s", value: 10, since: "meter 3.40" },
  ),
  // The optical guide (p. 10) cites ET55.104.2 for the third bit; this page and both columns put the word here.
  coverTamperPhaseLoss: at(column(107, 108), bool(0), "A phase loss at the same time confirms a removed cover", {
    vci: "H",
    value: 0,
    since: "meter 3.40",
  }),
  coverTamperCurrentWithoutVoltage: at(
    column(107, 108),
    bool(1),
    "Current on a missing or unused phase at the same time confirms it",
    { vci: "H", value: 0, since: "meter 3.40" },
  ),
  coverTamperSubsequentPowerOutage: at(column(107, 108), bool(2), "A later power outage confirms it", {
    vci: "H",
    value: 0,
    since: "meter 3.40",
  }),
  coverTamperPrecedingPowerOutage: at(column(107, 108), bool(3), "A power outage before or with it confirms it", {
    vci: "H",
    value: 0,
    since: "meter 3.40",
  }),
  coverTamperFiller4: at(column(107, 108), filler(4, 15), "Reserved"),
  primaryLoadProfileIndex: at(column(109, 110), u8, "Primary load profile data set, 0 = set 1", {
    vci: "H",
    value: 0,
    names: { 0: "data set 1", 1: "data set 2", 2: "data set 3", 3: "data set 4" },
    since: "meter 3.50, module 1.20",
  }),
  highFrequencyNoiseDetectionThreshold: at(
    column(110, 111),
    i16,
    "Offset shift of the current channel that counts as noise, above 512 = never",
    { vci: "H", value: 0, since: "meter 3.50, module 1.20" },
  ),
  highFrequencyNoiseDetectionTimeThreshold: at(column(112, 113), u16, "How long the noise lasts before it is logged", {
    vci: "H",
    unit: "s",
    value: 0,
    since: "meter 3.50, module 1.20",
  }),
  earthFaultDetectionCurrentThreshold: at(column(114, 115), u16, "Delta meters: current of an earth fault", {
    vci: "H",
    unit: "mA",
    since: "meter 4.00",
  }),
  reserved116: at(column(116, 117), reserved(1), "Reserved"),
  // The page gives no unit for this time.
  earthFaultTimeThreshold: at(column(117, 118), u16, "Delta meters: how long an earth fault lasts before the alarm", {
    vci: "H",
    since: "meter 4.00",
  }),
};

const voltageSince = { vci: "M", since: "meter 3.60, module 1.20" } as const;
export const unbalancedVoltageFields = {
  // The page gives no unit for this time; its neighbour is in seconds.
  brokenMvConductorDetectionTimeThreshold: at(
    column(119, 120),
    u16,
    "How long a medium voltage conductor is broken before the alarm",
    { ...voltageSince, value: 600 },
  ),
  zeroFaultDetectionTimeThreshold: at(column(121, 122), u16, "How long a zero fault lasts before the alarm, 0 = off", {
    ...voltageSince,
    unit: "s",
    value: 10,
  }),
  normalVoltageUpperLimit: at(column(123, 124), u8, "Zero fault: one or two phases at least at this voltage", {
    ...voltageSince,
    unit: "% of rated",
    value: 115,
  }),
  normalVoltageLowerLimit: at(column(124, 125), u8, "Zero fault: the other phases at most at this voltage", {
    ...voltageSince,
    unit: "% of rated",
    value: 85,
  }),
  lowVoltageHigherLimit: at(column(125, 126), u8, "Zero fault: the other phases at least at this voltage", {
    ...voltageSince,
    unit: "% of rated",
    value: 60,
  }),
  voltageFluctuationLimit: at(column(126, 127), u8, "Broken conductor: how far voltages may differ", {
    ...voltageSince,
    unit: "%",
    value: 5,
  }),
  // The pages skip this byte: the field before it has one byte, the next is printed two further on (pp. 159-160).
  reserved127: at(column(127, 128), when(since370, reserved(1)), "Not described"),
};
