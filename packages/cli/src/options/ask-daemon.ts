/** The options of commands that ask the daemon of this machine, or one at an address, and the way to it. */
import { UsageError } from "@meterport/protocol/errors";
import type { Command } from "commander";
import { GatewayError } from "../failure/gateway-error.ts";
import type { Io } from "../io/io.ts";
import { addDataOptions, type DataOptions } from "./data-options.ts";

export interface DaemonOptions extends DataOptions {
  /** The address of its page. */
  readonly url?: string | undefined;
}

export const addDaemonOptions = (command: Command): Command =>
  addDataOptions(command).option(
    "--url <url>",
    "the address of the page; by default that of the daemon which uses the data folder",
  );

/** Where the daemon's page is. @throws UsageError if no daemon uses the data folder */
export const daemonAddress = async ({ url, config, data }: DaemonOptions, io: Io): Promise<string> => {
  if (url !== undefined) return url.replace(/\/+$/, "");
  const { daemonRecord, readConfig } = await io.administration();
  const folder = readConfig({ config, data, env: io.env }).data;
  const found = daemonRecord(folder);
  if (found === undefined)
    throw new UsageError(
      "no-daemon",
      `no daemon uses the data folder ${folder}: start one with meterport serve, or give --data or --url`,
    );
  return found.url;
};

export interface DaemonAnswer<T> {
  readonly body: T;
  /** Path of the next page. */
  readonly next: string | undefined;
}

/** What a refusal of the daemon means to the user. @throws always */
const refused = (address: string, path: string, status: number, body: unknown): never => {
  if (status === 401 || status === 403)
    throw new UsageError(
      "no-access",
      `${address} wants a token${status === 403 ? " with more rights" : ""}: make one with meterport token add, and set METERPORT_TOKEN to it`,
    );
  const said = typeof body === "object" && body !== null && "message" in body ? String(body.message) : undefined;
  if ((status === 400 || status === 404 || status === 409) && said !== undefined) throw new UsageError("refused", said);
  throw new GatewayError(`${address}${path}`, `the answer has status ${status}`);
};

/** @throws GatewayError if it does not answer, UsageError if it refuses */
export const askPage = async <T>(
  io: Io,
  address: string,
  path: string,
  method: "GET" | "POST" = "GET",
): Promise<DaemonAnswer<T>> => {
  const { status, body, next } = await io.fetchJson(`${address}${path}`, io.env.METERPORT_TOKEN, method);
  return status === 200 ? { body: body as T, next } : refused(address, path, status, body);
};

/** The body of an answer to POST. @throws GatewayError if it does not answer, UsageError if it refuses */
export const tellDaemon = async <T>(io: Io, address: string, path: string): Promise<T> =>
  (await askPage<T>(io, address, path, "POST")).body;

/** The body alone. @throws GatewayError if it does not answer, UsageError if it refuses */
export const askDaemon = async <T>(io: Io, address: string, path: string): Promise<T> =>
  (await askPage<T>(io, address, path)).body;

/** Puts a document there, and gives what comes back. @throws GatewayError if it does not answer, UsageError if it refuses */
export const putToDaemon = async <T>(io: Io, address: string, path: string, document: object): Promise<T> => {
  const { status, body } = await io.fetchJson(`${address}${path}`, io.env.METERPORT_TOKEN, "PUT", document);
  return status === 200 ? (body as T) : refused(address, path, status, body);
};

/** A file of the daemon. @throws GatewayError if it does not answer, UsageError if it refuses */
export const downloadFrom = async (io: Io, address: string, path: string): Promise<Uint8Array> => {
  const { status, body } = await io.fetchBytes(`${address}${path}`, io.env.METERPORT_TOKEN);
  return status === 200 && body instanceof Uint8Array ? body : refused(address, path, status, body);
};
