/** The options of `meterport fleet`. */
import { Argument } from "commander";
import { addDataOptions, type DataOptions } from "../../options/data-options.ts";
import { describeArguments, type Host, type Load, runs } from "../../options/host.ts";
import { jsonOption } from "../../options/shared-options.ts";

const fleetActions = ["init", "status", "import", "pause", "resume", "export", "key", "audit"] as const;
export type FleetAction = (typeof fleetActions)[number];

/** How the fleet is reached. */
export interface FleetPlace extends DataOptions {
  readonly database?: string | undefined;
  readonly keyFile?: string | undefined;
}

export interface FleetOptions extends FleetPlace {
  readonly shards?: string | undefined;
  readonly roles?: string | true | undefined;
  readonly move?: true | undefined;
  readonly dryRun?: true | undefined;
  readonly until?: string | undefined;
  readonly from?: string | undefined;
  readonly newKeyFile?: string | undefined;
  readonly finish?: true | undefined;
  readonly noted?: string | undefined;
  readonly json?: true | undefined;
}

const forms = `
What it does:
  init [NAME]                   makes the fleet and its key, or brings its tables to this version;
                                with --roles also a login of the database for each role
  status                        who reads, what waits, what is missing. Exit code 1 if something is wrong
  import FILE.csv               sites, meters and points; all of them or none
  pause SITE [--until T]        nobody reads the site until then, or until it is resumed
  resume SITE                   ends the pause
  export FILE.json              what is exported, when and where to; the same name again changes it
  key set SERIAL [--from FILE]  the key of a meter, typed unseen or from a file
  key check                     opens every key, and names those that do not open
  key rotate --new-key-file F   seals every key again with a new key of the fleet; run it again if it was cut off
  key rotate --finish           forgets the key before, once every process has the new one
  audit verify [--noted N:HASH] whether somebody changed the log of what people did
The database is that of --database, METERPORT_FLEET_DATABASE or the configuration; the fleet's key that of
--key-file, METERPORT_FLEET_KEY or the configuration. "@FILE" is the address in a file, which only its owner can read.`;

export const addFleetCommand = (
  host: Host,
  load: Load<[action: FleetAction, words: readonly string[], options: FleetOptions]>,
): void => {
  const { command } = host;
  describeArguments(command, {
    action: "init, status, import, pause, resume, export, key or audit",
    words: "what the action needs, see below",
  });
  const [action] = command.registeredArguments;
  if (action instanceof Argument) action.choices(fleetActions);
  addDataOptions(command)
    .option("--database <url>", "postgres://user@host:5432/database?schema=fleet, or @FILE with such an address")
    .option(
      "--key-file <file>",
      "the file with the fleet's key; init makes it if it is missing; by default fleet.key for init",
    )
    .option(
      "--shards <n>",
      "init: into how many parts the sites are divided, for ever; by default 256, and 1024 for more than 100,000 meters",
    )
    .option(
      "--roles [prefix]",
      "init: makes the logins PREFIX_read, PREFIX_jobs and PREFIX_api, and writes their addresses to files beside the key; by default named after the schema",
    )
    .option("--move", "import: meters may change their site, point or link with what is known")
    .option("--dry-run", "import: prints what would change, and changes nothing")
    .option("--until <time>", "pause: 2026-01-31T12:00Z, 2026-01-31 in this machine's zone, or 3h from now")
    .option("--from <file>", "key set: a file whose first line is the key, or - for standard input")
    .option("--new-key-file <file>", "key rotate: the file with the next key; it is made if it is missing")
    .option("--finish", "key rotate: from now on only the newest key opens anything")
    .option("--noted <end>", "audit verify: number and hash that it printed earlier, as in 812:9f3a…")
    .addOption(jsonOption())
    .addHelpText("after", forms)
    .action(runs(host, load));
};
