/** Reads the file and the environment, each checked by its schema. */
import { dirname, isAbsolute, join, resolve } from "node:path";
import { UsageError } from "@meterport/protocol/errors";
import type { PortLink } from "@meterport/transports/port-link";
import type { z } from "zod";
import { complaints, pathText, wrong } from "./complaints.ts";
import { type ConfigFile, parseConfigFile } from "./config-file.ts";
import { configSchema, overlaySchema } from "./config-schema.ts";
import { type Environment, overlay } from "./environment.ts";

export interface ConfigSources {
  /** The file of `--config`. */
  readonly file?: string | undefined;
  /** The folder of `--data`: it overrides the environment and the file. */
  readonly data?: string | undefined;
  readonly env: Environment;
  /** The default data folder. */
  readonly defaultData: string;
  /** Text of a file; `undefined` if there is none. */
  readonly readFile: (path: string) => string | undefined;
  /** Distinguishes a link to an optical port from one to a MEP port. */
  readonly portLinkOf: (link: string) => PortLink;
  /** @throws UsageError for a link that cannot be opened */
  readonly checkLink: (link: string) => unknown;
}

/** The settings of file and environment. */
export interface Given {
  /** The position of a value in the file, for messages. */
  readonly place: ConfigFile["place"];
  /** Settings of the file. */
  readonly base: z.output<typeof configSchema>;
  /** Settings of the environment, which override the file. */
  readonly over: z.output<typeof overlaySchema>;
  /** A path in the file, relative to the file's folder. */
  readonly fromFile: (name: string) => string;
  readonly warnings: readonly string[];
}

/**
 * @param seen is called with the file's settings before they are checked
 * @throws UsageError with a line per problem
 */
export const readSources = (sources: ConfigSources, seen: (value: unknown) => void): Given => {
  const { env, defaultData, readFile } = sources;
  const named = sources.file ?? (env.METERPORT_CONFIG || undefined);
  const path = resolve(named ?? join(sources.data ?? (env.METERPORT_DATA || defaultData), "meterport.yaml"));
  const text = readFile(path);
  if (text === undefined && named !== undefined) {
    throw new UsageError("config", `${path}: no such file; check --config or METERPORT_CONFIG`);
  }
  const { value, place } = parseConfigFile(path, text ?? "");
  seen(value);
  const base = configSchema.safeParse(value, { reportInput: false });
  if (!base.success) throw wrong(complaints(base.error.issues, place));
  const fromEnv = overlay(env, base.data.meters?.length ?? 0);
  const over = overlaySchema.safeParse(fromEnv.value, { reportInput: false });
  if (!over.success) {
    // The path of a value leads back to the variable that holds it.
    const origin: ConfigFile["place"] = (at) => fromEnv.origin.get(pathText(at)) ?? "environment";
    throw wrong(complaints(over.error.issues, origin));
  }
  const folder = dirname(path);
  const fromFile = (name: string): string => (isAbsolute(name) ? name : join(folder, name));
  return { place, base: base.data, over: over.data, fromFile, warnings: fromEnv.warnings };
};
