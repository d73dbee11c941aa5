/** A TCP port with bounded connections, for faces that are lines of bytes. */
import { createServer, type Server, type Socket } from "node:net";
import type { Log } from "@meterport/engine/ports/log";
import type { Allows } from "../allowed-networks.ts";
import { limitConnections } from "../listening/connection-limits.ts";
import { listenFailure } from "../listening/listen-failure.ts";

export interface TcpListenerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly allows: Allows;
  readonly log: Log;
  /** A connection came. It is kept alive, sends at once, and never breaks the process. */
  readonly connected: (socket: Socket) => void;
}

export interface TcpListener {
  readonly port: number;
  readonly sockets: ReadonlySet<Socket>;
  /** Settles when it no longer listens; rejects with the reason if that was not our doing. */
  readonly ended: Promise<void>;
  readonly close: () => Promise<void>;
}

/** A peer that lost its power is noticed after some of these. */
const keepAlive = 30_000;

/** @throws Error with one sentence if the port cannot be opened */
export const listenTcp = async (options: TcpListenerOptions): Promise<TcpListener> => {
  const { host, port, allows, log, connected } = options;
  const sockets = new Set<Socket>();
  const server: Server = createServer(
    { keepAlive: true, keepAliveInitialDelay: keepAlive, noDelay: true },
    (socket) => {
      socket.on("error", () => {});
      if (socket.destroyed) return;
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
      connected(socket);
    },
  );
  const closeAll = limitConnections(server, allows, log);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host }, () => {
      server.off("error", reject);
      resolve();
    });
  }).catch((error: unknown) => {
    throw listenFailure(host, `port ${port}`, error);
  });
  const ended = new Promise<void>((resolve, reject) => {
    server.once("close", resolve);
    server.on("error", reject);
  });
  ended.catch(() => {});
  const bound = server.address();
  return {
    port: typeof bound === "object" && bound !== null ? bound.port : port,
    sockets,
    ended,
    close: async () => {
      closeAll();
      if (server.listening) await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
};
