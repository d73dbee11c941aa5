import {
  all,
  any,
  array,
  at,
  atLeast,
  bool,
  bytes,
  filler,
  i16,
  ltimeDate,
  not,
  reserved,
  type TableValue,
  table,
  u8,
  u16,
  u32,
  uint,
  when,
} from "../../layout/index.ts";

// Page 72 grants these bytes to meters of 3.13 and from 3.80 on; the releases 3.14 to 3.7x do not have them, and no
// module is named.
const withKeyCounters = any(
  all(atLeast({ meter: [3, 13] }), not(atLeast({ meter: [3, 14] }))),
  atLeast({ meter: [3, 80] }),
);
const since400 = atLeast({ meter: [4, 0] });

/** MEP guide 1.1, pp. 62-73. 123 bytes; 129 on meters 3.13 and from 3.80; 140 from 4.0. */
export const ET04 = table(
  "ET04",
  0x0804,
  "System Information",
  { read: "basic", write: "advanced" },
  {
    sequenceNumber: at(0, u32, "Sequence number of the latest LonTalk message over the power line", { vci: "M" }),
    transceiverId: at(4, bytes(6), "Unique id of the smart transceiver in the meter", { vci: "M", identifies: "all" }),
    subnetId: at(10, u8, "Power line subnet; not 0 once a control node has commissioned the meter", {
      vci: "H/M",
      identifies: "all",
    }),
    nodeId: at(11, u8, "Power line node; not 0 once a control node has commissioned the meter", {
      vci: "H/M",
      identifies: "all",
    }),
    explicitMessageReceived: at(12, bool(0), "An explicit message came over the power line", { vci: "M" }),
    forceNeuronConfiguration: at(12, bool(1), "Starts the configuration of the Neuron; resets its encryption key", {
      vci: "H/M",
    }),
    requestNeuronState: at(12, bool(2), "Asks for the Neuron state, which then stands at 72", { vci: "H/M" }),
    disablePlcEncryption: at(12, bool(3), "Power line messages go unencrypted", { vci: "H" }),
    disableNeuronEepromLock: at(12, bool(4), "Switches off the lock of the Neuron's EEPROM", { vci: "H" }),
    neuronPhase: at(12, uint(5, 7), "Phase that the Neuron reported last", {
      vci: "M",
      names: {
        0: "no phase inversion",
        1: "in phase, normal",
        2: "plus 120 degrees, inverted",
        3: "minus 120 degrees, normal",
        4: "phase 180 degrees, inverted",
        5: "plus 120 degrees, normal",
        6: "minus 120 degrees, inverted",
        7: "not applicable",
      },
    }),
    ratedFrequency: at(13, u8, "Rated frequency, set in production", { vci: "H", unit: "Hz" }),
    programId: at(14, bytes(8), "Identifies the firmware; while it stays, all dimensions marked P stay", { vci: "M" }),
    selfIdentification: at(22, bytes(30), "LonTalk self-identification", { vci: "M", identifies: "all" }),
    pkAccess: at(52, u8, "Use of the provisioning key at the optical port", {
      vci: "H",
      names: { 0: "enabled", 1: "disabled" },
    }),
    maxPowerOutagesRecorded: at(53, u8, "Power outages that ET09 and ET10 hold", { vci: "P", value: 10 }),
    reserved54: at(54, reserved(1), "Unused; the guide gives it the value 4", { vci: "F", value: 4 }),
    maxTeRegisters: at(55, u8, "Registers of total energy in ET12", { vci: "P", value: 4 }),
    registrationCurrent: at(56, u16, "Starting current, set in production", {
      vci: "H",
      unit: "mA",
      value: "10 or 16",
    }),
    maxCurrent: at(58, u16, "Greatest current, above which over-current is told", { vci: "H", unit: "A", value: 100 }),
    ratedVoltage: at(60, u16, "Rated voltage, set in production", { vci: "H", unit: "V", value: 230 }),
    inactiveVoltageL1: at(62, bool(0), "Voltage phase L1 is not installed", { vci: "H" }),
    inactiveVoltageL2: at(62, bool(1), "Voltage phase L2 is not installed; set in delta meters", { vci: "H" }),
    inactiveVoltageL3: at(62, bool(2), "Voltage phase L3 is not installed", { vci: "H" }),
    separateInactivePhases: at(62, bool(3), "Current has inactive phases of its own; not on modules", { vci: "H" }),
    inactiveCurrentL1: at(62, bool(4), "Phase L1 carries no current; not on modules", { vci: "H" }),
    inactiveCurrentL2: at(62, bool(5), "Phase L2 carries no current; not on modules", { vci: "H" }),
    inactiveCurrentL3: at(62, bool(6), "Phase L3 carries no current; not on modules", { vci: "H" }),
    filler7: at(62, filler(7, 7), "Reserved", { vci: "H" }),
    dstOffTimeDelta: at(63, i16, "End of daylight saving relative to its start, in practice -720..719", {
      vci: "H",
      unit: "min",
    }),
    selfReadHour: at(65, u8, "Hour of the self-read into BT26, 0..23", { vci: "H" }),
    selfReadMinute: at(66, u8, "Minute of the self-read into BT26, 0..59", { vci: "H" }),
    stopModeConfig: at(67, u8, "Time in wait mode before the clock stops too; not from firmware 4.0", {
      vci: "H",
      unit: "d",
      names: { 0: "never", 255: "at once" },
    }),
    reserved68: at(68, reserved(3), "Manufacturer status for internal use", { vci: "H" }),
    rkAccessDisabled: at(71, bool(0), "The read-only key may not call BP10 and EP16", { vci: "H" }),
    testPoint: at(71, bool(1), "The meter is a test point", { vci: "H" }),
    testPointConfirmed: at(71, bool(2), "For internal use", { vci: "H" }),
    lpUseSkipped: at(71, bool(3), "Load profile marks values it could not have as skipped, with value 0", {
      vci: "H",
    }),
    filler4: at(71, filler(4, 7), "Not printed"),
    neuronState: at(72, u8, "State that the Neuron reported last", {
      vci: "M",
      names: {
        2: "has application, unconfigured",
        3: "no application, unconfigured",
        4: "configured, online",
        6: "hard offline",
        12: "configured, soft offline",
        140: "configured, bypass mode",
        255: "no reply",
      },
    }),
    phaseRotation: at(73, u8, "Order of the phases", {
      vci: "M",
      names: { 0: "L1L2L3", 1: "L3L2L1", 2: "unknown" },
    }),
    plcCommInactiveTimeThreshold: at(74, u16, "Silence on the power line before the alarm; 0 = no alarm", {
      vci: "H",
      unit: "min",
    }),
    broadcastReceipt: at(76, ltimeDate, "Latest secure broadcast, UTC", { vci: "M" }),
    broadcastBase: at(82, u32, "Secure broadcast base value (B)", { vci: "H" }),
    broadcastDelta: at(86, u16, "Secure broadcast delta value (D)", { vci: "H" }),
    reverseEnergyAlarmCurrentThreshold: at(88, u16, "Current that gives the Reverse Energy alarm its power threshold", {
      vci: "F",
      unit: "mA",
      value: 1000,
    }),
    plcSignalQualityStatus: at(90, u8, "Power line signal", {
      vci: "M",
      names: {
        0: "no traffic",
        1: "traffic, none addressed to this meter",
        2: "addressed, margin up to 9 dB",
        3: "addressed, margin 12 or 15 dB",
        4: "addressed, margin from 18 dB",
        5: "commissioned but silent, last 2",
        6: "commissioned but silent, last 3",
        7: "commissioned but silent, last 4",
      },
    }),
    autoDiscoveryTa: at(91, u16, "Bit times added to 330 of turn-around for address 0 during auto-discovery", {
      vci: "H",
      unit: "bit",
    }),
    autoDiscoveryTo: at(93, u16, "Time added to 50 ms of turn-around for address 0 during auto-discovery", {
      vci: "H",
      unit: "ms",
    }),
    autoDiscoveryDisable: at(95, u8, "Not 0: no MEP auto-discovery", { vci: "H" }),
    amplifierGainDetectSensitivity: at(96, i16, "Sensitivity of the amplifier gain detection", { vci: "H" }),
    eventsOutageThreshold: at(98, u16, "Outages shorter than this log no event; 65535 = as ET09.0", {
      vci: "H",
      unit: "s",
    }),
    nvmSize: at(100, u16, "Non-volatile memory", { vci: "F", unit: "KiB" }),
    safeImageLocked: at(102, u8, "1 = the safe image cannot be activated", { vci: "H", value: 0 }),
    mepSequenceNumber: at(103, u32, "MEP sequence number; unused from firmware 4.0, which has two at 129"),
    reserved107: at(107, reserved(2), "Unused", { vci: "H" }),
    premisePowerGeneration: at(109, u8, "Power generation at the premise", { vci: "H", names: { 0: "off", 1: "on" } }),
    powerOutageDetectionThreshold: at(110, u8, "Share of the rated voltage that is an outage; not from firmware 4.0", {
      vci: "H",
      unit: "%",
      value: 72,
    }),
    phaseLossThreshold: at(111, u8, "Share of the reference voltage below which a phase counts as missing", {
      vci: "H",
      unit: "%",
      value: 61,
    }),
    meterForm: at(112, u8, "Kind of measurement: 0 = IEC, or the letter of an ANSI base", {
      vci: "M",
      names: { 0: "IEC", 65: "A-base", 83: "S-base" },
    }),
    clockErrorTier: at(113, u8, "Tariff while the clock is in error, 0..3", { vci: "H", value: 0 }),
    reserved114: at(114, reserved(2), "C12.19 compliance flags, all unused", { vci: "H" }),
    idtVersion: at(116, u8, "Counts changes of the dimensions marked M and of the firmware, wraps", { vci: "M" }),
    tiltTimer: at(117, u8, "Tilt events this long before an outage are ignored; 255 = none is", {
      vci: "H",
      unit: "s",
      value: 30,
    }),
    minimumRegistrationCurrent: at(
      118,
      u16,
      "Starting current where greater than the one at 56; 10 from firmware 4.10",
      {
        vci: "H",
        unit: "mA",
        value: "10 or 17",
      },
    ),
    registrationCurrentFraction: at(120, u8, "Added to the starting current", { vci: "H", unit: "0.1 mA", value: 17 }),
    constantPhaseLossAlarm: at(121, bool(0), "Phase Loss alarm as long as a phase is lost, not only on the change", {
      vci: "H",
      value: false,
      since: "meter 3.60",
    }),
    filler1: at(121, filler(1, 7), "Not printed"),
    powerUpWaitTime: at(122, u8, "Modules: wait between power-up and communication, 20 on the CPM 0600", {
      vci: "H",
      unit: "s",
      value: 0,
    }),
    maxKeyUsageCount: at(123, when(withKeyCounters, u32), "Uses of a power line key; an event comes at 80 %", {
      vci: "F",
      value: 1000000,
    }),
    // The value control is printed as "FM".
    securityMode: at(127, when(withKeyCounters, u8), "Security of the power line", {
      vci: "M",
      names: { 0: "RC4", 1: "reserved", 2: "OSGP-AES-128-PSK" },
    }),
    fcmMessageCount: at(128, when(withKeyCounters, u8), "Challenge or commission messages today, counted to 100", {
      vci: "M",
    }),
    mepSequenceNumbers: at(129, when(since400, array(2, u32)), "Sequence numbers of MEP clients 1 and 2", { vci: "M" }),
    reverseEnergyAlarmTimeMilliseconds: at(
      137,
      when(since400, u8),
      "Duration for the Reverse Energy alarm, milliseconds part",
      {
        unit: "ms",
      },
    ),
    reverseEnergyAlarmTimeSeconds: at(138, when(since400, u16), "Duration for the Reverse Energy alarm, seconds part", {
      unit: "s",
      value: 10,
    }),
  },
);
export type ET04 = TableValue<typeof ET04>;
