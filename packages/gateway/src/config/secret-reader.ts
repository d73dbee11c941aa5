/** Reads the secrets of a configuration from where they are, and notes those that others can read. */
import { join } from "node:path";
import { UsageError } from "@meterport/protocol/errors";
import { Secret } from "@meterport/protocol/mep/security/key";
import { unseal } from "../settings/sealing.ts";
import type { SecretPlace } from "../settings/secret-value.ts";
import type { Environment } from "./environment.ts";

export interface SecretDeps {
  readonly env: Environment;
  /** The data folder, in which the key of sealed secrets is. */
  readonly data: string;
  readonly readFile: (path: string) => string | undefined;
  readonly modeOf?: ((path: string) => number | undefined) | undefined;
}

/** The key that opens sealed secrets: a file in the data folder, or a credential of this name. */
export const sealingKeyFile = "secrets.key";
const sealingCredential = "meterport-secrets";

const othersMayRead = 0o004;
/** The names of more files tell nothing more. */
const mostNamed = 5;

/** @throws UsageError for what is no such key */
const parseSealingKey = (text: string, where: string): Secret => {
  const digits = text.trim();
  if (!/^[0-9a-f]{64}$/i.test(digits))
    throw new UsageError("seal", `${where} does not hold 64 hex digits, which open sealed secrets`);
  return new Secret(Uint8Array.from(Buffer.from(digits, "hex")));
};

/** Where systemd puts the credential of this name. @throws UsageError if there are none */
const credentialPath = (name: string, env: Environment): string => {
  const folder = env.CREDENTIALS_DIRECTORY ?? "";
  if (folder === "")
    throw new UsageError(
      "config",
      `credential ${name}: systemd gives this process no credentials; add LoadCredential=${name}:FILE to the unit`,
    );
  return join(folder, name);
};

/** The key that opens sealed secrets; undefined if there is none. @throws UsageError if it is not one */
export const sealingKey = ({ env, data, readFile }: SecretDeps): Secret | undefined => {
  const folder = env.CREDENTIALS_DIRECTORY ?? "";
  const credential = folder === "" ? undefined : readFile(join(folder, sealingCredential));
  if (credential !== undefined) return parseSealingKey(credential, `credential ${sealingCredential}`);
  const path = join(data, sealingKeyFile);
  const text = readFile(path);
  return text === undefined ? undefined : parseSealingKey(text, path);
};

export class SecretReader {
  readonly #deps: SecretDeps;
  readonly #files = new Map<string, string | undefined>();
  readonly #open: string[] = [];
  #sealing: Secret | undefined;

  constructor(deps: SecretDeps) {
    this.#deps = deps;
  }

  /**
   * The secret itself, which no sentence contains.
   *
   * @param what the kind of its file in sentences: "key file"
   * @param fromFile resolves the name of a file
   * @throws UsageError with a sentence that lacks the place
   */
  read(place: SecretPlace, what: string, fromFile: (name: string) => string): string {
    if (place.kind === "text") return place.text();
    if (place.kind === "sealed") return unseal(place.text(), this.#sealingKey());
    if (place.kind === "credential") {
      // It would be sent to a consumer, and anyone who has it can open all others.
      if (place.name === sealingCredential)
        throw new UsageError(
          "config",
          `credential ${sealingCredential} opens sealed secrets, and is none of its own: name another one`,
        );
      const text = this.#file(credentialPath(place.name, this.#deps.env));
      if (text === undefined)
        throw new UsageError(
          "config",
          `credential ${place.name} is not among those of this process; add LoadCredential=${place.name}:FILE to the unit`,
        );
      return text.trim();
    }
    const path = fromFile(place.file);
    const text = this.#file(path, true);
    if (text === undefined) throw new UsageError("config", `${what} ${path} does not exist`);
    return text.trim();
  }

  /** Notes a file with a secret in it. */
  noteFile(path: string): void {
    const mode = this.#deps.modeOf?.(path);
    if (mode !== undefined && (mode & othersMayRead) !== 0) this.#open.push(path);
  }

  /** A sentence per file that others can read. */
  get warnings(): readonly string[] {
    const more = this.#open.length - mostNamed;
    return [
      ...this.#open
        .slice(0, mostNamed)
        .map((path) => `${path} holds a secret and can be read by every user of this machine: chmod 600 ${path}`),
      ...(more > 0 ? [`and ${more} more files with secrets can be read by every user of this machine`] : []),
    ];
  }

  #sealingKey(): Secret {
    if (this.#sealing !== undefined) return this.#sealing;
    this.#sealing = sealingKey(this.#deps);
    if (this.#sealing === undefined)
      throw new UsageError(
        "seal",
        `is sealed, and the key that opens it is missing: ${join(this.#deps.data, sealingKeyFile)}, or the credential ${sealingCredential}`,
      );
    this.noteFile(join(this.#deps.data, sealingKeyFile));
    return this.#sealing;
  }

  /** Many meters may share a file. */
  #file(path: string, isOurs = false): string | undefined {
    if (this.#files.has(path)) return this.#files.get(path);
    const text = this.#deps.readFile(path);
    this.#files.set(path, text);
    if (isOurs && text !== undefined) this.noteFile(path);
    return text;
  }
}
