/** Reads the configuration of this machine. */

import { existsSync, readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { UsageError } from "@meterport/protocol/errors";
import { systemClock, systemEntropy } from "@meterport/transports/clock";
import { parseMeterLink } from "@meterport/transports/link-url";
import { portLinkOf } from "@meterport/transports/port-link";
import { type Config, loadConfig } from "./config/config.ts";
import { type ConfigSources, configPath } from "./config/config-sources.ts";
import { type ConfigTools, configTools } from "./config/config-tools.ts";
import { ConfigEditor, type ConfigEditorOptions, type EditorWorld } from "./config/edit/config-editor.ts";
import type { Environment } from "./config/environment.ts";
import { canWriteFile, createTextFile, replaceTextFile, systemFiles } from "./config/system-files.ts";

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

const sourcesOf = ({ config, data, env }: ReadConfigOptions): ConfigSources => ({
  file: config,
  data,
  env,
  ...systemFiles(env),
  checkLink: parseMeterLink,
  portLinkOf,
});

/**
 * The settings of flags, environment and file, in this order of precedence.
 *
 * @throws UsageError with a sentence per problem
 */
export const readConfig = (options: ReadConfigOptions): Config => {
  if (options.config === "") throw new UsageError("arguments", "--config is empty: give a file");
  if (options.data === "") throw new UsageError("arguments", "--data is empty: give a folder");
  return loadConfig(sourcesOf(options));
};

const editorWorld: EditorWorld = {
  entropy: systemEntropy,
  wall: systemClock.wall,
  createFile: createTextFile,
  replaceFile: replaceTextFile,
  siblings: (path) => {
    const folder = dirname(path);
    if (!existsSync(folder)) return [];
    const names = readdirSync(folder).filter((name) => name.startsWith(basename(path)));
    return names.map((name) => join(folder, name));
  },
  removeFile: (path) => rmSync(path, { force: true }),
  canWrite: canWriteFile,
};

/** Changes the file that `readConfig` reads with the same options. */
export const configEditor = (
  options: ReadConfigOptions,
  more: Omit<ConfigEditorOptions, "sources" | "world">,
): ConfigEditor => new ConfigEditor({ ...more, sources: sourcesOf(options), world: editorWorld });

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
