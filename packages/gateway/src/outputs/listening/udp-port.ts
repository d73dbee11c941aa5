/** A UDP port that answers: nobody outside of the allowed networks, and not more than so much. */
import { createSocket } from "node:dgram";
import type { Log } from "@meterport/engine/ports/log";
import type { Clock, Millis } from "@meterport/protocol/ports";
import type { Allows } from "../allowed-networks.ts";
import { listenFailure } from "./listen-failure.ts";

export interface UdpOptions {
  readonly host: string;
  readonly port: number;
  readonly allows: Allows;
  /** The answer to a datagram; undefined for none. */
  readonly answer: (text: string) => string | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

export interface UdpListening {
  readonly port: number;
  /** Rejects if the socket fails. */
  readonly ended: Promise<never>;
  readonly close: () => Promise<void>;
}

const longestDatagram = 1_472;
/** Answers in a second: a battery asks once, and there are few. */
const mostInSecond = 200;

/** Lets so many pass in each second. */
const limiter = (clock: Clock, most: number): (() => boolean) => {
  let second: Millis = clock.now();
  let count = 0;
  return () => {
    const now = clock.now();
    if (now - second >= 1_000) {
      second = now;
      count = 0;
    }
    return ++count <= most;
  };
};

/** @throws Error with one sentence if it cannot listen there */
export const listenUdp = async ({ host, port, allows, answer, clock, log }: UdpOptions): Promise<UdpListening> => {
  const socket = createSocket("udp4");
  const passes = limiter(clock, mostInSecond);
  socket.on("message", (bytes, { address, port: from }) => {
    // A source of 0 cannot be answered.
    if (!allows(address) || from === 0 || bytes.length > longestDatagram || !passes()) return;
    try {
      const text = answer(bytes.toString("utf8"));
      if (text !== undefined) socket.send(text, from, address, () => {});
    } catch (error) {
      log.error(`a datagram could not be answered: ${error instanceof Error ? error.message : String(error)}`);
    }
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.bind({ address: host, port, exclusive: true }, () => {
      socket.off("error", reject);
      resolve();
    });
  }).catch((error: unknown) => {
    socket.close();
    throw listenFailure(host, `UDP port ${port}`, error);
  });
  const ended = new Promise<never>((_, reject) => {
    socket.on("error", reject);
  });
  ended.catch(() => {});
  return {
    port: socket.address().port,
    ended,
    close: () => new Promise((resolve) => void socket.close(() => resolve())),
  };
};
