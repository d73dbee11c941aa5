/** What `meterport config` does: checks, explains, seals, imports and migrates. */
import { resolve } from "node:path";
import { UsageError } from "@meterport/protocol/errors";
import { parseKey } from "@meterport/protocol/mep/security/key";
import type { Entropy, Millis } from "@meterport/protocol/ports";
import { storeComplaint } from "../settings/secret-value.ts";
import { loadConfig, oldKeysIn } from "./config.ts";
import { parseConfigFile } from "./config-file.ts";
import { configSample } from "./config-sample.ts";
import { type ConfigSources, configPath, configText } from "./config-sources.ts";
import { type CsvFile, type ImportReport, planImport } from "./import/import-meters.ts";
import { configJsonSchema } from "./json-schema.ts";
import { removeKeys } from "./remove-keys.ts";
import { sealSecret } from "./seal-secret.ts";

/** Which configuration: the options of the same names. */
export interface AskedConfig {
  readonly config?: string | undefined;
  readonly data?: string | undefined;
}

export interface CheckReport {
  readonly meters: number;
  /** Whether there is a file. */
  readonly path: string | undefined;
  readonly warnings: readonly string[];
}

/** The text of a file before and after a change. */
export interface FileChange {
  readonly path: string;
  /** Empty if there was no file. */
  readonly before: string;
  readonly after: string;
}

export interface MigrationReport extends FileChange {
  /** Old keys that the new file lacks, by their path in the table of keys. */
  readonly removed: readonly { readonly key: string; readonly count: number; readonly because: string }[];
}

export interface ConfigTools {
  /** Reads the configuration as the daemon would. @throws UsageError with a line per problem */
  readonly check: (asked: AskedConfig) => CheckReport;
  readonly sample: () => string;
  readonly schema: () => Readonly<Record<string, unknown>>;
  /** Seals a secret, and makes the key for that if there is none. @throws UsageError, which never quotes the secret */
  readonly seal: (asked: AskedConfig, secret: string) => { readonly sealed: string; readonly made: string | undefined };
  /** What an import would change. @throws UsageError with a line per problem */
  readonly planImport: (asked: AskedConfig, csv: CsvFile) => ImportReport;
  /** What a migration would change. @throws UsageError with a line per problem */
  readonly planMigration: (asked: AskedConfig) => MigrationReport;
  /** Writes what was planned; gives the name of the old file's copy. @throws UsageError */
  readonly write: (report: FileChange) => string | undefined;
}

/** What the tools get of the world. */
export interface ConfigWorld extends Omit<ConfigSources, "file" | "data"> {
  readonly entropy: Entropy;
  readonly wall: () => Millis;
  /** @throws UsageError if it exists or cannot be written */
  readonly createFile: (path: string, text: string) => void;
  /** @throws UsageError if it cannot be written */
  readonly replaceFile: (path: string, text: string) => void;
}

const checkSecret = (secret: string): void => {
  if (secret === "") throw new UsageError("seal", "there is nothing to seal: give the key on standard input");
  const complaint = storeComplaint(secret);
  if (/^postgres(ql)?:/.test(secret)) {
    if (complaint !== undefined) throw new UsageError("seal", `the address of the database ${complaint}`);
  } else parseKey(secret);
};

export const configTools = (world: ConfigWorld): ConfigTools => {
  const sourcesOf = ({ config, data }: AskedConfig): ConfigSources => ({ ...world, file: config, data });

  /** The data folder, also of a file that is not right yet. */
  const dataOf = (asked: AskedConfig): string => {
    const given = asked.data ?? (world.env.METERPORT_DATA || undefined);
    if (given !== undefined) return resolve(given);
    const sources = sourcesOf(asked);
    const { path } = configPath(sources);
    const file = parseConfigFile(path, configText(sources) ?? "").value as { readonly data?: unknown };
    return typeof file.data === "string" ? resolve(path, "..", file.data) : resolve(world.defaultData);
  };

  return {
    check: (asked) => {
      const sources = sourcesOf(asked);
      const { meters, warnings } = loadConfig(sources);
      const { path } = configPath(sources);
      return { meters: meters.length, path: world.readFile(path) === undefined ? undefined : path, warnings };
    },
    sample: configSample,
    schema: configJsonSchema,
    seal: (asked, secret) => {
      checkSecret(secret);
      return sealSecret(secret, { ...world, data: dataOf(asked) });
    },
    planImport: (asked, csv) => planImport(sourcesOf(asked), csv),
    planMigration: (asked) => {
      const sources = sourcesOf(asked);
      const { path } = configPath(sources);
      const before = configText(sources) ?? "";
      const { value, found, removed } = oldKeysIn(sources, parseConfigFile(path, before));
      return {
        path,
        before,
        after: removeKeys(path, before, removed, value),
        removed: found.map(({ path: key, count, because }) => ({ key, count, because })),
      };
    },
    write: ({ path, before, after }) => {
      if (before === after) return undefined;
      if ((world.readFile(path) ?? "") !== before)
        throw new UsageError(
          "config",
          `${path} was changed by another program meanwhile, and nothing is written: try again`,
        );
      const copy = `${path}.before-${new Date(world.wall()).toISOString().replaceAll(":", "-")}`;
      if (before !== "") world.createFile(copy, before);
      world.replaceFile(path, after);
      return before === "" ? undefined : copy;
    },
  };
};
