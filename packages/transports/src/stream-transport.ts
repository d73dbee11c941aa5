/** A transport over a readable and a writable stream of Node: sockets, serial ports, a child's standard streams. */
import { Buffer } from "node:buffer";
import type { Readable, Writable } from "node:stream";
import type { Transport } from "@meterport/protocol/ports";
import { Pipe, type PipeOptions } from "./pipe.ts";
import type { SocketReads } from "./socket-reads.ts";

export interface StreamTransportOptions extends Pick<PipeOptions, "name" | "unread" | "shut"> {
  readonly readable: Readable;
  readonly writable: Writable;
  /** What it means if the stream closes without our doing, as a sentence; if omitted, that the other side closed it. */
  readonly gone?: string | undefined;
  /** What reads the stream in its place. */
  readonly reads?: SocketReads | undefined;
}

export const streamTransport = (options: StreamTransportOptions): Transport => {
  const { name, readable, writable, shut, unread, gone, reads } = options;
  const pipe = new Pipe({
    name,
    unread,
    // From Node's pool: a stream takes only buffers, and each of its own would bring an array buffer outside of the heap.
    copy: (bytes) => Buffer.from(bytes),
    send: (bytes, done) => writable.write(bytes, done),
    shut: () => {
      // After the end everything is read and dropped, so that the streams can finish.
      readable.resume();
      return shut();
    },
    onRoom: () => readable.resume(),
  });
  const broke = (error: Error): void => pipe.end(`the connection broke: ${error.message}`, error);
  if (reads === undefined)
    readable.on("data", (piece: Uint8Array) => {
      if (!pipe.receive(new Uint8Array(piece.buffer, piece.byteOffset, piece.length)) && !pipe.ended) readable.pause();
    });
  else {
    reads.to((bytes) => pipe.receive(bytes) || pipe.ended);
    readable.resume();
  }
  readable.on("end", () => pipe.end(gone));
  readable.on("close", () => pipe.end(gone));
  readable.on("error", broke);
  writable.on("error", broke);
  return pipe.transport();
};
