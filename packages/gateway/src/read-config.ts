/** Reads the configuration of this machine. */
import { readFileSync } from "node:fs";
import { UsageError } from "@meterport/protocol/errors";
import { parseMeterLink } from "@meterport/transports/link-url";
import { portLinkOf } from "@meterport/transports/port-link";
import { type Config, loadConfig } from "./config/config.ts";
import type { Environment } from "./config/environment.ts";
import { defaultData } from "./installation.ts";

export interface ReadConfigOptions {
  /** The file of `--config`; undefined if omitted. */
  readonly config?: string | undefined;
  /** The folder of `--data`; undefined if omitted. */
  readonly data?: string | undefined;
  readonly env: Environment;
}

const readFile = (path: string): string | undefined => {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new UsageError("config", `cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
};

/**
 * The settings of flags, environment and file, in this order of precedence.
 *
 * @throws UsageError with a sentence per problem
 */
export const readConfig = ({ config, data, env }: ReadConfigOptions): Config => {
  if (config === "") throw new UsageError("arguments", "--config is empty: give a file");
  if (data === "") throw new UsageError("arguments", "--data is empty: give a folder");
  return loadConfig({
    file: config,
    data,
    env,
    defaultData: defaultData(env),
    readFile,
    checkLink: parseMeterLink,
    portLinkOf,
  });
};
