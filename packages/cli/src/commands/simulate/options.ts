/** The options of `meterport simulate`. */
import { Option } from "commander";
import { type Host, type Load, runs } from "../../options/host.ts";
import { profileOption } from "../../options/shared-options.ts";

export interface SimulateOptions {
  readonly listen: readonly string[];
  readonly security?: readonly ("rc4" | "tls" | "either")[] | undefined;
  readonly profile: string;
  readonly basicKey?: string | undefined;
  readonly advancedKey?: string | undefined;
  readonly scenario: string;
  readonly seed: string;
  readonly start?: string | undefined;
  readonly zone?: string | undefined;
  readonly speed: string;
  readonly demand?: true | undefined;
  readonly optical?: string | undefined;
  readonly masterKey?: string | undefined;
  readonly provisioningKey?: string | undefined;
  readonly readOnlyKey?: string | undefined;
  readonly line?: string | undefined;
  readonly lineScript?: string | undefined;
  readonly lineSeed: string;
  readonly tiers: string;
  readonly days?: string | undefined;
  readonly count?: string | undefined;
  readonly list?: string | undefined;
  readonly fleetList?: string | undefined;
  readonly children?: "one" | "four" | undefined;
  readonly headEnd?: string | undefined;
  readonly display?: true | undefined;
  readonly json?: true | undefined;
}

export const addSimulateCommand = (host: Host, load: Load<[options: SimulateOptions]>): void => {
  host.command
    .requiredOption(
      "--listen <url...>",
      "tcp://127.0.0.1:0 for a free port, pty:///path, or a serial port; a second one is the meter's second MEP port",
    )
    .addOption(profileOption("the device").default("meter:3.70"))
    .option("--basic-key <key>", "MBK; default: sixteen bytes of 01, the guide's example")
    .option("--advanced-key <key>", "MAK; default: sixteen bytes of 02")
    .addOption(
      new Option(
        "--security <kind...>",
        "what its ports speak, one kind for both or one for each; default: either with firmware 4.0 or later, else rc4",
      ).choices(["rc4", "tls", "either"]),
    )
    .option("--scenario <name>", "house, flat, solar, ev, quiet or empty", "house")
    .option("--seed <n>", "selects another household of the same kind", "1")
    .option(
      "--start <time>",
      "initial time of the meter's clock, as in 2026-06-21T12:00 in the zone of --zone, or 2026-06-21T12:00Z; default: now",
    )
    .addOption(new Option("--zone <zone>", "time zone of --start, as in Europe/Berlin; default: this machine's"))
    .option("--speed <n>", "simulated seconds per second", "1")
    .option(
      "--optical <url>",
      "also serves its optical port, at a URL as for --listen; shared: on the first --listen, since meters before 4.0 have one UART",
    )
    .option("--master-key <key>", "MK of the optical port; default: twenty bytes of 03")
    .option("--provisioning-key <key>", "PK of the optical port; default: twenty bytes of 04")
    .option("--read-only-key <key>", "RK of the optical port; default: twenty bytes of 05")
    .option(
      "--line <condition>",
      "simulates a bad line, as in baud=9600,latency=40ms,loss=1%,cut=101,echo; settings: docs/simulator.md",
    )
    .option("--line-script <file>", "JSON file on how the line changes over time")
    .option("--line-seed <n>", "the same seed gives the same faults", "1")
    .option("--demand", "eight demand registers")
    .option("--tiers <n>", "tiers in use; up to 8 with firmware 3.70 or later", "4")
    .option("--days <n>", "how many days before its start it remembers, 1 to 60; default: 60, with --count 2")
    .option("--count <n>", "that many meters, each another household, on this port and those that follow it", "1")
    .addOption(
      new Option(
        "--children <number>",
        "what is on its M-Bus: one gas meter, or four, for water, heat, gas and electricity",
      )
        .choices(["one", "four"])
        .default("one"),
    )
    .option("--head-end <file>", "JSON script of the grid behind it: what it asks and does; prints what happens")
    .option("--json", "with --head-end: what happens as a JSON document per line")
    .option("--display", "draws its display; where standard output is no terminal, a line for each change")
    .option("--list <file>", "also writes the meters as a CSV file for meterport config import")
    .option(
      "--fleet-list <file>",
      "with --count: also writes them as a CSV file for meterport fleet import, ten at a site; numbers begin with --seed",
    )
    .action(runs(host, load));
};
