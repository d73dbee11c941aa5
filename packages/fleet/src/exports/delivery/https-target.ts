/** Files to a web address: one POST for each, with a key by which the receiver knows one that comes again. */
import { openAsBlob, readFileSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
import { UsageError } from "@meterport/protocol/errors";
import { plainText } from "@meterport/protocol/plain-text";
import { DeliveryError, FileRefused, type Parcel, type ParcelFile, type Target } from "./target.ts";

export interface HttpsSettings {
  /** https; http only to this machine. */
  readonly url: string;
  /** File with the token that is sent as `Authorization: Bearer`. Read at each attempt, so that a new one needs no restart. */
  readonly tokenFile?: string | undefined;
  /** Seconds that one file may take; 300 if omitted. */
  readonly timeoutSeconds?: number | undefined;
}

const defaultTimeout = 300;

const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "[::1]" || (isIP(host) === 4 && host.startsWith("127."));

const addressOf = (text: string): URL => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname));
  if (url === undefined || !isSafe || url.username !== "" || url.password !== "")
    throw new UsageError(
      "url",
      "the address of an HTTPS target begins with https:// and has no password: give the token in a file",
    );
  return url;
};

const tokenIn = (path: string): string => {
  let token: string;
  try {
    token = readFileSync(path, "utf8").trim();
  } catch {
    throw new DeliveryError(`the token file ${path} cannot be read`);
  }
  if (!/^[\x21-\x7e]{1,4096}$/.test(token))
    throw new DeliveryError(`the token file ${path} does not hold one line with a token`);
  return token;
};

const headersOf = ({ name, mediaType, sha256 }: ParcelFile, tokenFile: string | undefined): Record<string, string> => ({
  "content-type": mediaType,
  "content-disposition": `attachment; filename="${name}"`,
  "content-digest": `sha-256=:${Buffer.from(sha256, "hex").toString("base64")}:`,
  // The name is part of the key: two days without consumption may have the same bytes.
  "idempotency-key": `"${name}-${sha256.slice(0, 32)}"`,
  ...(tokenFile === undefined ? {} : { authorization: `Bearer ${tokenIn(tokenFile)}` }),
});

/** Answers about the file; all others may be about the address, the token or the time. */
const refusals: ReadonlySet<number> = new Set([400, 409, 413, 415, 422]);
const longestReason = 300;

/** The beginning of what a target says of a file. It comes from outside, and is shown to people. */
const reasonIn = async (response: Response): Promise<string> => {
  let text = "";
  try {
    const decoder = new TextDecoder();
    for await (const part of response.body ?? []) {
      text += decoder.decode(part as Uint8Array, { stream: true });
      // Leaving the loop ends the answer.
      if (text.length >= longestReason) break;
    }
  } catch {
    // Its status says enough.
  }
  return plainText(text.replace(/\s+/g, " ").trim()).slice(0, longestReason);
};

const refusalOf = async (name: string, file: string, response: Response, token: string | undefined) => {
  const said = await reasonIn(response);
  const reason = said === "" || (token !== undefined && said.includes(token)) ? "" : `: ${said}`;
  return new FileRefused(`${name} answered ${response.status} to ${file}${reason}`);
};

const causeOf = (error: unknown): string => {
  const cause = (error as Error).cause as NodeJS.ErrnoException | undefined;
  return cause?.code ?? cause?.message ?? (error as Error).message;
};

/**
 * A target that takes files by POST and answers each with 2xx.
 *
 * @throws UsageError (`url`) for an address that would show the token to others
 */
export const httpsTarget = ({ url, tokenFile, timeoutSeconds = defaultTimeout }: HttpsSettings): Target => {
  const address = addressOf(url);
  const name = `${address.origin}${address.pathname}`;
  const post = async (parcel: Parcel, file: ParcelFile, signal: AbortSignal): Promise<void> => {
    const headers = headersOf(file, tokenFile);
    const limited = AbortSignal.any([signal, AbortSignal.timeout(timeoutSeconds * 1000)]);
    let response: Response;
    try {
      const body = await openAsBlob(join(parcel.folder, file.name));
      // A redirect would carry the token elsewhere.
      response = await fetch(address, { method: "POST", headers, body, redirect: "manual", signal: limited });
    } catch (error) {
      signal.throwIfAborted();
      throw new DeliveryError(
        `${name} does not answer (${limited.aborted ? `within ${timeoutSeconds} s` : causeOf(error)})`,
      );
    }
    if (refusals.has(response.status))
      throw await refusalOf(name, file.name, response, headers.authorization?.slice("Bearer ".length));
    await response.body?.cancel();
    if (!response.ok)
      throw new DeliveryError(`${name} answered ${response.status} to ${file.name}: look at what it says of this file`);
  };
  return {
    name,
    deliver: async (parcel, _attempt, signal) => {
      for (const file of parcel.files) await post(parcel, file, signal);
    },
  };
};
