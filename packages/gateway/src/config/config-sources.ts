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
  /** What `--config` names. */
  readonly file?: string | undefined;
  /** What `--data` names: it goes before the environment and the file. */
  readonly data?: string | undefined;
  readonly env: Environment;
  /** Data folder when nobody names one. */
  readonly defaultData: string;
  /** Text of a file; `undefined` where there is none. */
  readonly readFile: (path: string) => string | undefined;
  /** Tells a link to an optical port from one to a MEP port. */
  readonly portLinkOf: (link: string) => PortLink;
  /** @throws UsageError for what is no link that can be opened */
  readonly checkLink: (link: string) => unknown;
}

/** What file and environment say. */
export interface Given {
  /** Where a value stands in the file, for messages. */
  readonly place: ConfigFile["place"];
  /** Of the file. */
  readonly base: z.output<typeof configSchema>;
  /** Of the environment, which goes first. */
  readonly over: z.output<typeof overlaySchema>;
  /** A path that the file names, which counts from the file's folder. */
  readonly fromFile: (name: string) => string;
  readonly warnings: readonly string[];
}

/**
 * @param seen is given what the file says before it is checked
 * @throws UsageError with a line for each thing that is wrong
 */
export const readSources = (sources: ConfigSources, seen: (value: unknown) => void): Given => {
  const { env, defaultData, readFile } = sources;
  const named = sources.file ?? (env.METERPORT_CONFIG || undefined);
  const path = resolve(named ?? join(sources.data ?? (env.METERPORT_DATA || defaultData), "meterport.yaml"));
  const text = readFile(path);
  if (text === undefined && named !== undefined) {
    throw new UsageError("config", `${path}: there is no such file; check --config or METERPORT_CONFIG`);
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
