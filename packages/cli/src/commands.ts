/** The list of commands: a new one is an entry here and a folder in commands/. */
import type { Host, Load } from "./options/host.ts";

/** A command: what the list in the help says of it, and its two parts, each imported when it is needed. */
interface Listed {
  /** Its name and arguments, as in "read <ids...>". */
  readonly usage: string;
  readonly description: string;
  /** Adds its options. */
  readonly open: (host: Host) => Promise<void>;
}

const command = <Words extends readonly unknown[]>(
  usage: string,
  description: string,
  options: () => Promise<(host: Host, load: Load<Words>) => void>,
  run: Load<Words>,
): Listed => ({ usage, description, open: async (host) => (await options())(host, run) });

/** All commands, in the order of the help. */
export const commands: readonly Listed[] = [
  command(
    "read <ids...>",
    "reads tables or single fields of a meter",
    async () => (await import("./commands/read/options.ts")).addReadCommand,
    async () => (await import("./commands/read/read-command.ts")).readCommand,
  ),
  command(
    "live",
    "live readings until Ctrl-C",
    async () => (await import("./commands/live/options.ts")).addLiveCommand,
    async () => (await import("./commands/live/live-command.ts")).liveCommand,
  ),
  command(
    "alarms",
    "the alarms that are on, of a meter and of the devices behind it",
    async () => (await import("./commands/alarms/options.ts")).addAlarmsCommand,
    async () => (await import("./commands/alarms/alarms-command.ts")).alarmsCommand,
  ),
  command(
    "dump",
    "every table of a meter as JSON; what the key or the firmware refuses is listed",
    async () => (await import("./commands/dump/options.ts")).addDumpCommand,
    async () => (await import("./commands/dump/dump-command.ts")).dumpCommand,
  ),
  command(
    "profile",
    "the load profile of a meter, interval by interval, oldest first, as CSV, JSON or Parquet",
    async () => (await import("./commands/profile/options.ts")).addProfileCommand,
    async () => (await import("./commands/profile/profile-command.ts")).profileCommand,
  ),
  command(
    "events",
    "the event logs of a meter as one list, oldest first",
    async () => (await import("./commands/events/options.ts")).addEventsCommand,
    async () => (await import("./commands/events/events-command.ts")).eventsCommand,
  ),
  command(
    "outages",
    "when a meter was without power, newest first",
    async () => (await import("./commands/outages/options.ts")).addOutagesCommand,
    async () => (await import("./commands/outages/outages-command.ts")).outagesCommand,
  ),
  command(
    "quality",
    "sags, surges, distortion and what else a meter counts of bad power, and how it is now",
    async () => (await import("./commands/quality/options.ts")).addQualityCommand,
    async () => (await import("./commands/quality/quality-command.ts")).qualityCommand,
  ),
  command(
    "billing",
    "the copies of its registers that a meter keeps: last season, demand resets, self-reads",
    async () => (await import("./commands/billing/options.ts")).addBillingCommand,
    async () => (await import("./commands/billing/billing-command.ts")).billingCommand,
  ),
  command(
    "calendar",
    "which tariff applies when, by the meter's own calendar",
    async () => (await import("./commands/calendar/options.ts")).addCalendarCommand,
    async () => (await import("./commands/calendar/calendar-command.ts")).calendarCommand,
  ),
  command(
    "tariffs",
    "what each tariff has counted until now, and which one is in effect",
    async () => (await import("./commands/tariffs/options.ts")).addTariffsCommand,
    async () => (await import("./commands/tariffs/tariffs-command.ts")).tariffsCommand,
  ),
  command(
    "demands",
    "the highest and lowest averages since the latest reset, and those under way",
    async () => (await import("./commands/demands/options.ts")).addDemandsCommand,
    async () => (await import("./commands/demands/demands-command.ts")).demandsCommand,
  ),
  command(
    "devices",
    "the M-Bus meters and MEP clients behind a meter, and what was last read from them",
    async () => (await import("./commands/devices/options.ts")).addDevicesCommand,
    async () => (await import("./commands/devices/devices-command.ts")).devicesCommand,
  ),
  command(
    "recurring",
    "the scheduled reads of devices that a meter keeps for the head-end, newest first",
    async () => (await import("./commands/recurring/options.ts")).addRecurringCommand,
    async () => (await import("./commands/recurring/recurring-command.ts")).recurringCommand,
  ),
  command(
    "write <assignments...>",
    "changes fields of a meter: shows before and after, asks, writes only what differs, reads it back",
    async () => (await import("./commands/write/options.ts")).addWriteCommand,
    async () => (await import("./commands/write/write-command.ts")).writeCommand,
  ),
  command(
    "display",
    "the values of this client on the meter's display; changes them as write does where any are given",
    async () => (await import("./commands/display/options.ts")).addDisplayCommand,
    async () => (await import("./commands/display/display-command.ts")).displayCommand,
  ),
  command(
    "call <procedure> [parameters...]",
    "calls a procedure of a meter and waits for its result",
    async () => (await import("./commands/call/options.ts")).addCallCommand,
    async () => (await import("./commands/call/call-command.ts")).callCommand,
  ),
  command(
    "ports",
    "the serial ports of this machine, each with the link that finds it again",
    async () => (await import("./commands/ports/options.ts")).addPortsCommand,
    async () => (await import("./commands/ports/ports-command.ts")).portsCommand,
  ),
  command(
    "doctor",
    "examines a link from the adapter to the meter's clock, and says what is wrong and what to do",
    async () => (await import("./commands/doctor/options.ts")).addDoctorCommand,
    async () => (await import("./commands/doctor/doctor-command.ts")).doctorCommand,
  ),
  command(
    "simulate",
    "a virtual meter with a household behind it",
    async () => (await import("./commands/simulate/options.ts")).addSimulateCommand,
    async () => (await import("./commands/simulate/simulate-command.ts")).simulateCommand,
  ),
  command(
    "record",
    "stands between a meter and whatever reads it, and writes down what passes; needs no key",
    async () => (await import("./commands/record/options.ts")).addRecordCommand,
    async () => (await import("./commands/record/record-command.ts")).recordCommand,
  ),
  command(
    "redact <file>",
    "a capture to give away: pseudonyms for serial numbers and ids, sealed anew with a key that is no secret",
    async () => (await import("./commands/redact/options.ts")).addRedactCommand,
    async () => (await import("./commands/redact/redact-command.ts")).redactCommand,
  ),
  command(
    "replay <file>",
    "a capture of --record as a meter: it answers what was asked then as it was answered then",
    async () => (await import("./commands/replay/options.ts")).addReplayCommand,
    async () => (await import("./commands/replay/replay-command.ts")).replayCommand,
  ),
  command(
    "convert <file>",
    "a capture of --record as a pcap file, which Wireshark opens",
    async () => (await import("./commands/convert/options.ts")).addConvertCommand,
    async () => (await import("./commands/convert/convert-command.ts")).convertCommand,
  ),
  command(
    "explain <hex...>",
    "names every byte of a table body, or of a request with its reply; lists what a capture holds",
    async () => (await import("./commands/explain/options.ts")).addExplainCommand,
    async () => (await import("./commands/explain/explain-command.ts")).explainCommand,
  ),
  command(
    "tables [ids...]",
    "lists every table and procedure, or the fields of the ones that are named",
    async () => (await import("./commands/tables/options.ts")).addTablesCommand,
    async () => (await import("./commands/tables/tables-command.ts")).tablesCommand,
  ),
  command(
    "docs",
    "the reference of all tables and procedures, as Markdown or as one HTML page with search",
    async () => (await import("./commands/docs/options.ts")).addDocsCommand,
    async () => (await import("./commands/docs/docs-command.ts")).docsCommand,
  ),
  command(
    "wireshark",
    "a dissector for Wireshark that names every field, as one Lua file",
    async () => (await import("./commands/wireshark/options.ts")).addWiresharkCommand,
    async () => (await import("./commands/wireshark/wireshark-command.ts")).wiresharkCommand,
  ),
];
