/** Commands that need no meter: what the bytes and the tables mean. */
import { Option } from "commander";
import { type Host, jsonOption, keyOption, profileOption } from "./options.ts";

export const addReferenceCommands = ({ program, io, ended }: Host): void => {
  program
    .command("explain")
    .description("names every byte of a table body, or of a request with its reply; lists what a capture holds")
    .argument(
      "<hex...>",
      "hexadecimal bytes, a file with a capture or with packets (pcap, pcapng), or - for standard input",
    )
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

  program
    .command("wireshark")
    .description("a dissector for Wireshark that names every field, as one Lua file")
    .addOption(profileOption("what a meter is taken for until it says its firmware").default("meter:3.70"))
    .option("--output <file>", "into a file in place of standard output")
    .action(async (options: WiresharkOptions) =>
      ended(await (await import("./wireshark/wireshark-command.ts")).wiresharkCommand(options, io)),
    );
};

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

export interface TablesOptions {
  readonly profile: string;
  readonly json?: true;
}

export interface DocsOptions {
  readonly format?: "md" | "html";
  readonly profile?: string;
  readonly output?: string;
}

export interface WiresharkOptions {
  readonly profile: string;
  readonly output?: string;
}
