/** The options of `meterport user`. */
import type { Scope } from "@meterport/gateway/access/scope";
import { addDataOptions, type DataOptions } from "../../options/data-options.ts";
import { scopeOption } from "../../options/entry-options.ts";
import { describeArguments, type Host, type Load, runs } from "../../options/host.ts";
import { jsonOption } from "../../options/shared-options.ts";

export interface UserOptions extends DataOptions {
  readonly scope?: Scope | undefined;
  readonly passwordFile?: string | undefined;
  readonly json?: true | undefined;
}

export const addUserCommand = (
  host: Host,
  load: Load<[action: string, name: string | undefined, options: UserOptions]>,
): void => {
  describeArguments(host.command, { action: "add, list, scope, passwd or remove", name: "the user" });
  addDataOptions(host.command)
    .addOption(scopeOption("admin for the first user, read for others"))
    .option(
      "--password-file <file>",
      "a file whose first line is the password, or - for standard input; without it, asks",
    )
    .addOption(jsonOption())
    .action(runs(host, load));
};
