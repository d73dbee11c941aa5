/** The options of `meterport simulate`. */
import { Option } from "commander";
import { type Host, type Load, runs } from "../../options/host.ts";
import { profileOption } from "../../options/shared-options.ts";

export interface SimulateOptions {
  readonly listen: readonly string[];
  readonly security?: readonly ("rc4" | "tls" | "either")[];
  readonly profile: string;
  readonly basicKey?: string;
  readonly advancedKey?: string;
  readonly scenario: string;
  readonly seed: string;
  readonly start?: string;
  readonly zone?: string;
  readonly speed: string;
  readonly demand?: true;
  readonly optical?: string;
  readonly masterKey?: string;
  readonly provisioningKey?: string;
  readonly readOnlyKey?: string;
  readonly line?: string;
  readonly lineScript?: string;
  readonly lineSeed: string;
  readonly tiers: string;
}

export const addSimulateCommand = (host: Host, load: Load<[options: SimulateOptions]>): void => {
  host.command
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
    .option(
      "--start <time>",
      "what the meter's clock shows at first, as in 2026-06-21T12:00 in the zone of --zone, or 2026-06-21T12:00Z; now if omitted",
    )
    .addOption(new Option("--zone <zone>", "of --start, as in Europe/Berlin; else this machine's"))
    .option("--speed <n>", "simulated seconds per second", "1")
    .option(
      "--optical <url>",
      "serves its optical port as well, as --listen does; shared: on the first --listen, as meters before 4.0 have one UART",
    )
    .option("--master-key <key>", "MK of the optical port; twenty bytes of 03 where left out")
    .option("--provisioning-key <key>", "PK of the optical port; twenty bytes of 04 where left out")
    .option("--read-only-key <key>", "RK of the optical port; twenty bytes of 05 where left out")
    .option(
      "--line <condition>",
      "a bad line in front of it, as in baud=9600,latency=40ms,loss=1%,cut=101,echo; settings: docs/simulator.md",
    )
    .option("--line-script <file>", "JSON: how the line changes with time")
    .option("--line-seed <n>", "the same seed has the same faults", "1")
    .option("--demand", "eight demand registers")
    .option("--tiers <n>", "tiers in use, up to 8 from firmware 3.70 on", "4")
    .action(runs(host, load));
};
