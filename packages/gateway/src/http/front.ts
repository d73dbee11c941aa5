/** The daemon's listeners, and the rule that nobody is served by accident. */
import { join } from "node:path";
import type { Log } from "@meterport/engine/ports/log";
import { UsageError } from "@meterport/protocol/errors";
import type { Clock, Entropy } from "@meterport/protocol/ports";
import { type Access, createAccess } from "../access/access.ts";
import type { Config } from "../config/config.ts";
import { isLoopback } from "./host-check.ts";
import { type Listening, type ListenOptions, listen } from "./server.ts";

export interface DoorOptions {
  /** The address to listen on. */
  readonly host: string;
  /** Its further names, under which a proxy may show it to others. */
  readonly allowedHosts: readonly string[];
  /** The data folder. */
  readonly folder: string;
  /** Whether the first user may be made with a code. */
  readonly pairing: boolean;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log: Log;
  /** What only the console shows, and no route of the API, whatever the level of the log is. */
  readonly console: Pick<Log, "info">;
}

/**
 * Who may use the gateway. Opens pairing if it is wanted and there is no user yet.
 *
 * @throws UsageError if the address can be reached from elsewhere and nobody has a right
 */
export const openDoor = ({
  host,
  allowedHosts,
  folder,
  pairing,
  clock,
  entropy,
  log,
  console,
}: DoorOptions): Access => {
  const access = createAccess({ folder, clock, entropy, log });
  const code = pairing ? access.openPairing() : undefined;
  // The one secret that belongs on the console; it is worth nothing after ten minutes, five attempts or its first use. Anyone
  // who could read it elsewhere would become an admin.
  if (code !== undefined)
    console.info(`access: pairing code ${code}: enter it on the page within 10 minutes to make the first user`);
  if (isLoopback(host) && access.asksWho() && !access.hasUsers() && code === undefined)
    log.warn(
      `access: the last user was removed, so nobody can sign in: make one with meterport user add NAME, or start with --pair; without ${join(folder, "access.json")}, and its tokens, this gateway is open to everybody on this machine again`,
    );
  const [name] = allowedHosts;
  if (isLoopback(host) && name !== undefined && !access.asksWho())
    log.warn(
      `access: there is no user, so everybody who reaches this gateway by the name ${name} may do everything, unless the proxy asks who they are; meterport user add NAME makes a user`,
    );
  if (isLoopback(host) || access.isConfigured() || code !== undefined) return access;
  throw new UsageError(
    "access",
    `http.host ${host} can be reached from other machines, but nobody has a right to use this gateway yet: make a user with meterport user add NAME, or a token for a program with meterport token add NAME, in the data folder ${folder}; or start with --pair to make the first user on the page`,
  );
};

/** Why the next start would refuse to listen on an address; undefined if it would not. */
export const unreachable = (
  host: string,
  access: Pick<Access, "isConfigured">,
): { readonly path: string; readonly message: string } | undefined =>
  isLoopback(host) || access.isConfigured()
    ? undefined
    : {
        path: "http.host",
        message: `http.host ${host} can be reached from other machines, but nobody has a right to use this gateway yet: make a user first`,
      };

export interface FrontOptions extends Pick<ListenOptions, "fetch" | "log"> {
  readonly http: Config["http"];
}

/** Listens for browsers and programs, and for the ingress if one is configured. @throws UsageError as `listen` does */
export const openFront = async ({ http, fetch, log }: FrontOptions): Promise<Listening> => {
  const { host, port, portAsked, tls, ingress } = http;
  const main = await listen({ host, port, portAsked, tls, fetch, log });
  if (tls === undefined && !isLoopback(host))
    log.warn(
      `http.host ${host} is reached without encryption: passwords and tokens cross the network in the clear; set http.tls, or use a proxy with TLS`,
    );
  if (ingress === undefined) return main;
  const { allowed, scope, userHeader } = ingress;
  try {
    const client = { from: allowed, scope, userHeader };
    const second = await listen({
      host: ingress.host,
      port: ingress.port,
      portAsked: true,
      fetch,
      log,
      ingress: client,
    });
    log.info(`http: ${second.url} is for the ingress at ${allowed}, whose users have the right ${scope}`);
    return {
      ...main,
      connections: () => main.connections() + second.connections(),
      close: async () => void (await Promise.all([main.close(), second.close()])),
    };
  } catch (error) {
    await main.close();
    throw error;
  }
};
