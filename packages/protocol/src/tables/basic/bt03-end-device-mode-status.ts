import { at, bool, dim, exceeds, filler, minus, reserved, type TableValue, table, when } from "../../layout/index.ts";
import { BT00 } from "./bt00-general-configuration.ts";

const manufacturerBytes = dim(BT00, "manufacturerStatusLength");
// The manufacturer's alarms begin at byte 4; how many bytes of them there are, BT00 says.
const byte4 = exceeds(manufacturerBytes, 0);
const byte5 = exceeds(manufacturerBytes, 1);
const byte6 = exceeds(manufacturerBytes, 2);
const byte7 = exceeds(manufacturerBytes, 3);
const byte8 = exceeds(manufacturerBytes, 4);
const byte9 = exceeds(manufacturerBytes, 5);

/**
 * Optical guide 1.1, pp. 47-49: the alarms of the meter. The MEP guide names the table (p. 93) without its layout, and
 * no list of keys has it. Bytes past the ninth are not described.
 */
export const BT03 = table(
  "BT03",
  0x0003,
  "End Device Mode Status",
  { read: "basic", write: "never" },
  {
    meteringMode: at(0, bool(0), "The meter meters", { vci: "F" }),
    testMode: at(0, bool(1), "Test mode", { vci: "P" }),
    meterShopMode: at(0, bool(2), "Meter shop mode", { vci: "F" }),
    filler3: at(0, filler(3, 7), "Filler"),
    unprogrammed: at(1, bool(0), "Not programmed yet", { vci: "M" }),
    configurationError: at(1, bool(1), "Configuration error", { vci: "M" }),
    systemReset: at(1, bool(2), "The system was reset", { vci: "M" }),
    ramFailure: at(1, bool(3), "RAM failed", { vci: "M" }),
    romFailure: at(1, bool(4), "ROM failed", { vci: "M" }),
    nonVolatileMemoryFailure: at(1, bool(5), "Non-volatile memory failed", { vci: "M" }),
    clockError: at(1, bool(6), "Clock error", { vci: "M" }),
    measurementError: at(1, bool(7), "Measurement error", { vci: "M" }),
    lowBattery: at(1, bool(8), "Battery is low", { vci: "M" }),
    lowLossPotential: at(1, bool(9), "Potential is low or lost", { vci: "M" }),
    demandOverload: at(1, bool(10), "Demand overload", { vci: "M" }),
    powerFailure: at(1, bool(11), "Power failed", { vci: "M" }),
    coverRemoved: at(1, bool(12), "The cover was removed", { vci: "M" }),
    reverseEnergy: at(1, bool(13), "Energy flowed backwards", { vci: "M" }),
    dataBackupIncomplete: at(1, bool(14), "Data were not saved completely", { vci: "M" }),
    disconnectSwitchError: at(1, bool(15), "The disconnect switch does not obey", { vci: "M" }),
    loadProfileSet2UnreadEntries: at(3, bool(0), "Load profile data set 2 has unread entries", {
      vci: "M",
      since: "meter 3.50",
    }),
    loadProfileSet3UnreadEntries: at(3, bool(1), "Load profile data set 3 has unread entries", {
      vci: "M",
      since: "meter 3.50",
    }),
    loadProfileSet4UnreadEntries: at(3, bool(2), "Load profile data set 4 has unread entries", {
      vci: "M",
      since: "meter 3.50",
    }),
    neutralCurrentDeviation: at(
      3,
      bool(3),
      "Neutral current deviates; from 4.0 an earth fault where ET29.33.7 says so",
      {
        vci: "M",
        since: "meter 3.60",
      },
    ),
    filler4: at(3, filler(4, 7), "Reserved", { vci: "M" }),
    loadProfileOverflow: at(4, when(byte4, bool(0)), "Load profile overflow; from 3.50 of the primary data set only", {
      vci: "M",
    }),
    selfReadOccurred: at(4, when(byte4, bool(1)), "A self-read took place", { vci: "M" }),
    loadDisconnectChangedState: at(4, when(byte4, bool(2)), "The load disconnect changed its state", { vci: "M" }),
    controlRelay1Open: at(4, when(byte4, bool(3)), "Control relay 1 is open", { vci: "M" }),
    phaseLoss: at(4, when(byte4, bool(4)), "A phase is missing", { vci: "M" }),
    phaseInversion: at(4, when(byte4, bool(5)), "A phase is inverted", { vci: "M" }),
    plcConfigFailure: at(4, when(byte4, bool(6)), "The power line modem could not be configured", { vci: "M" }),
    generalError: at(4, when(byte4, bool(7)), "General error", { vci: "M" }),
    invalidPassword: at(5, when(byte5, bool(0)), "A wrong password was tried", { vci: "M" }),
    remoteCommunicationsInactive: at(5, when(byte5, bool(1)), "No remote communication", { vci: "M" }),
    currentOnMissingPhase: at(5, when(byte5, bool(2)), "Current on a missing or unused phase", { vci: "M" }),
    pulseInput1Tamper: at(5, when(byte5, bool(3)), "Tampering at pulse input 1", { vci: "M" }),
    pulseInput2Tamper: at(5, when(byte5, bool(4)), "Tampering at pulse input 2", { vci: "M" }),
    softwareCrcError: at(5, when(byte5, bool(5)), "The checksum of the firmware is wrong", { vci: "M" }),
    codeBankChanged: at(5, when(byte5, bool(6)), "The firmware runs from another bank", { vci: "M" }),
    loadProfileBackfillFailed: at(5, when(byte5, bool(7)), "A gap in the load profile could not be filled", {
      vci: "M",
    }),
    mepInstalledOrRemoved: at(6, when(byte6, bool(0)), "A MEP client came or went", { vci: "M", since: "meter 2.10" }),
    mbusAlarm: at(6, when(byte6, bool(1)), "Alarm of an M-Bus device", { vci: "M", since: "meter 2.10" }),
    mbusAutoDiscoveryComplete: at(6, when(byte6, bool(2)), "M-Bus auto-discovery is done", {
      vci: "M",
      since: "meter 2.10",
    }),
    phaseRotationChanged: at(6, when(byte6, bool(3)), "The phases rotate the other way", {
      vci: "M",
      since: "meter 2.10",
    }),
    prepayCreditExhausted: at(6, when(byte6, bool(4)), "Prepaid credit is used up", { vci: "M", since: "meter 2.10" }),
    prepayWarningAcknowledged: at(6, when(byte6, bool(5)), "The customer acknowledged the prepay warning", {
      vci: "M",
      since: "meter 2.10",
    }),
    eventLogOverflowPending: at(6, when(byte6, bool(6)), "The event log is about to overflow", {
      vci: "M",
      since: "meter 2.12",
    }),
    mfgLogEntryAvailable: at(6, when(byte6, bool(7)), "A log of the manufacturer has an entry", {
      vci: "M",
      since: "meter 2.12",
    }),
    // The MEP guide calls it the interface change alarm (p. 117): ET42 changed.
    dimensionChange: at(7, when(byte7, bool(0)), "Dimensions changed, see ET42", { vci: "M", since: "meter 2.12" }),
    magneticTamperDetected: at(7, when(byte7, bool(1)), "A magnet was detected", { vci: "M", since: "meter 2.12" }),
    accessLockoutOverride: at(7, when(byte7, bool(2)), "A lockout was overridden", { vci: "M", since: "meter 2.12" }),
    powerQualityEventDetected: at(7, when(byte7, bool(3)), "Power quality event, see ET09", {
      vci: "M",
      since: "meter 2.12",
    }),
    eventLogUnreadEntries: at(7, when(byte7, bool(4)), "The event log has unread entries", {
      vci: "M",
      since: "meter 2.12",
    }),
    thdStateChanged: at(7, when(byte7, bool(5)), "Total harmonic distortion crossed its threshold", {
      vci: "M",
      since: "meter 2.12",
    }),
    loadProfile1UnreadEntries: at(7, when(byte7, bool(6)), "Load profile data set 1 has unread entries", {
      vci: "M",
      since: "meter 3.10",
    }),
    loadSideVoltageDetected: at(7, when(byte7, bool(7)), "Voltage on the load side of an open disconnect", {
      vci: "M",
      since: "meter 3.30",
    }),
    unbalancedVoltageDetected: at(8, when(byte8, bool(0)), "Voltages are unbalanced", {
      vci: "M",
      since: "meter 3.60",
    }),
    passwordTableWrittenTo: at(8, when(byte8, bool(1)), "The table of passwords was written", {
      vci: "M",
      since: "meter 3.70",
    }),
    // Also in 2.04, 2.13 and 3.13.
    passwordExpirationPending: at(8, when(byte8, bool(2)), "A password or key is about to expire", {
      vci: "M",
      since: "meter 3.80",
    }),
    p2pSecurity: at(8, when(byte8, bool(3)), "Security alarm of the point-to-point modem", {
      vci: "M",
      since: "meter 4.10",
    }),
    firmwareSeparationViolation: at(8, when(byte8, bool(4)), "Firmware separation was violated", {
      vci: "M",
      since: "meter 4.10",
    }),
    modemError: at(8, when(byte8, bool(5)), "Modem error", { vci: "M", since: "meter 4.10" }),
    g3Alarm: at(8, when(byte8, bool(6)), "G3 alarm", { vci: "M", since: "meter 4.20" }),
    g3EventLogged: at(8, when(byte8, bool(7)), "A G3 event was logged", { vci: "M", since: "meter 4.20" }),
    controlRelay2Open: at(9, when(byte9, bool(0)), "Control relay 2 is open, where there is one", {
      vci: "M",
      since: "meter 4.30",
    }),
    filler9: at(9, when(byte9, filler(1, 7)), "Not described"),
    reserved10: at(10, reserved(minus(manufacturerBytes, 6)), "Not described"),
  },
);
export type BT03 = TableValue<typeof BT03>;
