/** Which connections stay open: a crowd from one address never keeps others out. */
import type { Server } from "node:http";
import type { Socket } from "node:net";
import type { Millis } from "@meterport/protocol/ports";
import { addressKey } from "../access/attempts.ts";

export interface ConnectionLimits {
  readonly inAll: number;
  /** From one address; the programs of this machine count as one too. */
  readonly perAddress: number;
  /** A client that takes nothing of its answer for so long is dropped. */
  readonly stalled: Millis;
}

/** More than a household's pages and scripts need, and few enough for a small machine. */
export const usualLimits: ConnectionLimits = { inAll: 256, perAddress: 64, stalled: 30_000 };

/** Requests that one connection may send before it has the answers. Browsers and libraries send one; a client that sends more keeps others waiting. */
const mostAhead = 16;

interface Connection {
  readonly socket: Socket;
  readonly key: string;
  /** Requests in progress on it: none while its client says nothing, or only half of a request. */
  requests: number;
}

/** The two ends of a connection; the socket inside TLS has the same ones. */
const endsOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;

/**
 * Counts the connections of a server. If there are too many, the oldest one without a complete request is closed: of the
 * same address, or else of the address that has most. So half-open connections cost only each other their place.
 *
 * @returns the number of connections that are open
 */
export const limitConnections = (server: Server, limits: ConnectionLimits): (() => number) => {
  const connections = new Map<string, Connection>();
  const byAddress = new Map<string, Set<Connection>>();

  const forget = (ends: string, connection: Connection): void => {
    if (connections.get(ends) === connection) connections.delete(ends);
    const own = byAddress.get(connection.key);
    own?.delete(connection);
    if (own?.size === 0) byAddress.delete(connection.key);
  };
  /** Closes the oldest connection of an address that waits for a request; false if there is none. */
  const makeRoom = (own: ReadonlySet<Connection> | undefined): boolean => {
    for (const connection of own ?? []) {
      if (connection.requests > 0) continue;
      connection.socket.destroy();
      forget(endsOf(connection.socket), connection);
      return true;
    }
    return false;
  };
  const largestFirst = (): readonly ReadonlySet<Connection>[] =>
    [...byAddress.values()].sort((one, other) => other.size - one.size);

  server.on("connection", (socket: Socket) => {
    const key = addressKey(socket.remoteAddress ?? "");
    const own = byAddress.get(key);
    const fits =
      (own?.size ?? 0) >= limits.perAddress
        ? makeRoom(own)
        : connections.size < limits.inAll || largestFirst().some(makeRoom);
    if (!fits) {
      socket.destroy();
      return;
    }
    const ends = endsOf(socket);
    const connection: Connection = { socket, key, requests: 0 };
    connections.set(ends, connection);
    const among = byAddress.get(key) ?? new Set();
    byAddress.set(key, among.add(connection));
    socket.once("close", () => forget(ends, connection));
  });
  // Before the handler, which sees that the connection is gone.
  server.prependListener("request", (request, response) => {
    const connection = connections.get(endsOf(request.socket));
    if (connection === undefined) return;
    connection.requests++;
    if (connection.requests > mostAhead) request.socket.destroy();
    response.once("close", () => {
      connection.requests--;
    });
  });
  server.setTimeout(limits.stalled, (socket) => {
    const waitsForUs = (connections.get(endsOf(socket))?.requests ?? 0) > 0 && socket.writableLength === 0;
    // A meter's log or a redaction may take longer; it is ours to answer, not the client's to take.
    if (waitsForUs) socket.setTimeout(limits.stalled);
    else socket.destroy();
  });
  return () => connections.size;
};
