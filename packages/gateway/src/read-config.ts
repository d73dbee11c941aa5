/** Reads the configuration of this machine. */

import { existsSync } from "node:fs";
import { UsageError } from "@meterport/protocol/errors";
import { systemClock, systemEntropy } from "@meterport/transports/clock";
import { parseMeterLink } from "@meterport/transports/link-url";
import { portLinkOf } from "@meterport/transports/port-link";
import { type Config, loadConfig } from "./config/config.ts";
import { configPath } from "./config/config-sources.ts";
import { type ConfigTools, configTools } from "./config/config-tools.ts";
import type { Environment } from "./config/environment.ts";
import { createTextFile, replaceTextFile, systemFiles } from "./config/system-files.ts";

export interface ReadConfigOptions {
  /** The file of `--config`; undefined if omitted. */
  readonly config?: string | undefined;
  /** The folder of `--data`; undefined if omitted. */
  readonly data?: string | undefined;
  readonly env: Environment;
}

/** The configuration file that is there; null if there is none. */
export const configFile = ({ config, data, env }: ReadConfigOptions): string | null => {
  const { path } = configPath({ file: config, data, env, ...systemFiles(env) });
  return existsSync(path) ? path : null;
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
    ...systemFiles(env),
    checkLink: parseMeterLink,
    portLinkOf,
  });
};

/** What works on the configuration of this machine. */
export const systemConfigTools = (env: Environment): ConfigTools =>
  configTools({
    env,
    ...systemFiles(env),
    checkLink: parseMeterLink,
    portLinkOf,
    entropy: systemEntropy,
    wall: systemClock.wall,
    createFile: createTextFile,
    replaceFile: replaceTextFile,
  });
