/** The names to which a gateway answers beside those of its address. */
import type { Config } from "./config.ts";

/** Those of the configuration, and the one at which other processes of its fleet reach this one. */
export const allowedHostsOf = ({ http, fleet }: Pick<Config, "http" | "fleet">): readonly string[] =>
  fleet?.address === undefined ? http.allowedHosts : [...http.allowedHosts, new URL(fleet.address).hostname];
