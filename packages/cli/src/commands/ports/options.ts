/** The options of `meterport ports`. */
import { type Host, type Load, runs } from "../../options/host.ts";
import { jsonOption } from "../../options/shared-options.ts";

export interface PortsOptions {
  readonly json?: true | undefined;
}

export const addPortsCommand = (host: Host, load: Load<[options: PortsOptions]>): void => {
  host.command.addOption(jsonOption()).action(runs(host, load));
};
