/** Alarms by name: those of the meter (BT03) and those of its M-Bus devices and MEP clients (ET14). */
import type { BT03 } from "../tables/basic/bt03-end-device-mode-status.ts";
import type { ET14 } from "../tables/extended/et14-device-status.ts";

type FlagsOf<T> = { [K in keyof T]-?: Exclude<T[K], undefined> extends boolean ? K : never }[keyof T] & string;

/** A flag of BT03 that is an alarm; the others tell the mode. */
export type MeterAlarmKey = Exclude<FlagsOf<BT03>, "meteringMode" | "testMode" | "meterShopMode">;

/** The guide's names, spelling evened out. Optical guide 1.1, pp. 47-49. */
export const meterAlarms: Readonly<Record<MeterAlarmKey, string>> = {
  unprogrammed: "Unprogrammed",
  configurationError: "Configuration error",
  systemReset: "System reset",
  ramFailure: "RAM failure",
  romFailure: "ROM failure",
  nonVolatileMemoryFailure: "Non-volatile memory failure",
  clockError: "Clock error",
  measurementError: "Measurement error",
  lowBattery: "Low battery",
  lowLossPotential: "Low loss potential",
  demandOverload: "Demand overload",
  powerFailure: "Power failure",
  coverRemoved: "Cover removed",
  reverseEnergy: "Reverse energy",
  dataBackupIncomplete: "Data backup incomplete",
  disconnectSwitchError: "Disconnect switch error",
  loadProfileSet2UnreadEntries: "Load profile set 2 has unread entries",
  loadProfileSet3UnreadEntries: "Load profile set 3 has unread entries",
  loadProfileSet4UnreadEntries: "Load profile set 4 has unread entries",
  neutralCurrentDeviation: "Neutral current deviation or earth fault",
  loadProfileOverflow: "Load profile overflow",
  selfReadOccurred: "Self-read occurred",
  loadDisconnectChangedState: "Load disconnect changed its state",
  controlRelay1Open: "Control relay 1 open",
  phaseLoss: "Phase loss",
  phaseInversion: "Phase inversion",
  plcConfigFailure: "PLC configuration failure",
  generalError: "General error",
  invalidPassword: "Invalid password",
  remoteCommunicationsInactive: "Remote communications inactive",
  currentOnMissingPhase: "Current on missing or unused phase",
  pulseInput1Tamper: "Pulse input 1 tamper",
  pulseInput2Tamper: "Pulse input 2 tamper",
  softwareCrcError: "Software CRC error",
  codeBankChanged: "Code bank changed",
  loadProfileBackfillFailed: "Load profile backfill failed",
  mepInstalledOrRemoved: "MEP client installed or removed",
  mbusAlarm: "M-Bus alarm",
  mbusAutoDiscoveryComplete: "M-Bus auto-discovery complete",
  phaseRotationChanged: "Phase rotation changed",
  prepayCreditExhausted: "Prepay credit exhausted",
  prepayWarningAcknowledged: "Prepay warning acknowledged",
  eventLogOverflowPending: "Event log overflow pending",
  mfgLogEntryAvailable: "Manufacturer's log has an entry",
  dimensionChange: "Dimension change",
  magneticTamperDetected: "Magnetic tamper detected",
  accessLockoutOverride: "Access lockout override",
  powerQualityEventDetected: "Power quality event detected",
  eventLogUnreadEntries: "Event log has unread entries",
  thdStateChanged: "THD state changed",
  loadProfile1UnreadEntries: "Load profile set 1 has unread entries",
  loadSideVoltageDetected: "Load side voltage detected",
  unbalancedVoltageDetected: "Unbalanced voltage detected",
  passwordTableWrittenTo: "Password table written",
  passwordExpirationPending: "Password or key about to expire",
  p2pSecurity: "P2P security",
  firmwareSeparationViolation: "Firmware separation violation",
  modemError: "Modem error",
  g3Alarm: "G3 alarm",
  g3EventLogged: "G3 event logged",
  controlRelay2Open: "Control relay 2 open",
};

type DeviceStatus = ET14["devices"][number];
export type DeviceAlarmKey = FlagsOf<DeviceStatus>;

/** Alarms that stay until EP18 clears them. MEP guide 1.1, pp. 93-94. */
export const deviceAlarms: Readonly<Record<DeviceAlarmKey, string>> = {
  billingDataCollected: "Billing data collected",
  appErrorResponse: "Application error response",
  newDeviceAlarm: "New device alarm",
  billingReadOverflow: "Billing read overflow",
  failedCommsOnRead: "Communication failed on a read",
  serialNumberMismatch: "Serial number mismatch",
  firmwareSwitchoverSuccess: "MEP firmware switchover succeeded",
  firmwareSwitchoverFailure: "MEP firmware switchover failed",
};

export interface Alarm<Key extends string = string> {
  readonly key: Key;
  readonly name: string;
}

const raised = <K extends string>(
  names: Readonly<Record<K, string>>,
  flags: { readonly [P in K]?: boolean | undefined },
): Alarm<K>[] =>
  (Object.entries(names) as [K, string][]).flatMap(([key, name]) => (flags[key] === true ? [{ key, name }] : []));

/** The alarms of the meter that are on, in the order of BT03. */
export const raisedMeterAlarms = (status: { readonly [P in MeterAlarmKey]?: boolean | undefined }) =>
  raised(meterAlarms, status);

/** The alarms of a device of ET14 that are on. */
export const raisedDeviceAlarms = (status: { readonly [P in DeviceAlarmKey]?: boolean | undefined }) =>
  raised(deviceAlarms, status);
