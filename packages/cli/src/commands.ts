/** The list of commands: a new one is an entry here and a folder in commands/. */
import type { Host, Load } from "./options/host.ts";

/** A command: its entry in the help, and its two parts, each imported when it is needed. */
interface Listed {
  /** Its name and arguments, as in "read <ids...>". */
  readonly usage: string;
  readonly description: string;
  /** An example command line. */
  readonly example: string;
  /** Adds its options. */
  readonly open: (host: Host) => Promise<void>;
}

const command = <Words extends readonly unknown[]>(
  usage: string,
  description: string,
  example: string,
  options: () => Promise<(host: Host, load: Load<Words>) => void>,
  run: Load<Words>,
): Listed => ({ usage, description, example, open: async (host) => (await options())(host, run) });

/** All commands, in the order of the help. */
export const commands: readonly Listed[] = [
  command(
    "read <ids...>",
    "reads tables or single fields of a meter",
    "meterport read BT52 ET13.devices.0 --link /dev/ttyUSB0 --key @meter.key",
    async () => (await import("./commands/read/options.ts")).addReadCommand,
    async () => (await import("./commands/read/read-command.ts")).readCommand,
  ),
  command(
    "live",
    "live readings until Ctrl-C",
    "meterport live --link tcp://192.168.1.20:4059 --key @meter.key --interval 5s",
    async () => (await import("./commands/live/options.ts")).addLiveCommand,
    async () => (await import("./commands/live/live-command.ts")).liveCommand,
  ),
  command(
    "alarms",
    "the active alarms of a meter and of the devices behind it",
    "meterport alarms --link /dev/ttyUSB0 --key @meter.key",
    async () => (await import("./commands/alarms/options.ts")).addAlarmsCommand,
    async () => (await import("./commands/alarms/alarms-command.ts")).alarmsCommand,
  ),
  command(
    "dump",
    "every table of a meter as JSON, with a list of what the key or the firmware refuses",
    "meterport dump --link /dev/ttyUSB0 --key @meter.key --output meter.json",
    async () => (await import("./commands/dump/options.ts")).addDumpCommand,
    async () => (await import("./commands/dump/dump-command.ts")).dumpCommand,
  ),
  command(
    "profile",
    "the load profile of a meter, interval by interval, oldest first, as CSV, JSON or Parquet",
    "meterport profile --since 2026-01-31 --until 2026-02-01 --zone Europe/Copenhagen --link /dev/ttyUSB0 --key @meter.key --output day.csv",
    async () => (await import("./commands/profile/options.ts")).addProfileCommand,
    async () => (await import("./commands/profile/profile-command.ts")).profileCommand,
  ),
  command(
    "events",
    "the event logs of a meter as one list, oldest first",
    "meterport events --since 7d --link /dev/ttyUSB0 --key @meter.key",
    async () => (await import("./commands/events/options.ts")).addEventsCommand,
    async () => (await import("./commands/events/events-command.ts")).eventsCommand,
  ),
  command(
    "outages",
    "when a meter was without power, newest first",
    "meterport outages --since 30d --link /dev/ttyUSB0 --key @meter.key",
    async () => (await import("./commands/outages/options.ts")).addOutagesCommand,
    async () => (await import("./commands/outages/outages-command.ts")).outagesCommand,
  ),
  command(
    "quality",
    "power quality: sags, surges, distortion and more, as the meter counted them, and the present values",
    "meterport quality --link /dev/ttyUSB0 --key @meter.key",
    async () => (await import("./commands/quality/options.ts")).addQualityCommand,
    async () => (await import("./commands/quality/quality-command.ts")).qualityCommand,
  ),
  command(
    "billing",
    "the register copies that a meter keeps: last season, demand resets, self-reads",
    "meterport billing --kind self-read --since 90d --link /dev/ttyUSB0 --key @meter.key",
    async () => (await import("./commands/billing/options.ts")).addBillingCommand,
    async () => (await import("./commands/billing/billing-command.ts")).billingCommand,
  ),
  command(
    "calendar",
    "which tariff applies when, by the meter's own calendar",
    "meterport calendar --on 2026-01-31T12:00 --link /dev/ttyUSB0 --key @meter.key",
    async () => (await import("./commands/calendar/options.ts")).addCalendarCommand,
    async () => (await import("./commands/calendar/calendar-command.ts")).calendarCommand,
  ),
  command(
    "tariffs",
    "what each tariff has counted so far, and which one is in effect",
    "meterport tariffs --link /dev/ttyUSB0 --key @meter.key",
    async () => (await import("./commands/tariffs/options.ts")).addTariffsCommand,
    async () => (await import("./commands/tariffs/tariffs-command.ts")).tariffsCommand,
  ),
  command(
    "demands",
    "the highest and lowest demands since the last reset, and those in progress",
    "meterport demands --link /dev/ttyUSB0 --key @meter.key",
    async () => (await import("./commands/demands/options.ts")).addDemandsCommand,
    async () => (await import("./commands/demands/demands-command.ts")).demandsCommand,
  ),
  command(
    "devices",
    "the M-Bus meters and MEP clients behind a meter, and what was last read from them",
    "meterport devices --link /dev/ttyUSB0 --key @meter.key",
    async () => (await import("./commands/devices/options.ts")).addDevicesCommand,
    async () => (await import("./commands/devices/devices-command.ts")).devicesCommand,
  ),
  command(
    "recurring",
    "the scheduled reads of devices that a meter keeps for the head-end, newest first",
    "meterport recurring --since 3d --link /dev/ttyUSB0 --key @meter.key",
    async () => (await import("./commands/recurring/options.ts")).addRecurringCommand,
    async () => (await import("./commands/recurring/recurring-command.ts")).recurringCommand,
  ),
  command(
    "write <assignments...>",
    "changes fields of a meter: shows before and after, asks, writes only what differs, reads it back",
    "meterport write ET51.clients.0.healthTimeout=30 --dry-run --link /dev/ttyUSB0 --key @meter.key",
    async () => (await import("./commands/write/options.ts")).addWriteCommand,
    async () => (await import("./commands/write/write-command.ts")).writeCommand,
  ),
  command(
    "display",
    "this client's values on the meter's display; with --value, changes them as write does",
    "meterport display --value 0=12345 --icons kWh --dry-run --link /dev/ttyUSB0 --key @meter.key",
    async () => (await import("./commands/display/options.ts")).addDisplayCommand,
    async () => (await import("./commands/display/display-command.ts")).displayCommand,
  ),
  command(
    "call <procedure> [parameters...]",
    "calls a procedure of a meter and waits for its result",
    "meterport call EP17 action=0 deviceHandle=1016 --dry-run",
    async () => (await import("./commands/call/options.ts")).addCallCommand,
    async () => (await import("./commands/call/call-command.ts")).callCommand,
  ),
  command(
    "ports",
    "the serial ports of this machine, each with the link that finds it again",
    "meterport ports",
    async () => (await import("./commands/ports/options.ts")).addPortsCommand,
    async () => (await import("./commands/ports/ports-command.ts")).portsCommand,
  ),
  command(
    "doctor",
    "examines a link from the adapter to the meter's clock; reports what is wrong and what to do",
    "meterport doctor --link /dev/ttyUSB0 --key @meter.key --format html --output report.html",
    async () => (await import("./commands/doctor/options.ts")).addDoctorCommand,
    async () => (await import("./commands/doctor/doctor-command.ts")).doctorCommand,
  ),
  command(
    "simulate",
    "a virtual meter with a household behind it",
    "meterport simulate --listen tcp://127.0.0.1:4059 --scenario solar",
    async () => (await import("./commands/simulate/options.ts")).addSimulateCommand,
    async () => (await import("./commands/simulate/simulate-command.ts")).simulateCommand,
  ),
  command(
    "record",
    "sits between a meter and the software that reads it, and records what passes; needs no key",
    "meterport record --link /dev/ttyUSB0 --listen tcp://127.0.0.1:4059 --output day.ndjson",
    async () => (await import("./commands/record/options.ts")).addRecordCommand,
    async () => (await import("./commands/record/record-command.ts")).recordCommand,
  ),
  command(
    "redact <file>",
    "prepares a capture for sharing: pseudonyms for serial numbers and IDs, re-sealed with a key that is not secret",
    "meterport redact day.ndjson --key @meter.key --output public.ndjson",
    async () => (await import("./commands/redact/options.ts")).addRedactCommand,
    async () => (await import("./commands/redact/redact-command.ts")).redactCommand,
  ),
  command(
    "replay <file>",
    "plays a capture of --record as a meter: the same requests get the same replies",
    "meterport replay day.ndjson --listen tcp://127.0.0.1:4059",
    async () => (await import("./commands/replay/options.ts")).addReplayCommand,
    async () => (await import("./commands/replay/replay-command.ts")).replayCommand,
  ),
  command(
    "convert <file>",
    "converts a capture of --record to a pcap file, which Wireshark opens",
    "meterport convert day.ndjson --output day.pcap",
    async () => (await import("./commands/convert/options.ts")).addConvertCommand,
    async () => (await import("./commands/convert/convert-command.ts")).convertCommand,
  ),
  command(
    "explain <hex...>",
    "names every byte of a table body, or of a request with its reply; lists what a capture holds",
    "meterport explain --table BT52 1a0110100000fc0a",
    async () => (await import("./commands/explain/options.ts")).addExplainCommand,
    async () => (await import("./commands/explain/explain-command.ts")).explainCommand,
  ),
  command(
    "tables [ids...]",
    "lists every table and procedure, or the fields of the ones you name",
    "meterport tables ET13 --profile meter:3.70",
    async () => (await import("./commands/tables/options.ts")).addTablesCommand,
    async () => (await import("./commands/tables/tables-command.ts")).tablesCommand,
  ),
  command(
    "docs",
    "the reference of all tables and procedures, as Markdown or as one HTML page with search",
    "meterport docs --output reference.html",
    async () => (await import("./commands/docs/options.ts")).addDocsCommand,
    async () => (await import("./commands/docs/docs-command.ts")).docsCommand,
  ),
  command(
    "wireshark",
    "a dissector for Wireshark that names every field, as one Lua file",
    "meterport wireshark --output meterport.lua",
    async () => (await import("./commands/wireshark/options.ts")).addWiresharkCommand,
    async () => (await import("./commands/wireshark/wireshark-command.ts")).wiresharkCommand,
  ),
  command(
    "serve",
    "runs the gateway and its page until Ctrl-C; without a configuration, on a simulated household",
    "meterport serve --config meterport.yaml --data /var/lib/meterport",
    async () => (await import("./commands/serve/options.ts")).addServeCommand,
    async () => (await import("./commands/serve/serve-command.ts")).serveCommand,
  ),
  command(
    "status",
    "how the gateway on this machine is doing, and each of its meters",
    "meterport status --data /var/lib/meterport",
    async () => (await import("./commands/status/options.ts")).addStatusCommand,
    async () => (await import("./commands/status/status-command.ts")).statusCommand,
  ),
  command(
    "outputs [action] [name]",
    "what the gateway gives its values to, and how that is going; tests one of them",
    "meterport outputs test mqtt --data /var/lib/meterport",
    async () => (await import("./commands/outputs/options.ts")).addOutputsCommand,
    async () => (await import("./commands/outputs/outputs-command.ts")).outputsCommand,
  ),
  command(
    "completeness",
    "which points lack intervals in a month, the worst first, as the gateway sees it",
    "meterport completeness --month 2026-11 --below 99",
    async () => (await import("./commands/completeness/options.ts")).addCompletenessCommand,
    async () => (await import("./commands/completeness/completeness-command.ts")).completenessCommand,
  ),
  command(
    "export <what>",
    "readings, intervals, registers or events that the gateway has stored, as CSV, JSON or Parquet; also while it runs",
    "meterport export intervals --since 2026-01-01 --until 2026-02-01 --zone Europe/Copenhagen --output january.csv",
    async () => (await import("./commands/export/options.ts")).addExportCommand,
    async () => (await import("./commands/export/export-command.ts")).exportCommand,
  ),
  command(
    "backup <folder>",
    "copies the gateway's data into a new folder, while it runs",
    "meterport backup meterport-2026-01-31 --data /var/lib/meterport",
    async () => (await import("./commands/backup/options.ts")).addBackupCommand,
    async () => (await import("./commands/backup/backup-command.ts")).backupCommand,
  ),
  command(
    "restore <folder>",
    "puts a backup in the place of the gateway's data; what was there is renamed",
    "meterport restore meterport-2026-01-31 --data /var/lib/meterport",
    async () => (await import("./commands/restore/options.ts")).addRestoreCommand,
    async () => (await import("./commands/restore/restore-command.ts")).restoreCommand,
  ),
  command(
    "config <action> [file]",
    "checks and explains the gateway's configuration, seals its keys, imports its meters, migrates an old file",
    "meterport config check --config meterport.yaml",
    async () => (await import("./commands/config/options.ts")).addConfigCommand,
    async () => (await import("./commands/config/config-command.ts")).configCommand,
  ),
  command(
    "user <action> [name]",
    "people who may sign in on the gateway's page: add, list, scope, passwd or remove",
    "meterport user add anna --data /var/lib/meterport",
    async () => (await import("./commands/user/options.ts")).addUserCommand,
    async () => (await import("./commands/user/user-command.ts")).userCommand,
  ),
  command(
    "token <action> [name]",
    "tokens with which programs use the gateway's API: add, list or remove",
    "meterport token add home-assistant --scope read --data /var/lib/meterport",
    async () => (await import("./commands/token/options.ts")).addTokenCommand,
    async () => (await import("./commands/token/token-command.ts")).tokenCommand,
  ),
];
