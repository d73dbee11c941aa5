/** The socket for the fetch handler. */
import type { Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import type { Log } from "@meterport/engine/ports/log";
import { UsageError } from "@meterport/protocol/errors";

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** Whether this port was requested explicitly: then no other one is taken. */
  readonly portAsked: boolean;
  readonly fetch: (request: Request) => Response | Promise<Response>;
  readonly log: Log;
}

export interface Listening {
  /** "http://127.0.0.1:8765" */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** More than a household's pages and scripts need, and few enough to survive a flood of connections. */
const maxConnections = 256;

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

/**
 * Listens, on a free port if the default one is in use.
 *
 * @throws UsageError with one sentence if it cannot listen there
 */
export const listen = async (options: ListenOptions): Promise<Listening> => {
  const { host, fetch, log } = options;
  const server = createAdaptorServer({ fetch, overrideGlobalObjects: false }) as Server;
  server.maxConnections = maxConnections;
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
    url: `http://${name.includes(":") ? `[${name}]` : name}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        // Streams were ended before; remaining connections get a moment and are then closed.
        setTimeout(() => server.closeAllConnections(), 500).unref();
      }),
  };
};
