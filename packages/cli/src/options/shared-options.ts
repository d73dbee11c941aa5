/** Options that several commands have. */
import { type SecurityName, securityNames } from "@meterport/protocol/mep/security/security-names";
import { type Command, Option } from "commander";

export const linkOption = (): Option =>
  new Option(
    "--link <url>",
    "the meter: /dev/ttyUSB0, serial:///dev/ttyUSB0?baud=9600, usb://vendor:product:serial, tcp://, rfc2217:// or tls://host:port, mqtt://broker/prefix, unix:///path; optical:///dev/ttyUSB0 or optical+tcp://host:port for the optical port",
  );
export const keyOption = (): Option =>
  new Option("--key <key>", "16 or 20 ASCII characters, 32 or 40 hex digits, or @file; default: METERPORT_KEY");
export const securityOption = (): Option =>
  new Option("--security <kind>", "rc4, rc4-encrypted, tls, or auto: what the port speaks")
    .choices(securityNames)
    .default("auto");
export const clientIdOption = (): Option =>
  new Option("--client-id <n>", "client ID that the meter logs under TLS and on the optical port, 0 to 65535").default(
    "0",
  );
export const recordOption = (): Option =>
  new Option(
    "--record <file>",
    "records what crosses the link, for meterport replay; contains readings and serial numbers",
  );
const traceDetails = ["frames", "full"] as const;
/** Frames by name, or their data too. */
export type TraceDetail = (typeof traceDetails)[number];
export const traceOption = (): Option =>
  new Option(
    "--trace [detail]",
    "prints what crosses the link to standard error, decoded, as it happens; --trace=full adds data",
  ).choices(traceDetails);

/** `--trace` alone would take the next word, an argument of the command, for its detail. */
export const withTraceDetail = (argv: readonly string[]): readonly string[] =>
  argv.map((word) => (word === "--trace" ? `--trace=${traceDetails[0]}` : word));

export const profileOption = (what: string): Option => new Option("--profile <profile>", `${what}, as in meter:3.70`);
export const jsonOption = (): Option => new Option("--json", "one JSON document on standard output, and nothing else");
export const jsonLinesOption = (): Option => new Option("--json", "one JSON document per line, and nothing else");
export const zoneOption = (): Option =>
  new Option(
    "--zone <zone>",
    "time zone for times without one and for local times shown, as in Europe/Berlin; default: this machine's",
  );
/** For what a meter keeps with times of its own. */
export const meterSinceOption = (): Option =>
  new Option(
    "--since <time>",
    "3d (ago), or a time by the meter's clock, as in 2026-01-31 or 2026-01-31T12:00; with Z in UTC",
  );

/** For times by a meter's own clock, which does not give its zone. */
export const meterZoneOption = (): Option =>
  new Option(
    "--zone <zone>",
    "time zone of the meter's clock, as in Europe/Berlin, for 3d and times with Z; default: this machine's",
  );

/** The options of a command that asks a meter. */
export const asksMeter = (command: Command): Command =>
  meterOptions(
    command.addOption(linkOption().makeOptionMandatory()).addOption(keyOption()),
    "device profile, for a meter that does not identify itself",
  );

/** The options of a command that asks a meter if it is given one. */
export const mayAskMeter = (command: Command, words: { readonly link: string; readonly profile: string }): Command =>
  meterOptions(command.option("--link <url>", words.link).addOption(keyOption()), words.profile);

const meterOptions = (command: Command, profile: string): Command =>
  command
    .addOption(profileOption(profile))
    .addOption(securityOption())
    .addOption(clientIdOption())
    .addOption(recordOption())
    .addOption(traceOption());

/** Which meter, and how it is reached. */
export interface MeterOptions {
  readonly link: string;
  readonly key?: string | undefined;
  readonly profile?: string | undefined;
  readonly security: SecurityName;
  readonly clientId: string;
  readonly record?: string | undefined;
  readonly trace?: TraceDetail | undefined;
}

export interface ReadOptions extends MeterOptions {
  readonly json?: true | undefined;
}

/** Options of commands that list what has happened. */
export interface LogCommandOptions extends ReadOptions {
  readonly since?: string | undefined;
  readonly zone?: string | undefined;
}

/** Options of commands that change a meter. */
export interface ChangeCommandOptions {
  readonly dryRun?: true | undefined;
  readonly yes?: true | undefined;
}
