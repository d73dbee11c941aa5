/** Pipes that lead to one modelled line, and break when the test says so: a pulled plug, a reset connection, a bridge that is gone. */
import { LinkError } from "@meterport/protocol/errors";
import type { Clock, Millis, Signal, Transport } from "@meterport/protocol/ports";
import type { Line } from "@meterport/simulator";
import { ChunkQueue } from "@meterport/simulator/line/chunk-queue";

interface Pipe {
  readonly received: ChunkQueue;
  failure: Error | undefined;
  /** The other side is gone without notice; a write may fail. */
  dead: "without a word" | "until written to" | undefined;
}

export class BreakablePipes {
  readonly line: Line;
  readonly #clock: Clock;
  #pipe: Pipe | undefined;
  /** The result of an attempt to open one. */
  whenOpened: "works" | "refused" | "hangs" | "ends" = "works";
  /** The time to open a port, or to connect to a nearby bridge. */
  opening: Millis = 5;
  /** Bits per second of each attempt. */
  readonly bauds: (number | undefined)[] = [];

  constructor(line: Line, clock: Clock) {
    this.line = line;
    this.#clock = clock;
    void (async () => {
      for await (const bytes of line.chunks) if (this.#pipe?.dead === undefined) this.#pipe?.received.push(bytes);
    })();
  }

  /**
   * Ends the open pipe: with an error, in order, or without notice; after a restart of a bridge, only a write
   * reports it.
   */
  cut(how: Error | "in order" | NonNullable<Pipe["dead"]>): void {
    const pipe = this.#pipe;
    if (pipe === undefined) return;
    if (how === "without a word" || how === "until written to") pipe.dead = how;
    else {
      if (how instanceof Error) pipe.failure = how;
      this.#end(pipe);
    }
  }

  readonly open = async ({ signal, baud }: { readonly signal: Signal; readonly baud: number | undefined }) => {
    this.bauds.push(baud);
    if (this.whenOpened === "hangs")
      await new Promise<never>((_, reject) => {
        signal.addEventListener("abort", () => reject(new LinkError("aborted", "pipe", "given up")), { once: true });
      });
    await new Promise<void>((resolve) => this.#clock.at(this.#clock.now() + this.opening, resolve));
    if (this.whenOpened === "refused")
      throw new LinkError("not-open", "pipe", "cannot open it: there is no such device");
    if (baud !== undefined) this.line.setBaud(baud);
    const pipe = this.#open();
    if (this.whenOpened === "ends") this.cut("in order");
    return pipe;
  };

  #open(): Transport {
    if (this.#pipe !== undefined) this.#end(this.#pipe);
    const pipe: Pipe = { received: new ChunkQueue(), failure: undefined, dead: undefined };
    this.#pipe = pipe;
    const { line } = this;
    return {
      name: "pipe",
      chunks: (async function* () {
        yield* pipe.received;
        if (pipe.failure !== undefined) throw pipe.failure;
      })(),
      write: async (bytes) => {
        if (pipe.dead === "until written to") this.#end(pipe);
        if (pipe.received.closed) throw new LinkError("closed", "pipe", "the connection is closed");
        if (pipe.dead === undefined) await line.write(bytes);
      },
      close: async () => this.#end(pipe),
    };
  }

  #end(pipe: Pipe): void {
    pipe.received.close();
    if (this.#pipe === pipe) this.#pipe = undefined;
  }
}
