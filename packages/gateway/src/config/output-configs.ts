/** The outputs of a configuration, each with its keys as they are used: secrets and files are found. */
import { UsageError } from "@meterport/protocol/errors";
import { Secret } from "@meterport/protocol/mep/security/key";
import { type OutputName, outputNames } from "../outputs/list.ts";
import type { NamedFile } from "../settings/file-path.ts";
import type { SecretPlace } from "../settings/secret-value.ts";
import { wrong } from "./complaints.ts";
import type { Given } from "./config-sources.ts";
import type { SecretReader } from "./secret-reader.ts";

export interface OutputConfig {
  readonly name: OutputName;
  readonly enabled: boolean;
  /** Ids of the only meters that it sees; undefined for all. */
  readonly points?: readonly string[] | undefined;
  /** Its keys as in the file. */
  readonly settings: Readonly<Record<string, unknown>>;
}

interface Context {
  readonly given: Given;
  readonly secrets: SecretReader;
  /** Ids of the configured meters; empty while the simulated household takes their place. */
  readonly meters: readonly string[];
}

type Leaf = SecretPlace | NamedFile;

const isLeaf = (value: unknown): value is Leaf =>
  typeof value === "object" && value !== null && "kind" in value && typeof value.kind === "string";

/** Whether the file itself holds a secret of an output. */
export const holdsOutputSecret = ({ base }: Given): boolean =>
  Object.values(base.outputs ?? {}).some((output) =>
    Object.values(output ?? {}).some((value: unknown) => isLeaf(value) && value.kind === "text"),
  );

const readLeaf = (leaf: Leaf, { given, secrets }: Context): unknown => {
  if (leaf.kind === "path") return given.fromFile(leaf.path);
  const secret = secrets.read(leaf, "file", given.fromFile);
  if (secret === "") throw new UsageError("config", "is empty where it is kept: write the secret there");
  return new Secret(new TextEncoder().encode(secret));
};

/** @throws UsageError with a line per problem */
export const outputConfigs = (context: Context): readonly OutputConfig[] => {
  const { given, meters } = context;
  const { base, place, named } = given;
  const sentences: string[] = [];
  const outputs = outputNames.flatMap((name): OutputConfig[] => {
    const input: Readonly<Record<string, unknown>> | undefined = base.outputs?.[name];
    if (input === undefined) return [];
    const { enabled = true, points, ...own } = input;
    const settings = Object.entries(own).map(([key, value]) => {
      if (!isLeaf(value)) return [key, value];
      try {
        return [key, readLeaf(value, context)];
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        const path = ["outputs", name, key];
        sentences.push(`${place(path)}: ${named(path)}: ${error.message}`);
        return [key, undefined];
      }
    });
    const only = points as readonly string[] | undefined;
    for (const [n, id] of (only ?? []).entries()) {
      if (meters.length === 0 || meters.includes(id)) continue;
      const path = ["outputs", name, "points", n];
      sentences.push(`${place(path)}: ${named(path)}: unknown meter "${id}"; known: ${meters.slice(0, 10).join(", ")}`);
    }
    return [{ name, enabled: enabled === true, points: only, settings: Object.fromEntries(settings) }];
  });
  if (sentences.length > 0) throw wrong(sentences);
  return outputs;
};
