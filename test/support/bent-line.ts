/** A line to a virtual meter that a test alters: it sees every packet of either side and decides what arrives instead. */
import type { Clock, Millis, Transport } from "@meterport/protocol/ports";
import { memoryLine, type VirtualMeter } from "@meterport/simulator";
import { ChunkQueue } from "@meterport/simulator/line/chunk-queue";

export interface Bend {
  /** What reaches the meter of a request; the request itself if omitted. */
  readonly up?: (request: Uint8Array) => readonly Uint8Array[];
  /** What comes back on the client's side as soon as it sends, without the meter. */
  readonly echo?: (request: Uint8Array) => readonly Uint8Array[];
  /** What reaches the client of the meter's bytes; unchanged if omitted. */
  readonly down?: (sent: Uint8Array) => readonly Uint8Array[];
}

export interface BentLine extends Transport {
  /** Changes the line from now on; `{}` is an unaltered line. */
  bend(bend: Bend): void;
  /** Whether the client has closed it. */
  readonly closed: boolean;
  /** Ends it from the other side. */
  readonly pull: () => void;
}

/** From the client's request to the first byte of the answer. */
const way: Millis = 20;

export const bentLine = (meter: VirtualMeter, clock: Clock): BentLine => {
  const straight = memoryLine({ meter, clock });
  const received = new ChunkQueue();
  let bent: Bend = {};
  let closed = false;
  const deliver = (pieces: readonly Uint8Array[]): void => {
    for (const piece of pieces) clock.at(clock.now() + way, () => received.push(piece));
  };
  void (async () => {
    for await (const sent of straight.chunks) deliver(bent.down?.(sent) ?? [sent]);
  })();
  return {
    name: "bent://line",
    chunks: received,
    write: async (request) => {
      deliver(bent.echo?.(request) ?? []);
      for (const piece of bent.up?.(request) ?? [request]) await straight.write(piece);
    },
    close: async () => {
      closed = true;
      await straight.close();
      received.close();
    },
    bend: (bend) => {
      bent = bend;
    },
    get closed() {
      return closed;
    },
    pull: () => received.close(),
  };
};
