/** The socket for the fetch handler. */
import { createServer, type IncomingMessage, type Server, type ServerOptions } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { isIP, type Socket } from "node:net";
import { type SecureContextOptions, TLSSocket } from "node:tls";
import { createAdaptorServer } from "@hono/node-server";
import type { Log } from "@meterport/engine/ports/log";
import { UsageError } from "@meterport/protocol/errors";
import { type ConnectionLimits, limitConnections, usualLimits } from "./connections.ts";
import { type Peer, plainAddress, type TrustedIngress } from "./peer.ts";
import { readTls, type TlsFiles } from "./tls-files.ts";

/** The only client of a listener, which has checked who its users are. */
export interface IngressClient extends TrustedIngress {
  /** Its address; connections from any other are closed. */
  readonly from: string;
}

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** Whether this port was requested explicitly: then no other one is taken. */
  readonly portAsked: boolean;
  readonly fetch: (request: Request, peer: Peer) => Response | Promise<Response>;
  readonly log: Log;
  readonly tls?: TlsFiles | undefined;
  readonly ingress?: IngressClient | undefined;
  readonly limits?: Partial<ConnectionLimits> | undefined;
}

export interface Listening {
  /** "http://127.0.0.1:8765" */
  readonly url: string;
  /** The number of open connections. */
  readonly connections: () => number;
  /** Reads renewed files of the certificate; if they cannot be used, logs why and keeps the previous ones. */
  readonly reloadTls: () => void;
  readonly close: () => Promise<void>;
}

/** Half a request takes a place for at most so long. Without the interval, Node looks only every 30 s. */
const serverOptions: ServerOptions = {
  headersTimeout: 5_000,
  requestTimeout: 20_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 16 << 10,
};
const handshakeTimeout = 5_000;

const bind = (server: Server, host: string, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host.replace(/^\[|\]$/g, ""), () => {
      server.off("error", reject);
      const address = server.address();
      resolve(address !== null && typeof address === "object" ? address.port : port);
    });
  });

const codeOf = (error: unknown): string => (error instanceof Error && "code" in error ? String(error.code) : "");

const sentence = (host: string, port: number, error: unknown): string => {
  const code = codeOf(error);
  const other = "choose another port with METERPORT_HTTP_PORT (0 takes a free one)";
  if (code === "EADDRINUSE") return `port ${port} on ${host} is in use by another program: stop it, or ${other}`;
  if (code === "EACCES") return `port ${port} on ${host} needs more rights than this user has: ${other}`;
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") {
    return `${host} is not an address of this machine: check METERPORT_HTTP_HOST or http.host`;
  }
  return `cannot listen on ${host} port ${port}: ${error instanceof Error ? error.message : String(error)}`;
};

const peerOf = (socket: Socket, ingress: TrustedIngress | undefined): Peer => ({
  address: plainAddress(socket.remoteAddress ?? ""),
  reached: plainAddress(socket.localAddress ?? ""),
  tls: socket instanceof TLSSocket,
  ingress,
});

const readFiles = ({ tls, log }: ListenOptions): SecureContextOptions | undefined => {
  if (tls === undefined) return undefined;
  const { doubt, ...material } = readTls(tls, Date.now());
  if (doubt !== undefined) log.warn(doubt);
  return material;
};

/** Connections from elsewhere end before a byte of theirs is read. */
const onlyFrom = (server: Server, from: string, log: Log): void => {
  if (isIP(from) === 0)
    throw new UsageError(
      "config",
      `http.ingress.allowed: ${from} is not an address: write the ingress's own, as in 172.30.32.2`,
    );
  let said = false;
  server.prependListener("connection", (socket: Socket) => {
    if (plainAddress(socket.remoteAddress ?? "") === plainAddress(from)) return;
    if (!said)
      log.warn(`http: ${socket.remoteAddress} was refused by the listener for the ingress, which is only for ${from}`);
    said = true;
    socket.destroy();
  });
};

const createHttpServer = (options: ListenOptions): { readonly server: Server; readonly connections: () => number } => {
  const { ingress } = options;
  const material = readFiles(options);
  const server = createAdaptorServer({
    fetch: (request, env) => {
      const { socket } = env.incoming as IncomingMessage;
      // Node still hands over all that arrived with the request for which the connection was closed.
      return socket.destroyed ? new Response(null, { status: 503 }) : options.fetch(request, peerOf(socket, ingress));
    },
    overrideGlobalObjects: false,
    ...(material === undefined
      ? { createServer, serverOptions }
      : { createServer: createTlsServer, serverOptions: { ...serverOptions, ...material, handshakeTimeout } }),
  }) as Server;
  // The only client of an ingress speaks for everybody.
  const few = ingress === undefined ? {} : { perAddress: usualLimits.inAll };
  const connections = limitConnections(server, { ...usualLimits, ...few, ...options.limits });
  if (ingress !== undefined) onlyFrom(server, ingress.from, options.log);
  return { server, connections };
};

const reloading = (server: Server, options: ListenOptions) => (): void => {
  if (!("setSecureContext" in server) || typeof server.setSecureContext !== "function") return;
  try {
    server.setSecureContext(readFiles(options) ?? {});
    options.log.info("http: the certificate was read again");
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    options.log.error(`http: ${error.message}; the previous certificate stays in use`);
  }
};

/**
 * Listens, on a free port if the default one is in use.
 *
 * @throws UsageError with one sentence if it cannot listen there, or the certificate cannot be used
 */
export const listen = async (options: ListenOptions): Promise<Listening> => {
  const { host, log } = options;
  const { server, connections } = createHttpServer(options);
  let port: number;
  try {
    port = await bind(server, host, options.port).catch((error: unknown) => {
      if (options.portAsked || codeOf(error) !== "EADDRINUSE") throw error;
      log.warn(`port ${options.port} is in use by another program, using a free one; METERPORT_HTTP_PORT sets another`);
      return bind(server, host, 0);
    });
  } catch (error) {
    throw new UsageError("listen", sentence(host, options.port, error), { cause: error });
  }
  server.on("error", (error) => log.error(`http: ${error.message}`));
  const bare = host.replace(/^\[|\]$/g, "");
  // The address "every interface" does not work in a browser.
  const name = bare === "0.0.0.0" || bare === "::" ? "127.0.0.1" : bare;
  return {
    url: `${options.tls === undefined ? "http" : "https"}://${name.includes(":") ? `[${name}]` : name}:${port}`,
    connections,
    reloadTls: reloading(server, options),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        // Streams were ended before; remaining connections get a moment and are then closed.
        setTimeout(() => server.closeAllConnections(), 500).unref();
      }),
  };
};
