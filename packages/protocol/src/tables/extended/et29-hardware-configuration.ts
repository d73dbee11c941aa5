import {
  array,
  at,
  atLeast,
  bool,
  filler,
  reserved,
  struct,
  type TableValue,
  table,
  u8,
  uint,
  when,
} from "../../layout/index.ts";

const since400 = atLeast({ meter: [4, 0] });

const extendedOptions = {
  twoDisconnectSensors: at(33, when(since400, bool(0)), "Status follows by itself when both sensors disagree", {
    vci: "F",
  }),
  disconnectToggleButton: at(33, when(since400, bool(1)), "One push button toggles the disconnect, instead of two", {
    vci: "F",
    value: true,
  }),
  extendedFiller2: at(33, when(since400, filler(2, 2)), "Reserved", { vci: "F" }),
  backlightLcd: at(33, when(since400, bool(3)), "The display has a backlight", { vci: "F" }),
  buzzer: at(33, when(since400, bool(4)), "A buzzer is present", { vci: "F" }),
  batteryType: at(33, when(since400, uint(5, 6)), "Battery", {
    vci: "F",
    value: 1,
    names: { 0: "none", 1: "standard", 2: "reserved", 3: "supercapacitor" },
  }),
  earthFault: at(33, when(since400, bool(7)), "Earth fault protection is present", { vci: "F" }),
  externalTamperInput1: at(33, when(since400, bool(8)), "External tamper input 1 is present", { vci: "F" }),
  externalTamperInput2: at(33, when(since400, bool(9)), "External tamper input 2 is present", { vci: "F" }),
  s0PulseOutput2: at(33, when(since400, bool(10)), "A second S0 pulse output is present", { vci: "F" }),
  securityChip: at(33, when(since400, bool(11)), "The optional security chip is present", { vci: "F" }),
  lastGaspModule: at(33, when(since400, bool(12)), "P2P: can send a message when power is lost", { vci: "F" }),
  controlRelay1Type: at(33, when(since400, bool(13)), "Control relay 1 is latching", { vci: "F", since: "meter 4.30" }),
  controlRelay2Type: at(33, when(since400, bool(14)), "Control relay 2 is latching", { vci: "F", since: "meter 4.30" }),
  extendedFiller15: at(33, when(since400, filler(15, 31)), "Not described"),
} as const;

/** MEP guide 1.1, pp. 105-110. Only modules can change it, through ET76. */
export const ET29 = table(
  "ET29",
  0x081d,
  "Hardware Configuration",
  { read: "basic", write: "never" },
  {
    s0KyzOutput: at(0, bool(0), "S0 or KYZ pulse output is present", { vci: "F" }),
    pulseInput1: at(0, bool(1), "Pulse input 1; means nothing from meter 4.0 on", { vci: "F" }),
    pulseInput2: at(0, bool(2), "Pulse input 2; means nothing from meter 4.0 on", { vci: "F" }),
    filler3: at(0, filler(3, 4), "Reserved", { vci: "F" }),
    disconnectAndBuzzer: at(0, bool(5), "Load disconnect and buzzer are present", { vci: "F" }),
    controlRelay1: at(0, bool(6), "Control relay 1 (dry) is present", { vci: "F" }),
    controlRelay2: at(0, bool(7), "Control relay 2 (dry) is present", { vci: "F", since: "meter 4.30" }),
    mbusModule: at(0, bool(8), "M-Bus module is present", { vci: "F" }),
    coverTamper: at(0, bool(9), "Cover tamper detection is present", { vci: "F" }),
    // Page 28 takes bits 10 and 23 for the upper and lower port; which client a port serves stands in matrix 1.
    mepClient1Port: at(0, bool(10), "Port of MEP client 1 is enabled", { vci: "F" }),
    disconnectSensor: at(0, bool(11), "Disconnect sensor is present", { vci: "F" }),
    magneticTamper: at(0, bool(12), "Magnetic tamper detection is present", { vci: "F" }),
    highFrequencyNoiseDetectionDisabled: at(0, bool(13), "High frequency noise is not looked for", { vci: "F" }),
    twoLineDisconnect: at(0, bool(14), "Disconnect has separate lines to open and to close", {
      vci: "F",
      value: true,
    }),
    noMetering: at(0, bool(15), "Does not measure", { vci: "F" }),
    noLcd: at(0, bool(16), "Has no display", { vci: "F" }),
    externalCt: at(0, bool(17), "Measures through external current transformers", { vci: "F" }),
    backupPower: at(0, bool(18), "Backup power is present", { vci: "F" }),
    externalDisconnectFeedback: at(0, bool(19), "Disconnect is outside; its state comes in by EP50", { vci: "F" }),
    externalVoltage: at(0, bool(20), "Another device provides the voltages of BT28", { vci: "F" }),
    voltageSignalAdcInverted: at(0, bool(21), "ADC value of the voltage signal is inverted", { vci: "F" }),
    nonLatchingRelay: at(0, bool(22), "Modules: relay is not latching", { vci: "F" }),
    mepClient2Port: at(0, bool(23), "Port of MEP client 2 is enabled", { vci: "F", since: "meter 4.00" }),
    // Printed as 2..4 (p. 107), although bits 16 to 23 of the options are in byte 2.
    reserved3: at(3, reserved(2), "Internal", { vci: "H" }),
    singlePhase: at(5, bool(0), "Single phase; for information on modules"),
    polyphase: at(5, bool(1), "Polyphase; for information on modules"),
    configurationFiller2: at(5, filler(2, 5), "Reserved"),
    pulseRelayForDisconnect: at(5, bool(6), "CT meters: average power moves the control relay, its calendar rests", {
      since: "meter 3.70",
    }),
    powerBoostRelay: at(5, bool(7), "Power boost relay is enabled", { since: "meter 4.00" }),
    reserved6: at(6, reserved(14), "Internal", { vci: "H" }),
    reserved20: at(20, when(since400, reserved(4)), "Reserved"),
    commAssignmentMatrix1: at(
      24,
      when(
        since400,
        array(
          3,
          struct(
            {
              board: at(24, u8, "Board that it is on", { vci: "F", names: { 1: "wireless", 2: "wired", 3: "PLC" } }),
              port: at(25, u8, "What it is", { vci: "F", names: { 1: "MEP", 2: "M-Bus", 3: "PLC" } }),
              sequenceNumber: at(26, u8, "MEP: which client", {
                vci: "F",
                names: { 1: "MEP client 1", 2: "MEP client 2" },
              }),
            },
            { from: 24 },
          ),
        ),
      ),
      "USART1 to USART3: what each one serves",
    ),
    ...extendedOptions,
    reserved37: at(37, when(since400, reserved(10)), "Reserved", { vci: "H" }),
    // The printed default of 2 for single phase is not among the printed types (p. 109).
    lineSensor: at(47, when(since400, uint(0, 4)), "Sensor of the line current", {
      vci: "F",
      value: "2 in SP, 1 in PP",
      names: { 0: "shunt", 1: "PCB coil" },
    }),
    neutralSensor: at(47, when(since400, uint(5, 7)), "Sensor of the neutral current", {
      vci: "F",
      value: "2 in SP, 0 in PP",
      names: { 0: "shunt", 1: "PCB coil", 2: "earth fault transformer" },
    }),
    commAssignmentMatrix2: at(
      48,
      when(
        since400,
        array(
          2,
          struct(
            {
              board: at(48, u8, "Board that it is on", {
                vci: "F",
                names: { 0: "none", 4: "modem", 5: "PLC A-band", 6: "PLC G3" },
              }),
              port: at(49, u8, "What it is", { vci: "F", names: { 3: "PLC", 4: "modem", 5: "optical" } }),
              // Both rows of p. 110 print 0 here, their text the bytes 48..50 and 51..53.
              logicalPortNumber: at(50, u8, "Its logical port, 1..4", { vci: "F" }),
            },
            { from: 48 },
          ),
        ),
      ),
      "P2P meters: UART1 and UART2 of the gateway modem",
    ),
  },
);
export type ET29 = TableValue<typeof ET29>;
