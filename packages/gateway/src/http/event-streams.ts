/** Server-sent events: one bounded stream per client. */

import type { MeterView } from "@meterport/engine/points/meter-view";
import type { Clock, Millis } from "@meterport/protocol/ports";
import { mostStreams } from "./access/stream-budget.ts";
import type { LinkHealth, LiveAnswer, StreamEvents } from "./api.ts";

/** A page that receives nothing for longer than this knows that the gateway is gone. */
const aliveEvery: Millis = 2_000;

/** Bytes that may wait for one client, about a minute of a meter polled every second: a slower client is dropped. */
const mayWait = 64 * 1024;

/** The HTTP server prints the stack of an error in a stream: one line is enough. */
const tooSlow = (): Error => {
  const error = new Error("the client reads too slowly");
  error.stack = "http: dropped a listener that reads too slowly";
  return error;
};

export interface EventStreamsOptions {
  readonly clock: Clock;
  /** Streams open at the same time. */
  readonly maxClients?: number | undefined;
}

export class EventStreams {
  readonly #clock: Clock;
  readonly #maxClients: number;
  readonly #closers = new Set<() => void>();

  constructor(options: EventStreamsOptions) {
    this.#clock = options.clock;
    this.#maxClients = options.maxClients ?? mostStreams;
  }

  /** The number of listening clients. */
  get clients(): number {
    return this.#closers.size;
  }

  /** A stream of one meter's changes, beginning with the present state; `undefined` if too many clients listen. */
  open(meter: MeterView, signal?: AbortSignal): ReadableStream<Uint8Array> | undefined {
    if (this.#closers.size >= this.#maxClients) return undefined;
    const clock = this.#clock;
    const encoder = new TextEncoder();
    let stop = (): void => {};
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          let off = (): void => {};
          const end = (finish: () => void): void => {
            if (!this.#closers.delete(close)) return;
            off();
            unsubscribe();
            signal?.removeEventListener("abort", close);
            finish();
          };
          const close = (): void => end(() => controller.close());
          const send = (event: keyof StreamEvents, data: LiveAnswer | LinkHealth | Record<string, never>): void => {
            if ((controller.desiredSize ?? 0) <= 0) {
              end(() => controller.error(tooSlow()));
              return;
            }
            controller.enqueue(encoder.encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
          };
          const arm = (): void => {
            off = clock.at(clock.now() + aliveEvery, () => {
              arm();
              send("alive", {});
            });
          };
          stop = () => end(() => {});
          this.#closers.add(close);
          const unsubscribe = meter.subscribe(({ event, data }) => send(event, data));
          signal?.addEventListener("abort", close);
          if (signal?.aborted) return close();
          arm();
          send("link", meter.summary().link);
          send("live", meter.live());
        },
        cancel: () => stop(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: mayWait }),
    );
  }

  /** Ends every stream, so that the server can stop. */
  close(): void {
    for (const close of [...this.#closers]) close();
  }
}
