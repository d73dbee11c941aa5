/** How many connections a face has at most, and from whom. */
import type { Server, Socket } from "node:net";
import type { Log } from "@meterport/engine/ports/log";
import type { Allows } from "../allowed-networks.ts";

export interface ConnectionLimits {
  readonly inAll: number;
  readonly perAddress: number;
}

/** More than the consumers of a house, and few enough for a small machine. */
const usualConnections: ConnectionLimits = { inAll: 64, perAddress: 16 };

/** The first of a set, which is the oldest. */
const oldest = <T>(set: Iterable<T>): T | undefined => {
  for (const first of set) return first;
  return undefined;
};

/**
 * Closes connections from elsewhere before a byte of theirs is read, and the oldest of an address that has too many, so that a
 * client which forgets its connections still gets an answer.
 *
 * @returns closes all of them
 */
export const limitConnections = (
  server: Server,
  allows: Allows,
  log: Log,
  limits: ConnectionLimits = usualConnections,
): (() => void) => {
  const byAddress = new Map<string, Set<Socket>>();
  let count = 0;
  let said = false;

  const crowd = (): ReadonlySet<Socket> | undefined => {
    let most: ReadonlySet<Socket> | undefined;
    for (const sockets of byAddress.values()) if (most === undefined || sockets.size > most.size) most = sockets;
    return most;
  };
  const forget = (address: string, socket: Socket): void => {
    const own = byAddress.get(address);
    if (own?.delete(socket) !== true) return;
    count--;
    if (own.size === 0) byAddress.delete(address);
  };
  const drop = (address: string, socket: Socket | undefined): void => {
    if (socket === undefined) return;
    socket.destroy();
    forget(address, socket);
  };

  server.prependListener("connection", (socket: Socket) => {
    const address = socket.remoteAddress ?? "";
    if (!allows(address)) {
      if (!said) log.warn(`${address} was refused: add its network to allow if that is meant`);
      said = true;
      socket.destroy();
      return;
    }
    const own = byAddress.get(address) ?? new Set();
    if (own.size >= limits.perAddress) drop(address, oldest(own));
    else if (count >= limits.inAll) {
      const largest = oldest(crowd() ?? []);
      if (largest !== undefined) drop(largest.remoteAddress ?? "", largest);
    }
    byAddress.set(address, own.add(socket));
    count++;
    socket.once("close", () => forget(address, socket));
  });
  return () => {
    for (const sockets of [...byAddress.values()]) for (const socket of [...sockets]) socket.destroy();
  };
};
