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

/** @throws GatewayError if it does not answer, UsageError if it refuses */
export const askPage = async <T>(
  io: Io,
  address: string,
  path: string,
  method: "GET" | "POST" = "GET",
): Promise<DaemonAnswer<T>> => {
  const { status, body, next } = await io.fetchJson(`${address}${path}`, io.env.METERPORT_TOKEN, method);
  if (status === 200) return { body: body as T, next };
  if (status === 401 || status === 403)
    throw new UsageError(
      "no-access",
      `${address} wants a token: make one with meterport token add, and set METERPORT_TOKEN to it`,
    );
  const said = typeof body === "object" && body !== null && "message" in body ? String(body.message) : undefined;
  if ((status === 400 || status === 404) && said !== undefined) throw new UsageError("refused", said);
  throw new GatewayError(`${address}${path}`, `the answer has status ${status}`);
};

/** The body of an answer to POST. @throws GatewayError if it does not answer, UsageError if it refuses */
export const tellDaemon = async <T>(io: Io, address: string, path: string): Promise<T> =>
  (await askPage<T>(io, address, path, "POST")).body;

/** The body alone. @throws GatewayError if it does not answer, UsageError if it refuses */
export const askDaemon = async <T>(io: Io, address: string, path: string): Promise<T> =>
  (await askPage<T>(io, address, path)).body;
