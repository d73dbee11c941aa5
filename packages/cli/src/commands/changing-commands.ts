/** Commands that change a meter. */
import {
  asksMeter,
  clientIdOption,
  type Host,
  jsonOption,
  keyOption,
  linkOption,
  profileOption,
  type ReadOptions,
  recordOption,
  securityOption,
} from "./options.ts";

export const addChangingCommands = ({ program, io, ended }: Host): void => {
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

  asksMeter(
    program
      .command("display")
      .description("the values of this client on the meter's display; changes them as write does where any are given"),
  )
    .option(
      "--value <place=number>",
      "the number at a place, counted from 0, as in 0=12345; may be repeated",
      (text: string, others: string[]) => [...others, text],
      [],
    )
    .option("--icons <names>", "beside these values, as in kWh,minus; none for no icon")
    .option("--dry-run", "only shows the requests that would be sent")
    .option("--yes", "agrees beforehand")
    .addOption(jsonOption())
    .action(async (options: DisplayCommandOptions) =>
      ended(await (await import("./display/display-command.ts")).displayCommand(options, io)),
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
};

/** Of commands that change a meter. */
interface ChangeCommandOptions {
  readonly dryRun?: true;
  readonly yes?: true;
}

export interface WriteCommandOptions extends ReadOptions, ChangeCommandOptions {
  readonly transaction?: true;
}

export interface DisplayCommandOptions extends ReadOptions, ChangeCommandOptions {
  readonly value: readonly string[];
  readonly icons?: string;
}

export interface CallCommandOptions extends Omit<ReadOptions, "link">, ChangeCommandOptions {
  readonly link?: string;
  readonly hex?: string;
  readonly unverified?: true;
}
