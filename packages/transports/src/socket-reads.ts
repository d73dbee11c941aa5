/**
 * Reads a socket without its stream. A stream gives each piece 64 kB of memory of its own to begin with, and a buffer, events and a queue,
 * which costs more than all that the piece is read for.
 */
import type { OnReadOpts } from "node:net";
import { passingCopy } from "@meterport/protocol/passing-bytes";

const roomOfRead = 64 * 1024;
/** Elsewhere a read ends before the next one begins; Windows may fill the memory of a socket while others are read. */
const shared = process.platform === "win32" ? undefined : new Uint8Array(roomOfRead);
const roomOnWindows = 4 * 1024;

/** Takes bytes that will not change again; returns whether it wants more. */
type Taker = (bytes: Uint8Array) => boolean;

/** What one socket reads. After a piece that was too much, its `resume` goes on. */
export class SocketReads {
  /** For `connect` of node:net. */
  readonly onread: OnReadOpts;
  #taker: Taker | undefined;
  /** What came before there was a taker. */
  #early: Uint8Array | undefined;

  constructor() {
    this.onread = {
      buffer: shared ?? new Uint8Array(roomOnWindows),
      callback: (length, buffer) => {
        const bytes = passingCopy(buffer, 0, length);
        if (this.#taker !== undefined) return this.#taker(bytes);
        this.#early = bytes;
        return false;
      },
    };
  }

  /** Hands everything that comes to `taker`; the socket must be resumed afterwards. */
  to(taker: Taker): void {
    this.#taker = taker;
    const early = this.#early;
    this.#early = undefined;
    if (early !== undefined) taker(early);
  }
}
