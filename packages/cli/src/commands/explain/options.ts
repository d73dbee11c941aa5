/** The options of `meterport explain`. */
import { describeArguments, type Host, type Load, runs } from "../../options/host.ts";
import { jsonOption, keyOption, profileOption } from "../../options/shared-options.ts";

export interface ExplainOptions {
  readonly table?: string | undefined;
  readonly profile?: string | undefined;
  readonly key?: string | undefined;
  readonly reply?: string | undefined;
  readonly dims?: string | undefined;
  readonly with?: readonly string[] | undefined;
  readonly full?: true | undefined;
  readonly port?: string | undefined;
  readonly json?: true | undefined;
}

export const addExplainCommand = (host: Host, load: Load<[hex: string[], options: ExplainOptions]>): void => {
  describeArguments(host.command, {
    hex: "hexadecimal bytes, a file with a capture, with packets (pcap, pcapng) or with a session of an optical port, or - for standard input",
  });
  host.command
    .option("--table <id>", "the bytes are the body of this table, as in BT28 or 0x001c")
    .addOption(profileOption("the device that the bytes come from; if omitted, the profile that fits best"))
    .addOption(keyOption())
    .option("--reply <hex>", "the reply to the request")
    .option(
      "--dims <json>",
      'dimensions of the meter, if not the factory defaults: JSON as in {"BT21":{"tiers":8}}, a file with such JSON, or a dump',
    )
    .option(
      "--with <bytes>",
      "the same, as the bytes of a table, as in ET11=0542240506…; may be repeated",
      (text, before: readonly string[] = []) => [...before, text],
    )
    .option("--full", "for a capture, every byte instead of one line per exchange")
    .option("--port <n>", "for packets, the TCP port of the bridge; detected if omitted")
    .addOption(jsonOption())
    .action(runs(host, load));
};
