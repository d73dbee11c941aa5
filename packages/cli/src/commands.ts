/** The commands with their options, as commander knows them; what they do is imported when one is run. */
import { type SecurityName, securityNames } from "@meterport/protocol/security/security-names";
import { Command, type CommanderError, Option } from "commander";
import { type Exit, exit, type Io } from "./io.ts";

const linkOption = (): Option =>
  new Option(
    "--link <url>",
    "the meter: /dev/ttyUSB0, serial:///dev/ttyUSB0?baud=9600, tcp://, rfc2217:// or tls://host:port, unix:///path",
  );
const keyOption = (): Option =>
  new Option("--key <key>", "16 or 20 ASCII characters, 32 or 40 hex digits, or @file; else METERPORT_KEY");
const securityOption = (): Option =>
  new Option("--security <kind>", "rc4, rc4-encrypted, tls, or auto: whichever the port speaks")
    .choices(securityNames)
    .default("auto");
const clientIdOption = (): Option =>
  new Option("--client-id <n>", "0 to 65535, how the meter notes us under TLS").default("0");
const recordOption = (): Option =>
  new Option(
    "--record <file>",
    "writes what crosses the link, for meterport replay; readings and serial numbers are in it",
  );
const profileOption = (what: string): Option => new Option("--profile <profile>", `${what}, as in meter:3.70`);
const jsonOption = (): Option => new Option("--json", "one JSON document on standard output, and nothing else");
const jsonLinesOption = (): Option => new Option("--json", "one JSON document a line, and nothing else");
const zoneOption = (): Option =>
  new Option("--zone <zone>", "for local times, as in Europe/Berlin; else this machine's");

/** The options of a command that asks a meter. */
const asksMeter = (command: Command): Command =>
  command
    .addOption(linkOption().makeOptionMandatory())
    .addOption(keyOption())
    .addOption(profileOption("the device; the meter is asked where left out"))
    .addOption(securityOption())
    .addOption(clientIdOption())
    .addOption(recordOption());

/** The program; `ended` takes the exit code of the command that ran. */
export const buildProgram = (io: Io, version: string, ended: (code: Exit) => void): Command => {
  const program = new Command("meterport")
    .description("Reads NES / OSGP electricity meters through their MEP port, and plays one.")
    .version(version, "-V, --version", "the version")
    .helpOption("-h, --help", "this help")
    .helpCommand(false)
    .showHelpAfterError(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: () => {},
      getOutHelpWidth: () => io.stdout.columns,
      getOutHasColors: () => io.stdout.color,
    });

  program
    .command("explain")
    .description("names every byte of a table body, or of a request with its reply")
    .argument("<hex...>", "hexadecimal bytes, or - for standard input")
    .option("--table <id>", "the bytes are the body of this table, as in BT28 or 0x001c")
    .addOption(profileOption("the device that the bytes come from; tried out where left out"))
    .addOption(keyOption())
    .option("--reply <hex>", "the reply to the request")
    .addOption(jsonOption())
    .action(async (hex: string[], options: ExplainOptions) =>
      ended(await (await import("./explain/explain-command.ts")).explainCommand(hex, options, io)),
    );

  program
    .command("tables")
    .description("lists every table and procedure, or the fields of the ones that are named")
    .argument("[ids...]", "tables or procedures, as in ET13")
    .addOption(profileOption("the device").default("meter:3.70"))
    .addOption(jsonOption())
    .action(async (ids: string[], options: TablesOptions) =>
      ended(await (await import("./tables/tables-command.ts")).tablesCommand(ids, options, io)),
    );

  program
    .command("docs")
    .description("the reference of all tables and procedures, as Markdown or as one HTML page with search")
    .addOption(new Option("--format <format>", "md, or html").choices(["md", "html"]))
    .addOption(profileOption("only what this device has; everything where left out"))
    .option("--output <path>", "into a file, or into a folder where it ends with /")
    .action(async (options: DocsOptions) =>
      ended(await (await import("./docs/docs-command.ts")).docsCommand(options, io)),
    );

  asksMeter(
    program
      .command("read")
      .description("reads tables or single fields of a meter")
      .argument("<ids...>", "as in BT21, ET13.devices.4.mbusChange, or ET50.30.1 for a byte's bit"),
  )
    .addOption(jsonOption())
    .action(async (ids: string[], options: ReadOptions) =>
      ended(await (await import("./read/read-command.ts")).readCommand(ids, options, io)),
    );

  asksMeter(program.command("live").description("live readings until Ctrl-C"))
    .option("--interval <time>", "between two readings; less than 1s is more than the guide advises", "1s")
    .option("--count <n>", "ends after so many readings")
    .addOption(jsonOption())
    .action(async (options: LiveOptions) =>
      ended(await (await import("./live/live-command.ts")).liveCommand(options, io)),
    );

  asksMeter(program.command("events").description("the event logs of a meter as one list, oldest first"))
    .option("--since <when>", "7d, 2026-01-31T12:00Z, or the number of the last event that is known")
    .option("--newest-first", "the other way round")
    .addOption(zoneOption())
    .addOption(jsonLinesOption())
    .action(async (options: EventsCommandOptions) =>
      ended(await (await import("./events/events-command.ts")).eventsCommand(options, io)),
    );

  asksMeter(program.command("outages").description("when a meter was without power, newest first"))
    .option("--since <when>", "7d, 2026-01-31 or 2026-01-31T12:00Z")
    .addOption(zoneOption())
    .addOption(jsonLinesOption())
    .action(async (options: LogCommandOptions) =>
      ended(await (await import("./outages/outages-command.ts")).outagesCommand(options, io)),
    );

  asksMeter(
    program
      .command("billing")
      .description("the copies of its registers that a meter keeps: last season, demand resets, self-reads"),
  )
    .option("--kind <kind>", "only season, demand-reset, one-time-read or self-read")
    .option("--since <time>", "3d, or by the meter's own clock, as in 2026-01-31")
    .addOption(jsonLinesOption())
    .action(async (options: BillingCommandOptions) =>
      ended(await (await import("./billing/billing-command.ts")).billingCommand(options, io)),
    );

  asksMeter(program.command("alarms").description("the alarms that are on, of a meter and of the devices behind it"))
    .addOption(jsonOption())
    .action(async (options: ReadOptions) =>
      ended(await (await import("./alarms/alarms-command.ts")).alarmsCommand(options, io)),
    );

  asksMeter(
    program
      .command("profile")
      .description("the load profile of a meter, interval by interval, oldest first, as CSV or JSON"),
  )
    .option("--set <n>", "data set, 1 to 4", "1")
    .option("--since <when>", "7d, 2026-01-31 or 2026-01-31T12:00Z: only intervals that end after it")
    .option("--until <when>", "likewise: only intervals that end by then")
    .option(
      "--channel <channel>",
      "only this one: its index from 0, its source as in forwardActiveEnergy, or 0x4001; may be repeated",
      (text: string, others: string[]) => [...others, text],
      [],
    )
    .option("--consumption", "what was used in each interval in place of the registers")
    .addOption(new Option("--format <format>", "csv, or json: one document a line").choices(["csv", "json"]))
    .addOption(zoneOption())
    .option("--output <file>", "into a file in place of standard output")
    .addOption(jsonLinesOption())
    .action(async (options: ProfileOptions) =>
      ended(await (await import("./profile/profile-command.ts")).profileCommand(options, io)),
    );

  asksMeter(
    program
      .command("dump")
      .description("every table of a meter as JSON; what the key or the firmware refuses is listed"),
  )
    .option("--output <path>", "into a file, or into a folder where it ends with /: a file for each table")
    .addOption(jsonOption())
    .action(async (options: DumpOptions) =>
      ended(await (await import("./dump/dump-command.ts")).dumpCommand(options, io)),
    );

  asksMeter(
    program
      .command("write")
      .description("changes fields of a meter: shows before and after, asks, writes only what differs, reads it back")
      .argument("<assignments...>", "as in ET51.clients.0.healthTimeout=30, or ET50.30.1=true for a byte's bit"),
  )
    .option("--dry-run", "only shows the requests that would be sent")
    .option("--transaction", "all tables at once, or none")
    .option("--yes", "agrees beforehand")
    .addOption(jsonOption())
    .action(async (words: string[], options: WriteCommandOptions) =>
      ended(await (await import("./write/write-command.ts")).writeCommand(words, options, io)),
    );

  program
    .command("call")
    .description("calls a procedure of a meter and waits for its result")
    .argument("<procedure>", "as in EP17; meterport tables EP17 lists its parameters")
    .argument("[parameters...]", "by name, as in action=0 deviceHandle=1016")
    .addOption(linkOption())
    .addOption(keyOption())
    .addOption(profileOption("the device; the meter is asked where left out"))
    .addOption(securityOption())
    .addOption(clientIdOption())
    .addOption(recordOption())
    .option("--hex <bytes>", "the parameters as bytes, for procedures that are not declared")
    .option("--unverified", "permits EP39, which no public document describes")
    .option("--dry-run", "only shows the request that would be sent; needs no meter")
    .option("--yes", "agrees beforehand")
    .addOption(jsonOption())
    .action(async (id: string, words: string[], options: CallCommandOptions) =>
      ended(await (await import("./call/call-command.ts")).callCommand(id, words, options, io)),
    );

  program
    .command("simulate")
    .description("a virtual meter with a household behind it")
    .requiredOption(
      "--listen <url...>",
      "tcp://127.0.0.1:0 for a free port, pty:///path, or a serial port; a second one is the meter's second MEP port",
    )
    .addOption(profileOption("the device").default("meter:3.70"))
    .option("--basic-key <key>", "MBK; sixteen bytes of 01, the guide's example, where left out")
    .option("--advanced-key <key>", "MAK; sixteen bytes of 02 where left out")
    .addOption(
      new Option(
        "--security <kind...>",
        "what its ports speak, one kind for both or one for each; either from firmware 4.0 on",
      ).choices(["rc4", "tls", "either"]),
    )
    .option("--scenario <name>", "house, flat, solar, ev, quiet or empty", "house")
    .option("--seed <n>", "another household of the same kind", "1")
    .option("--start <time>", "what the meter's clock shows at first, as in 2026-06-21T12:00:00Z; now where left out")
    .option("--speed <n>", "simulated seconds per second", "1")
    .action(async (options: SimulateOptions) =>
      ended(await (await import("./simulate/simulate-command.ts")).simulateCommand(options, io)),
    );

  program
    .command("replay")
    .description("a capture of --record as a meter: it answers what was asked then as it was answered then")
    .argument("<file>", "the capture")
    .requiredOption("--listen <url>", "tcp://127.0.0.1:0 for a free port, or pty:///path")
    .addOption(keyOption())
    .action(async (file: string, options: ReplayOptions) =>
      ended(await (await import("./replay/replay-command.ts")).replayCommand(file, options, io)),
    );

  // Sub-commands do not inherit these.
  for (const command of program.commands)
    command.exitOverride().helpOption("-h, --help", "this help").configureOutput(program.configureOutput());
  return program;
};

export interface ExplainOptions {
  readonly table?: string;
  readonly profile?: string;
  readonly key?: string;
  readonly reply?: string;
  readonly json?: true;
}
export interface TablesOptions {
  readonly profile: string;
  readonly json?: true;
}
export interface DocsOptions {
  readonly format?: "md" | "html";
  readonly profile?: string;
  readonly output?: string;
}
/** Which meter, and how it is reached. */
export interface MeterOptions {
  readonly link: string;
  readonly key?: string;
  readonly profile?: string;
  readonly security: SecurityName;
  readonly clientId: string;
  readonly record?: string;
}
export interface ReplayOptions {
  readonly listen: string;
  readonly key?: string;
}
export interface ReadOptions extends MeterOptions {
  readonly json?: true;
}
export interface LiveOptions extends ReadOptions {
  readonly interval: string;
  readonly count?: string;
}
/** Of commands that list what has happened. */
export interface LogCommandOptions extends ReadOptions {
  readonly since?: string;
  readonly zone?: string;
}
export interface EventsCommandOptions extends LogCommandOptions {
  readonly newestFirst?: true;
}
export interface BillingCommandOptions extends ReadOptions {
  readonly since?: string;
  readonly kind?: string;
}
export interface ProfileOptions extends ReadOptions {
  readonly set: string;
  readonly since?: string;
  readonly until?: string;
  readonly channel: readonly string[];
  readonly consumption?: true;
  readonly format?: "csv" | "json";
  readonly zone?: string;
  readonly output?: string;
}
export interface DumpOptions extends ReadOptions {
  readonly output?: string;
}
/** Of commands that change a meter. */
interface ChangeCommandOptions {
  readonly dryRun?: true;
  readonly yes?: true;
}
export interface WriteCommandOptions extends ReadOptions, ChangeCommandOptions {
  readonly transaction?: true;
}
export interface CallCommandOptions extends Omit<ReadOptions, "link">, ChangeCommandOptions {
  readonly link?: string;
  readonly hex?: string;
  readonly unverified?: true;
}
export interface SimulateOptions {
  readonly listen: readonly string[];
  readonly security?: readonly ("rc4" | "tls" | "either")[];
  readonly profile: string;
  readonly basicKey?: string;
  readonly advancedKey?: string;
  readonly scenario: string;
  readonly seed: string;
  readonly start?: string;
  readonly speed: string;
}

/** What commander itself ended with: help and version are no failure. */
export const exitOf = (error: CommanderError): Exit => (error.exitCode === 0 ? exit.done : exit.usage);
