/** Seals secrets for a configuration, with the key of the data folder, which is made when it is first needed. */
import { join } from "node:path";
import { UsageError } from "@meterport/protocol/errors";
import type { Entropy } from "@meterport/protocol/ports";
import { seal, sealingKeyLength } from "../settings/sealing.ts";
import { type SecretDeps, sealingKey, sealingKeyFile } from "./secret-reader.ts";

export interface SealDeps extends Pick<SecretDeps, "env" | "data" | "readFile"> {
  readonly entropy: Entropy;
  /** @throws UsageError if it exists or cannot be written */
  readonly createFile: (path: string, text: string) => void;
}

/** @throws UsageError, which never quotes the secret */
export const sealSecret = (
  secret: string,
  deps: SealDeps,
): { readonly sealed: string; readonly made: string | undefined } => {
  const known = sealingKey(deps);
  const path = join(deps.data, sealingKeyFile);
  if (known === undefined) deps.createFile(path, `${Buffer.from(deps.entropy(sealingKeyLength)).toString("hex")}\n`);
  const key = known ?? sealingKey(deps);
  if (key === undefined) throw new UsageError("seal", `cannot read ${path}, which was just written`);
  return { sealed: seal(secret, key, deps.entropy), made: known === undefined ? path : undefined };
};
