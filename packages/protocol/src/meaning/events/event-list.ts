/**
 * The events that public documents name. Numbers to 35 are those of ANSI C12.19-1997, whose history log the logs BT74
 * and ET79 are; their arguments, and all numbers from 36 on, are those of the event table of the utilities' head-end,
 * as an open source importer of it has them. Neither guide lists one (MEP guide 1.1, pp. 189, 249).
 */
import type { ArgumentForm } from "./argument.ts";
import type { ValueKey } from "./argument-values.ts";

/** Where a number's name comes from. */
export type EventSource = "ANSI C12.19" | "head-end list";
/** Whether an event is one of those that somebody should look at. */
export type EventSeverity = "status" | "alarm";

/** What is known of an event's number. */
export interface ListedEvent {
  readonly name: string;
  readonly severity: EventSeverity;
  readonly source: EventSource;
  readonly argument?: ArgumentForm;
}

type Row = readonly [code: number, name: string, argument?: ArgumentForm];

const value = (key: ValueKey): ArgumentForm => ({ kind: "value", key });
const table: ArgumentForm = { kind: "table" };
const phases: ArgumentForm = { kind: "phases" };

const standard: readonly Row[] = [
  [0, "No event"],
  [1, "Power down"],
  [2, "Power up", value("powerUpCause")],
  [3, "Time changed, old time"],
  [4, "Time changed, new time"],
  [5, "Time changed, old time"],
  [6, "Time changed, new time"],
  [7, "Device accessed for reading"],
  [8, "Device accessed for writing"],
  [9, "Procedure called", { kind: "procedure" }],
  [10, "Table written", table],
  [11, "Device programmed"],
  [12, "Communication ended normally"],
  [13, "Communication ended abnormally"],
  [14, "List pointers reset", value("list")],
  [15, "List pointers updated", value("list")],
  [16, "History log cleared"],
  [17, "History log pointers updated"],
  [18, "Event log cleared"],
  [19, "Event log pointers updated"],
  [20, "Demand reset"],
  [21, "Self-read"],
  [22, "Daylight saving time on"],
  [23, "Daylight saving time off"],
  [24, "Season change", value("season")],
  [25, "Rate change"],
  [26, "Special schedule activated", value("schedule")],
  [27, "Tier switch", value("tier")],
  [28, "Pending table activated", table],
  [29, "Pending table cleared", table],
  [30, "Metering mode started"],
  [31, "Metering mode stopped"],
  [32, "Test mode started"],
  [33, "Test mode stopped"],
  [34, "Meter shop mode started"],
  [35, "Meter shop mode stopped"],
];

const status: readonly Row[] = [
  [36, "Meter reprogrammed with new firmware"],
  [66, "Load disconnect changed", { kind: "disconnect" }],
  [67, "Control relay open"],
  [72, "Invalid password at the optical port"],
  [78, "Active code bank changed"],
  [79, "Load profile not filled whole after a power failure across midnight"],
  [82, "M-Bus auto-discovery complete"],
  [87, "Entry in the manufacturer's log"],
  [88, "Log dimensions changed"],
  [96, "M-Bus or MEP device status", { kind: "device", key: "deviceStatus" }],
  [97, "Maximum power level switched", value("powerLevel")],
];

const alarms: readonly Row[] = [
  [37, "Configuration error: power line chip not initialised"],
  [38, "System reset", value("resetCause")],
  [39, "RAM failure", value("ramPart")],
  [40, "Boot ROM checksum error"],
  [41, "Non-volatile memory error", { kind: "table", else: "memoryPart" }],
  [42, "Clock error after a long time without mains"],
  [43, "Measurement error"],
  [44, "Clock battery low"],
  [47, "Terminal cover removed", value("cover")],
  [48, "Reverse energy for 10 s", phases],
  [49, "Data backup incomplete, up to an hour of register data may be lost"],
  [50, "Load disconnect is not in the state that it should be in"],
  [64, "Load profile overflow, unread data overwritten"],
  [68, "Phase loss, below 61 % of the nominal voltage", phases],
  [69, "Phase inversion", value("phaseAngle")],
  [70, "Power line configuration unreadable"],
  [71, "General error", value("errorPart")],
  [73, "No power line communication for 24 h"],
  [74, "Current of more than 2 A without voltage", phases],
  [75, "Tamper at pulse input 1"],
  [76, "Tamper at pulse input 2"],
  [77, "Downloaded firmware failed its image check", value("imageCheck")],
  [80, "MEP module installed or removed", value("module")],
  [81, "M-Bus alarm", { kind: "device", key: "mbusAlarm" }],
  [83, "Phase rotation changed", value("rotation")],
  [84, "Prepay credit exhausted"],
  [85, "Prepay warning acknowledged"],
  [90, "Access lockout override", value("override")],
  [91, "Power quality state changed", { kind: "mask" }],
  [98, "Lowest voltage of the last sag", { kind: "amount" }],
  [99, "Highest voltage of the last swell", { kind: "amount" }],
];

const listed = (rows: readonly Row[], severity: EventSeverity, source: EventSource): [number, ListedEvent][] =>
  rows.map(([code, name, argument]) => [
    code,
    { name, severity, source, ...(argument === undefined ? {} : { argument }) },
  ]);

/** By number without the manufacturer's bit. */
export const eventList: ReadonlyMap<number, ListedEvent> = new Map([
  ...listed(standard, "status", "ANSI C12.19"),
  ...listed(status, "status", "head-end list"),
  ...listed(alarms, "alarm", "head-end list"),
]);
