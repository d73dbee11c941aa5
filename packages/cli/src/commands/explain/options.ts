/** The options of `meterport explain`. */
import { describeArguments, type Host, type Load, runs } from "../../options/host.ts";
import { jsonOption, keyOption, profileOption } from "../../options/shared-options.ts";

export interface ExplainOptions {
  readonly table?: string;
  readonly profile?: string;
  readonly key?: string;
  readonly reply?: string;
  readonly dims?: string;
  readonly with?: readonly string[];
  readonly full?: true;
  readonly port?: string;
  readonly json?: true;
}

export const addExplainCommand = (host: Host, load: Load<[hex: string[], options: ExplainOptions]>): void => {
  describeArguments(host.command, {
    hex: "hexadecimal bytes, a file with a capture, with packets (pcap, pcapng) or with a session of an optical port, or - for standard input",
  });
  host.command
    .option("--table <id>", "the bytes are the body of this table, as in BT28 or 0x001c")
    .addOption(profileOption("the device that the bytes come from; tried out where left out"))
    .addOption(keyOption())
    .option("--reply <hex>", "the reply to the request")
    .option(
      "--dims <json>",
      'how the meter is dimensioned, where not as from the factory: JSON as in {"BT21":{"tiers":8}}, or a file of it, or a dump',
    )
    .option(
      "--with <bytes>",
      "the same as bytes of a table, as in ET11=0542240506…; may be given several times",
      (text, before: readonly string[] = []) => [...before, text],
    )
    .option("--full", "of a capture every byte, not only a line for each exchange")
    .option("--port <n>", "of packets those to a bridge at this TCP port; found out where left out")
    .addOption(jsonOption())
    .action(runs(host, load));
};
