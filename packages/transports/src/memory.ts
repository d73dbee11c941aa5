/** Two transports that are joined: what one writes, the other receives. */
import { LinkError } from "@meterport/protocol/errors";
import type { Transport } from "@meterport/protocol/ports";
import { ByteQueue } from "./byte-queue.ts";

interface End {
  readonly transport: Transport;
  readonly inbox: ByteQueue;
}

/**
 * A joined pair. A write waits until the other side has taken what was sent before; closing either closes both.
 *
 * @example
 * memoryPair()[0].name // "memory://a"
 */
export const memoryPair = (names: readonly [string, string] = ["memory://a", "memory://b"]): [Transport, Transport] => {
  const waiting = new Set<() => void>();
  const release = (): void => {
    for (const wake of [...waiting]) wake();
    waiting.clear();
  };
  const ends: End[] = names.map((name, index) => {
    const inbox = new ByteQueue(release);
    const other = (): ByteQueue => (ends[1 - index] as End).inbox;
    const transport: Transport = {
      name,
      chunks: inbox.chunks(),
      write: async (bytes) => {
        while (other().full && !other().ended) await new Promise<void>((resolve) => waiting.add(resolve));
        if (other().ended) throw new LinkError("closed", name, "the connection is closed");
        other().push(bytes.slice());
      },
      close: async () => {
        for (const end of ends) end.inbox.end();
        release();
      },
    };
    return { transport, inbox };
  });
  return [(ends[0] as End).transport, (ends[1] as End).transport];
};
