/** A configuration in a folder, which the API may change. A reload starts and stops nothing. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Millis } from "@meterport/protocol/ports";
import { parseMeterLink } from "@meterport/transports/link-url";
import { portLinkOf } from "@meterport/transports/port-link";
import { type Config, loadConfig } from "../config/config.ts";
import type { ConfigSources } from "../config/config-sources.ts";
import { ConfigEditor, type ConfigEditorOptions } from "../config/edit/config-editor.ts";
import type { Environment } from "../config/environment.ts";
import { planReload } from "../config/reload-plan.ts";
import type { ReloadOutcome } from "../config/reloader.ts";
import { createTextFile, readTextFile, replaceTextFile } from "../config/system-files.ts";
import type { ConfigurationAccess } from "../http/configuration/configuration.ts";

export interface TestConfigurationOptions extends Pick<ConfigEditorOptions, "objection" | "frozen"> {
  /** The folder of the file, and of the data. */
  readonly folder: string;
  /** Undefined: there is no file. */
  readonly text?: string | undefined;
  readonly env?: Environment | undefined;
  readonly wall?: (() => Millis) | undefined;
  readonly canWrite?: ((path: string) => boolean) | undefined;
}

export const testConfiguration = ({
  folder,
  text,
  env = {},
  wall = () => Date.UTC(2026, 0, 1, 12),
  canWrite = () => true,
  ...more
}: TestConfigurationOptions) => {
  const path = join(folder, "meterport.yaml");
  if (text !== undefined) writeFileSync(path, text, { mode: 0o600 });
  const sources: ConfigSources = {
    ...{ data: folder, env, defaultData: folder, zone: "UTC", readFile: readTextFile },
    ...{ portLinkOf, checkLink: parseMeterLink },
  };
  let config: Config = loadConfig(sources);
  const plan = (): ReloadOutcome => ({ ok: true, plan: planReload(config, loadConfig(sources)) });
  const reload = async (): Promise<ReloadOutcome> => {
    const outcome = plan();
    if (outcome.ok) config = outcome.plan.config;
    return outcome;
  };
  const editor = new ConfigEditor({
    ...{ ...more, sources, current: () => config, reload },
    world: {
      ...{ entropy: (length) => crypto.getRandomValues(new Uint8Array(length)), wall },
      ...{ createFile: createTextFile, replaceFile: replaceTextFile },
      siblings: (start) =>
        readdirSync(folder)
          .map((name) => join(folder, name))
          .filter((name) => name.startsWith(start)),
      removeFile: (name) => rmSync(name),
      canWrite,
    },
  });
  const access: ConfigurationAccess = {
    ...{ file: () => (existsSync(path) ? path : null), current: () => config, plan, reload, editor },
  };
  return {
    path,
    access,
    /** The text of the file. */
    text: () => readFileSync(path, "utf8"),
    copies: () => readdirSync(folder).filter((name) => name.includes(".changed-")),
    current: () => config,
  };
};
