/** Reads the file and the environment, each checked by its schema. */
import { dirname, isAbsolute, join, resolve } from "node:path";
import { UsageError } from "@meterport/protocol/errors";
import type { PortLink } from "@meterport/transports/port-link";
import type { z } from "zod";
import { complaints, type PathName, pathText, wrong } from "./complaints.ts";
import type { ConfigFile, Place } from "./config-file.ts";
import { type ConfigInput, configSchema, overlaySchema } from "./config-schema.ts";
import { type Environment, overlay } from "./environment.ts";
import { type Migrated, migrated, oldKeyTexts } from "./old-keys.ts";

export interface ConfigSources {
  /** The file of `--config`. */
  readonly file?: string | undefined;
  /** The folder of `--data`: it overrides the environment and the file. */
  readonly data?: string | undefined;
  readonly env: Environment;
  /** The default data folder. */
  readonly defaultData: string;
  /** The machine's time zone; UTC if omitted. */
  readonly zone?: string | undefined;
  /** Text of a file; `undefined` if there is none. */
  readonly readFile: (path: string) => string | undefined;
  /** A file's permission bits; `undefined` where they mean nothing. */
  readonly modeOf?: ((path: string) => number | undefined) | undefined;
  /** Distinguishes a link to an optical port from one to a MEP port. */
  readonly portLinkOf: (link: string) => PortLink;
  /** The parts of a link, among them `baudRate` if it has one. @throws UsageError for a link that cannot be opened */
  readonly checkLink: (link: string) => unknown;
}

/** The settings of file and environment. */
export interface Given {
  /** The position of a value in the file, for messages. */
  readonly place: Place;
  /** What a value of the file is called in messages. */
  readonly named: PathName;
  /** Settings of the file. */
  readonly base: ConfigInput;
  /** Settings of the environment, which override the file. */
  readonly over: z.output<typeof overlaySchema>;
  /** A path in the file, relative to the file's folder. */
  readonly fromFile: (name: string) => string;
  readonly warnings: readonly string[];
}

/** The file of these sources, and whether somebody named it. */
export const configPath = ({
  file,
  data,
  env,
  defaultData,
}: Pick<ConfigSources, "file" | "data" | "env" | "defaultData">) => {
  const named = file ?? (env.METERPORT_CONFIG || undefined);
  return {
    path: resolve(named ?? join(data ?? (env.METERPORT_DATA || defaultData), "meterport.yaml")),
    isNamed: named !== undefined,
  };
};

/** The text of the file; undefined if there is none and none was named. @throws UsageError */
export const configText = (sources: ConfigSources): string | undefined => {
  const { path, isNamed } = configPath(sources);
  const text = sources.readFile(path);
  if (text === undefined && isNamed)
    throw new UsageError("config", `${path}: no such file; check --config or METERPORT_CONFIG`);
  return text;
};

/** The data folder. */
export const dataFolder = (sources: ConfigSources, { base, over, fromFile }: Given): string =>
  resolve(sources.data ?? over.data ?? (base.data === undefined ? sources.defaultData : fromFile(base.data)));

/** The file as it was read, perhaps changed since. */
export interface ReadFile extends ConfigFile {
  readonly named?: PathName | undefined;
}

/** A file, and what of it is of an older Meterport. */
export interface FileInput {
  readonly input: ConfigInput;
  readonly old: Migrated;
}

/** The settings of a file of any age. @throws UsageError with a line per problem, which may quote values */
export const inputOf = ({ value, place, named = pathText }: ReadFile): FileInput => {
  const old = migrated(value);
  const base = configSchema.safeParse(old.value, { reportInput: false });
  if (!base.success) throw wrong(complaints(base.error.issues, place, named));
  return { input: base.data, old };
};

/** @throws UsageError with a line per problem */
export const givenBy = (sources: ConfigSources, file: ReadFile): Given => {
  const { env } = sources;
  const { place, named = pathText } = file;
  const { input: base, old } = inputOf(file);
  const fromEnv = overlay(env, base.meters?.length ?? 0);
  const over = overlaySchema.safeParse(fromEnv.value, { reportInput: false });
  if (!over.success) {
    // The path of a value leads back to the variable that holds it.
    const origin: Place = (at) => fromEnv.origin.get(pathText(at)) ?? "environment";
    throw wrong(complaints(over.error.issues, origin));
  }
  const folder = dirname(configPath(sources).path);
  const fromFile = (name: string): string => (isAbsolute(name) ? name : join(folder, name));
  const warnings = [...oldKeyTexts(old, place, named), ...fromEnv.warnings];
  return { place, named, base, over: over.data, fromFile, warnings };
};
