/** A transport over a readable and a writable stream of Node: sockets, serial ports, a child's standard streams. */
import type { Readable, Writable } from "node:stream";
import { LinkError } from "@meterport/protocol/errors";
import type { Transport } from "@meterport/protocol/ports";
import { ByteQueue } from "./byte-queue.ts";
import { unsentLimit } from "./unsent-limit.ts";

export interface StreamTransportOptions {
  readonly name: string;
  readonly readable: Readable;
  readonly writable: Writable;
  /** Ends the streams; called once. */
  readonly shut: () => Promise<void>;
  /** A wire loses what nobody hears; a connection to a peer that does not read is broken. */
  readonly unread: "lost" | "broken";
  /** What it means that the stream closes by itself, as a sentence; the other side has closed it where left out. */
  readonly gone?: string;
}

const reason = (error: Error): string => error.message;

export const streamTransport = (options: StreamTransportOptions): Transport => {
  const { name, readable, writable, shut, unread, gone } = options;
  const queue = new ByteQueue(() => readable.resume());
  const unsettled = new Set<(error: LinkError) => void>();
  let closing: Promise<void> | undefined;

  const end = (error?: LinkError): void => {
    queue.end(error);
    const failure = error ?? new LinkError("closed", name, "the connection is closed");
    for (const reject of [...unsettled]) reject(failure);
    unsettled.clear();
  };
  const broke = (error: Error): void => {
    if (closing === undefined)
      end(new LinkError("closed", name, `the connection broke: ${reason(error)}`, { cause: error }));
  };
  readable.on("data", (piece: Uint8Array) => {
    // After the end everything is read and dropped, so that the streams can finish.
    if (!queue.push(new Uint8Array(piece.buffer, piece.byteOffset, piece.length)) && !queue.ended) readable.pause();
  });
  const ended = (): void =>
    end(gone === undefined || closing !== undefined ? undefined : new LinkError("closed", name, gone));
  readable.on("end", ended);
  readable.on("close", ended);
  readable.on("error", broke);
  writable.on("error", broke);

  const close = async (): Promise<void> => {
    end();
    readable.resume();
    await shut();
  };
  const write = (bytes: Uint8Array): Promise<void> =>
    new Promise((resolve, reject) => {
      if (queue.ended) return reject(new LinkError("closed", name, "the connection is closed"));
      if (writable.writableLength + bytes.length > unsentLimit) {
        if (unread === "lost") return resolve();
        const error = new LinkError("closed", name, "the other side does not read what is sent to it");
        end(error);
        closing ??= close();
        return reject(error);
      }
      unsettled.add(reject);
      // The caller may use its array again at once.
      writable.write(bytes.slice(), (error) => {
        if (!unsettled.delete(reject)) return;
        if (error === null || error === undefined) resolve();
        else reject(new LinkError("closed", name, `the connection broke: ${reason(error)}`, { cause: error }));
      });
    });
  return {
    name,
    chunks: queue.chunks(),
    write,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
};
