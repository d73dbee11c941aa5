/** The options of `meterport token`. */
import type { Scope } from "@meterport/gateway/access/scope";
import { addDataOptions, type DataOptions } from "../../options/data-options.ts";
import { scopeOption } from "../../options/entry-options.ts";
import { describeArguments, type Host, type Load, runs } from "../../options/host.ts";
import { jsonOption } from "../../options/shared-options.ts";

export interface TokenOptions extends DataOptions {
  readonly scope?: Scope | undefined;
  readonly expires?: string | undefined;
  readonly json?: true | undefined;
}

export const addTokenCommand = (
  host: Host,
  load: Load<[action: string, name: string | undefined, options: TokenOptions]>,
): void => {
  describeArguments(host.command, {
    action: "add, list or remove",
    name: "what the token is for, as in home-assistant",
  });
  addDataOptions(host.command)
    .addOption(scopeOption("read"))
    .option("--expires <time>", "how long a new token is valid, as in 90d; by default until it is removed")
    .addOption(jsonOption())
    .action(runs(host, load));
};
