/** A TCP way between an output and its consumer that a test shuts, cuts and dirties. */

import type { AddressInfo } from "node:net";
import { connect, createServer, type Socket } from "node:net";
import type { Consumer } from "./output-contract.test-kit.ts";

export interface Valve {
  readonly port: number;
  /** Bytes no longer pass, and nobody notices. */
  readonly shut: () => void;
  readonly open: () => void;
  /** Ends all connections, as a router that restarts. */
  readonly cut: () => void;
  /** Connections are refused at once while away. */
  readonly away: (away: boolean) => void;
  /** Sends bytes to the output that its consumer never sent. */
  readonly dirty: (bytes: Uint8Array) => void;
  readonly connections: () => number;
  readonly close: () => Promise<void>;
}

/** What the contract of outputs does to a consumer, done to the way between. */
export const throughValve = (valve: Valve): Pick<Consumer, "away" | "stalled" | "garbage"> => ({
  away: async (away) => valve.away(away),
  stalled: (stalled) => (stalled ? valve.shut() : valve.open()),
  garbage: valve.dirty,
});

/** @param port of the consumer on the loopback */
export const openValve = async (port: () => number): Promise<Valve> => {
  const pairs = new Set<readonly [Socket, Socket]>();
  let isShut = false;
  let isAway = false;
  const server = createServer((near) => {
    if (isAway) {
      near.destroy();
      return;
    }
    const far = connect(port(), "127.0.0.1");
    const pair = [near, far] as const;
    pairs.add(pair);
    const pass = (from: Socket, to: Socket): void => {
      from.on("data", (bytes) => {
        if (!to.write(bytes)) from.pause();
      });
      to.on("drain", () => {
        if (!isShut) from.resume();
      });
      from.on("error", () => {});
      from.on("close", () => {
        to.destroy();
        pairs.delete(pair);
      });
    };
    pass(near, far);
    pass(far, near);
    if (isShut) for (const socket of pair) socket.pause();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cut = (): void => {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
  };
  const each = (work: (socket: Socket) => void): void => {
    for (const pair of pairs) for (const socket of pair) work(socket);
  };
  return {
    port: (server.address() as AddressInfo).port,
    shut: () => {
      isShut = true;
      each((socket) => socket.pause());
    },
    open: () => {
      isShut = false;
      each((socket) => socket.resume());
    },
    cut,
    away: (away) => {
      isAway = away;
      if (away) cut();
    },
    dirty: (bytes) => {
      for (const [near] of pairs) near.write(bytes);
    },
    connections: () => pairs.size,
    close: async () => {
      cut();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
};
