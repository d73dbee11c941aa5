/** Streams have a budget of their own, so that however many there are, the page and the API stay reachable. */
import { addressKey } from "../../access/attempts.ts";
import type { ApiProblem } from "../api.ts";

export interface StreamBudgetOptions {
  /** Streams that may be open at once, in all and to one address. */
  readonly inAll?: number | undefined;
  readonly perAddress?: number | undefined;
}

const tooMany = (): Response => {
  const message = "too many listeners: close a page and try again";
  const body: ApiProblem = { error: "too-many-listeners", message };
  // An open connection would take the place of another one.
  return Response.json(body, { status: 503, headers: { connection: "close", "retry-after": "5" } });
};

/** Four addresses with all that one may have. */
export const mostStreams = 128;

export class StreamBudget {
  readonly #inAll: number;
  readonly #perAddress: number;
  readonly #open = new Map<string, number>();
  #count = 0;

  constructor({ inAll = mostStreams, perAddress = 32 }: StreamBudgetOptions = {}) {
    this.#inAll = inAll;
    this.#perAddress = perAddress;
  }

  /** Streams that are open now. */
  get open(): number {
    return this.#count;
  }

  /**
   * The same answer, if it is not a stream. A stream takes a place until it ends, and ends as soon as its client loses
   * the right to it.
   *
   * @param mayStill is asked at each piece of the stream
   */
  admit(response: Response, address: string, mayStill: () => boolean): Response {
    const { body } = response;
    if (body === null || !/^text\/event-stream\b/.test(response.headers.get("content-type") ?? "")) return response;
    const key = addressKey(address);
    const own = this.#open.get(key) ?? 0;
    if (this.#count >= this.#inAll || own >= this.#perAddress) {
      void body.cancel().catch(() => {});
      return tooMany();
    }
    this.#open.set(key, own + 1);
    this.#count++;
    return new Response(
      this.#counted(body, () => this.#leave(key), mayStill),
      response,
    );
  }

  #leave(key: string): void {
    const left = (this.#open.get(key) ?? 1) - 1;
    if (left > 0) this.#open.set(key, left);
    else this.#open.delete(key);
    this.#count--;
  }

  /** Holds nothing itself: a piece is taken only when the client asks for it. */
  #counted(body: ReadableStream<Uint8Array>, leave: () => void, mayStill: () => boolean): ReadableStream<Uint8Array> {
    const reader = body.getReader();
    let over = false;
    const end = (): void => {
      if (!over) leave();
      over = true;
    };
    // A stream that nobody reads still ends when its source does.
    reader.closed.then(end, end);
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          const { done, value } = await reader.read();
          if (!done && mayStill()) {
            controller.enqueue(value);
            return;
          }
          end();
          controller.close();
          if (!done) await reader.cancel();
        },
        cancel: async (reason) => {
          end();
          await reader.cancel(reason);
        },
      },
      { highWaterMark: 0 },
    );
  }
}
