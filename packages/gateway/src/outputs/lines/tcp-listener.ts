/** A TCP port with bounded connections, for faces that are lines of bytes. */
import { createServer, type Server, type Socket } from "node:net";
import type { Allows } from "../allowed-networks.ts";

export interface TcpListenerOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** The address to listen at; all of this machine if undefined. */
  readonly address: string | undefined;
  readonly allows: Allows;
  /** Connections at the same time; further ones are refused. 32 if omitted. */
  readonly most?: number | undefined;
  /** A connection came. It is kept alive, sends at once, and never breaks the process. */
  readonly connected: (socket: Socket) => void;
}

export interface TcpListener {
  readonly port: number;
  readonly sockets: ReadonlySet<Socket>;
  /** Settles when it no longer listens; rejects with one sentence if that was not our doing. */
  readonly ended: Promise<void>;
  readonly close: () => Promise<void>;
}

const usualMost = 32;
/** A peer that lost its power is noticed after some of these. */
const keepAlive = 30_000;

/** The address of an output that listens: this machine alone, unless it names networks or an address. */
export const listenAddress = (address: string | undefined, allow: readonly string[] | undefined): string | undefined =>
  address ?? (allow === undefined || allow.length === 0 ? "127.0.0.1" : undefined);

const failure = (port: number, cause: Error): Error => {
  const code = "code" in cause ? cause.code : undefined;
  const what =
    code === "EADDRINUSE"
      ? "another program listens there: choose another port"
      : code === "EACCES"
        ? "ports below 1024 need more rights: choose another port"
        : code === "EADDRNOTAVAIL"
          ? "this machine has no such address: correct the key address"
          : cause.message;
  return new Error(`port ${port} cannot be opened: ${what}`, { cause });
};

/** @throws Error with one sentence if the port cannot be opened */
export const listenTcp = async (options: TcpListenerOptions): Promise<TcpListener> => {
  const { port, address, allows, most = usualMost, connected } = options;
  const sockets = new Set<Socket>();
  const server: Server = createServer(
    { keepAlive: true, keepAliveInitialDelay: keepAlive, noDelay: true },
    (socket) => {
      socket.on("error", () => {});
      if (!allows(socket.remoteAddress) || sockets.size >= most) {
        socket.destroy();
        return;
      }
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
      connected(socket);
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(failure(port, error)));
    server.listen({ port, host: address }, resolve);
  });
  const ended = new Promise<void>((resolve, reject) => {
    server.once("close", resolve);
    server.on("error", (error) => reject(failure(port, error)));
  });
  ended.catch(() => {});
  const bound = server.address();
  return {
    port: typeof bound === "object" && bound !== null ? bound.port : port,
    sockets,
    ended,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      if (server.listening) await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
};
