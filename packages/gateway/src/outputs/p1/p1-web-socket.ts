/** Telegrams by WebSocket, as the Energy Dongle of Homey gives them: text messages at `/ws`. */
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Log } from "@meterport/engine/ports/log";
import type { Allows } from "../allowed-networks.ts";
import type { Taker } from "../lines/newest-only.ts";
import { listenHttp, notFound } from "../listening/http-server.ts";
import { acceptWebSocket, type WebSocketPeer } from "../listening/web-socket.ts";

export interface P1WebSocket {
  readonly port: number;
  readonly clients: ReadonlySet<Taker>;
  /** Rejects if the server fails. */
  readonly ended: Promise<void>;
  readonly close: () => Promise<void>;
}

interface P1WebSocketOptions {
  readonly host: string;
  readonly port: number;
  readonly allows: Allows;
  readonly log: Log;
  readonly connected: (client: Taker) => void;
}

/** evcc asks there, in its template `dsmr-ws`. */
const path = "/ws";
/** A peer that lost its power is noticed after some of these, also while nothing is sent. */
const keepAlive = 30_000;

/** A telegram is ASCII, so its text has the same bytes. */
const textOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");

const takerOf = (socket: Duplex, peer: WebSocketPeer): Taker => ({
  write: (bytes: Uint8Array | string) => peer.send(typeof bytes === "string" ? bytes : textOf(bytes)),
  get writableLength() {
    return socket.writableLength;
  },
  destroy: () => socket.destroy() as Socket,
});

/** @throws Error with one sentence if the port cannot be opened */
export const listenP1WebSocket = async (options: P1WebSocketOptions): Promise<P1WebSocket> => {
  const clients = new Set<Taker>();
  const http = await listenHttp({
    ...options,
    answer: () => notFound,
    upgrade: (request, socket, head) => {
      if (request.url !== path) return false;
      if (socket instanceof Socket) socket.setKeepAlive(true, keepAlive);
      acceptWebSocket(request, socket, head, (peer) => {
        const client = takerOf(socket, peer);
        clients.add(client);
        options.connected(client);
        // What a client says is nothing that a P1 port knows.
        return { text: () => {}, closed: () => void clients.delete(client) };
      });
      return true;
    },
  });
  return { port: http.port, clients, ended: http.ended, close: http.close };
};
